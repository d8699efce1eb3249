//! Help texts beyond those of single arguments: commands by purpose, and examples.

use std::fmt::Write;

use clap::builder::StyledStr;
use clap::{Command, CommandFactory};

use super::Cli;
use super::examples::{EXAMPLES, Example};

/// Commands by purpose, in the order of `accolade --help`. A test holds the list complete.
const GROUPS: [(&str, &[&str]); 7] = [
    ("Start here", &["init", "serve", "demo", "docs"]),
    (
        "Catalogs",
        &["check", "plan", "publish", "history", "schema"],
    ),
    (
        "Events and manual actions",
        &[
            "record",
            "import",
            "import-django",
            "award",
            "revoke",
            "points",
            "progress",
            "reset",
        ],
    ),
    ("Corrections", &["retract", "merge", "unmerge", "erase"]),
    (
        "Players and results",
        &["player", "badges", "why", "feed", "export"],
    ),
    (
        "Administration of the service",
        &["keys", "invite", "config"],
    ),
    (
        "Operation",
        &[
            "doctor",
            "verify",
            "repair",
            "backup",
            "restore",
            "completions",
            "man",
        ],
    ),
];

const CLOSING: &str = "`accolade COMMAND --help` shows the options and examples of a command.
Exit status: 0 success, 1 error, 2 differences found";

/// Width of the column of names in the list of commands.
const NAME_COLUMN: usize = 15;

/// Builds the command line with all of its help texts.
pub(crate) fn build_command() -> Command {
    let command = Cli::command();
    let template = render_template(&command);
    let mut command = command.help_template(template).after_help(CLOSING);
    for (path, examples) in EXAMPLES {
        command = add_examples(command, path, examples);
    }
    command
}

/// Renders the help of the whole program, with the commands in groups, which clap does not have.
fn render_template(command: &Command) -> StyledStr {
    let header = command.get_styles().get_header();
    let literal = command.get_styles().get_literal();
    let mut text = "{about-with-newline}\n{usage-heading} {usage}\n".to_owned();
    for (title, names) in GROUPS {
        let _ = write!(text, "\n{header}{title}:{header:#}\n");
        for name in names {
            let about = command.find_subcommand(name).and_then(Command::get_about);
            let about = about.map(ToString::to_string).unwrap_or_default();
            let _ = writeln!(text, "  {literal}{name:NAME_COLUMN$}{literal:#}{about}");
        }
    }
    let _ = write!(
        text,
        "\n{header}Options:{header:#}\n{{options}}{{after-help}}"
    );
    text.into()
}

/// Adds examples to the help of the command with this path, such as `keys create`.
fn add_examples(command: Command, path: &str, examples: &[Example]) -> Command {
    match path.split_once(' ') {
        Some((name, below)) => {
            command.mut_subcommand(name, |command| add_examples(command, below, examples))
        }
        None => command.mut_subcommand(path, |command| {
            let text = render_examples(&command, examples);
            command.after_help(text)
        }),
    }
}

fn render_examples(command: &Command, examples: &[Example]) -> StyledStr {
    let header = command.get_styles().get_header();
    let mut text = format!("{header}Examples:{header:#}");
    for Example { purpose, line } in examples {
        let _ = write!(text, "\n  # {purpose}\n  {line}");
    }
    text.into()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Lists all commands without further commands below them, with their paths.
    fn list_leaves(command: &Command, path: &str, found: &mut Vec<(String, Command)>) {
        for below in command.get_subcommands() {
            let path = format!("{path} {}", below.get_name()).trim().to_owned();
            match below.has_subcommands() {
                true => list_leaves(below, &path, found),
                false => found.push((path, below.clone())),
            }
        }
    }

    #[test]
    fn every_command_is_in_one_group() {
        let command = Cli::command();
        let mut real: Vec<&str> = command.get_subcommands().map(Command::get_name).collect();
        let mut listed: Vec<&str> = GROUPS
            .iter()
            .flat_map(|(_, names)| *names)
            .copied()
            .collect();
        real.sort_unstable();
        listed.sort_unstable();
        assert_eq!(listed, real);
    }

    #[test]
    fn every_example_is_a_valid_command_line_of_its_command() {
        for (path, examples) in EXAMPLES {
            for Example { line, .. } in *examples {
                let typed = line.split(['<', '>', '|']).next().unwrap();
                let words = shlex::split(typed).unwrap();
                assert!(typed.starts_with(&format!("accolade {path}")), "{line}");
                if let Err(error) = build_command().try_get_matches_from(words) {
                    panic!("{line}: {error}");
                }
            }
        }
    }

    #[test]
    fn every_command_has_an_example() {
        let mut leaves = Vec::new();
        list_leaves(&Cli::command(), "", &mut leaves);
        // `feed` does something without its command `prune`.
        let mut without: BTreeSet<String> = leaves.into_iter().map(|(path, _)| path).collect();
        without.insert("feed".to_owned());
        for (path, examples) in EXAMPLES {
            assert!(!examples.is_empty(), "{path}");
            assert!(without.remove(*path), "`{path}` is unknown or listed twice");
        }
        assert!(without.is_empty(), "{without:?}");
    }

    #[test]
    fn help_fits_into_eighty_columns() {
        let mut root = build_command().term_width(80);
        root.build();
        let mut commands = vec![(String::new(), root.clone())];
        list_leaves(&root, "", &mut commands);
        let mut wide = Vec::new();
        for (path, command) in commands {
            let help = command.term_width(80).render_long_help().to_string();
            let lines = help.lines().filter(|line| line.chars().count() > 80);
            wide.extend(lines.map(|line| format!("`{path}`: {line}")));
        }
        assert!(wide.is_empty(), "{wide:#?}");
    }

    #[test]
    fn common_options_are_apart_from_those_of_a_command() {
        let mut root = build_command();
        root.build();
        let record = root.find_subcommand_mut("record").unwrap();
        let help = record.render_long_help().to_string();
        let (help, _) = help.split_once("Examples:").unwrap();
        let (own, common) = help.split_once("Common options:").unwrap();
        assert!(own.contains("--prop") && !own.contains("--db"), "{help}");
        assert!(
            common.contains("--db") && !common.contains("--prop"),
            "{help}"
        );
    }
}
