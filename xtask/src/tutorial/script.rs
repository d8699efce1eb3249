//! Steps of a tutorial, read from its text.
//!
//! | in the text | step |
//! |---|---|
//! | ```` ```sh ```` | Runs commands in the main terminal, or in the one of `terminal=NAME`. Their exit status is 0, or that of `status=N`. With `runs`, they run until the text stops them. With `answer=TEXT` as well, they run in a pseudoterminal, and the text is typed at each question. `acc_…` is the API key in the output so far. |
//! | ```` ```text ```` after it | The output, with `…` for parts that differ each time |
//! | ```` ```LANGUAGE file=PATH ````, `append=PATH` | Writes a file, or adds to one |
//! | `<!-- browser open URL -->`, `see TEXT`, `press TEXT`, `fill NAME=VALUE`, `picture NAME SIZE` | Step in a browser; a URL with `…` is taken from the output so far |
//! | `<!-- terminal NAME stop -->` | Ctrl-C |
//! | `<!-- skip: REASON -->` | The next block is only read, for this reason |
//!
//! A text can have alternatives, such as ways to install. With `route=NAME`, commands belong to one
//! of them, and so do the files and comments up to the next commands.
//!
//! Anything else is an error, so that nothing in the text is left out.

use crate::markdown::{self, MarkdownPart};

/// Terminal of the commands that name none.
const MAIN_TERMINAL: &str = "main";
/// Beginning of a comment with the reason why the next block is only read.
const SKIP_MARK: &str = "skip:";

/// Step of a tutorial, with the line number of its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TutorialStep {
    pub(super) line: usize,
    /// Alternative to which the step belongs. None belongs to all.
    pub(super) route: Option<String>,
    pub(super) kind: StepKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum StepKind {
    /// Commands for a terminal.
    Commands {
        terminal: String,
        script: String,
        status: i32,
        /// True if they run until they are stopped.
        runs: bool,
        /// Answer to every question, typed in a pseudoterminal.
        answer: Option<String>,
        output: Option<String>,
    },
    /// File to be written in the folder of the main terminal.
    File {
        path: String,
        text: String,
        appends: bool,
    },
    /// Command for the browser, such as `open`, and its argument.
    Browser { command: String, argument: String },
    /// Ctrl-C in a terminal.
    Stop { terminal: String },
}

/// Reads the steps of a tutorial.
///
/// # Errors
/// Returns an error with the line if a block or a comment is not a step.
pub(super) fn read_steps(text: &str) -> Result<Vec<TutorialStep>, String> {
    let mut steps: Vec<TutorialStep> = Vec::new();
    let mut is_skipped = false;
    for part in markdown::find_parts(text) {
        match part {
            MarkdownPart::Code { .. } if is_skipped => is_skipped = false,
            MarkdownPart::Code { line, info, text } => {
                read_block(&mut steps, line, &info, text)
                    .map_err(|error| format!("line {line}: {error}"))?;
            }
            MarkdownPart::Comment { line, text } if text.starts_with(SKIP_MARK) => {
                if text.len() == SKIP_MARK.len() {
                    return Err(format!("line {line}: `{SKIP_MARK}` needs a reason"));
                }
                is_skipped = true;
            }
            MarkdownPart::Comment { line, text } => {
                let kind = read_comment(&text).map_err(|error| format!("line {line}: {error}"))?;
                let route = last_route(&steps);
                steps.push(TutorialStep { line, route, kind });
            }
        }
    }
    Ok(steps)
}

fn last_route(steps: &[TutorialStep]) -> Option<String> {
    steps.last().and_then(|step| step.route.clone())
}

fn read_block(
    steps: &mut Vec<TutorialStep>,
    line: usize,
    info: &str,
    text: String,
) -> Result<(), String> {
    let (language, attributes) = info.split_once(' ').unwrap_or((info, ""));
    let (route, kind) = match language {
        "text" => return attach_output(steps, text),
        "sh" => read_commands(attributes, text)?,
        _ => (last_route(steps), read_file(attributes, text)?),
    };
    steps.push(TutorialStep { line, route, kind });
    Ok(())
}

fn attach_output(steps: &mut [TutorialStep], text: String) -> Result<(), String> {
    match steps.last_mut().map(|step| &mut step.kind) {
        Some(StepKind::Commands { output, .. }) if output.is_none() => *output = Some(text),
        _ => return Err("the output follows no commands".to_owned()),
    }
    Ok(())
}

/// Reads commands, and the route to which they belong.
fn read_commands(attributes: &str, script: String) -> Result<(Option<String>, StepKind), String> {
    let (mut terminal, mut status, mut runs) = (MAIN_TERMINAL.to_owned(), 0, false);
    let (mut answer, mut route) = (None, None);
    for attribute in attributes.split_whitespace() {
        match attribute.split_once('=') {
            Some(("terminal", name)) => terminal = name.to_owned(),
            Some(("status", number)) => {
                status = number
                    .parse()
                    .map_err(|_| format!("`{number}` is not an exit status"))?;
            }
            Some(("answer", text)) => answer = Some(text.to_owned()),
            Some(("route", name)) => route = Some(name.to_owned()),
            None if attribute == "runs" => runs = true,
            _ => return Err(format!("attribute `{attribute}` not found")),
        }
    }
    if answer.is_some() && !runs {
        return Err("`answer` needs `runs`".to_owned());
    }
    let commands = StepKind::Commands {
        terminal,
        script,
        status,
        runs,
        answer,
        output: None,
    };
    Ok((route, commands))
}

fn read_file(attributes: &str, text: String) -> Result<StepKind, String> {
    match attributes.split_once('=') {
        Some((kind @ ("file" | "append"), path)) if !path.contains(' ') => Ok(StepKind::File {
            path: path.to_owned(),
            text,
            appends: kind == "append",
        }),
        _ => Err("the block is neither commands nor output nor a file".to_owned()),
    }
}

fn read_comment(text: &str) -> Result<StepKind, String> {
    let mut words = text.splitn(3, ' ');
    match (words.next(), words.next(), words.next()) {
        (
            Some("browser"),
            Some(command @ ("open" | "see" | "press" | "fill" | "picture")),
            Some(argument),
        ) => Ok(StepKind::Browser {
            command: command.to_owned(),
            argument: argument.to_owned(),
        }),
        (Some("terminal"), Some(terminal), Some("stop")) => Ok(StepKind::Stop {
            terminal: terminal.to_owned(),
        }),
        _ => Err(format!("comment `{text}` is not a step")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_kinds(text: &str) -> Vec<StepKind> {
        read_steps(text)
            .unwrap()
            .into_iter()
            .map(|step| step.kind)
            .collect()
    }

    #[test]
    fn blocks_and_comments_become_steps_in_order() {
        let text = "```sh terminal=service runs answer=y\nserve\n```\n\n```text\nready\n```\n\n\
            ```toml append=a.toml\nx = 1\n```\n\n\
            <!-- browser press Publish a post -->\n<!-- terminal service stop -->\n\n\
            ```sh status=2\nplan\n```\n";
        let expected = [
            StepKind::Commands {
                terminal: "service".to_owned(),
                script: "serve\n".to_owned(),
                status: 0,
                runs: true,
                answer: Some("y".to_owned()),
                output: Some("ready\n".to_owned()),
            },
            StepKind::File {
                path: "a.toml".to_owned(),
                text: "x = 1\n".to_owned(),
                appends: true,
            },
            StepKind::Browser {
                command: "press".to_owned(),
                argument: "Publish a post".to_owned(),
            },
            StepKind::Stop {
                terminal: "service".to_owned(),
            },
            StepKind::Commands {
                terminal: MAIN_TERMINAL.to_owned(),
                script: "plan\n".to_owned(),
                status: 2,
                runs: false,
                answer: None,
                output: None,
            },
        ];
        assert_eq!(read_kinds(text), expected);
    }

    #[test]
    fn what_follows_the_commands_of_a_route_belongs_to_it() {
        let text = "```sh\na\n```\n\n```sh route=deb\nb\n```\n\n<!-- terminal main stop -->\n\n\
            ```toml file=a.toml\nx = 1\n```\n\n```sh\nc\n```\n\n<!-- terminal main stop -->\n";
        let steps = read_steps(text).unwrap();
        let routes: Vec<Option<&str>> = steps.iter().map(|step| step.route.as_deref()).collect();
        let deb = Some("deb");
        assert_eq!(routes, [None, deb, deb, deb, None, None]);
    }

    #[test]
    fn only_the_block_after_a_reason_is_skipped() {
        let text = "<!-- skip: an excerpt -->\n\n```toml\nx = 1\n```\n\n```sh\na\n```\n";
        let steps = read_steps(text).unwrap();
        assert_eq!((steps.len(), steps[0].line), (1, 7));
    }

    #[test]
    fn everything_that_would_be_left_out_is_an_error() {
        let table = [
            ("```toml\nx = 1\n```\n", "line 1: the block is neither"),
            ("```text\nready\n```\n", "line 1: the output follows no"),
            ("```sh fast\na\n```\n", "line 1: attribute `fast` not found"),
            ("```sh answer=y\na\n```\n", "line 1: `answer` needs `runs`"),
            ("```sh status=x\na\n```\n", "line 1: `x` is not an exit"),
            ("\n<!-- a note -->\n", "line 2: comment `a note` is not"),
            ("<!-- skip: -->\n", "line 1: `skip:` needs a reason"),
        ];
        for (text, expected) in table {
            let error = read_steps(text).unwrap_err();
            assert!(error.starts_with(expected), "{error}");
        }
    }
}
