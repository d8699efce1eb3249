//! Steps of a tutorial, read from its text.
//!
//! | in the text | step |
//! |---|---|
//! | ```` ```sh ```` | Runs commands in the main terminal, or in the one of `terminal=NAME`. Their exit status is 0, or that of `status=N`. With `runs`, they run until the text stops them. |
//! | ```` ```text ```` after it | The output, with `…` for parts that differ each time |
//! | ```` ```LANGUAGE file=PATH ````, `append=PATH` | Writes a file, or adds to one |
//! | ```` ```console ```` | A dialogue, shown next to the commands that do the same without one |
//! | `<!-- browser open URL -->`, `see TEXT`, `press TEXT`, `fill NAME=VALUE` | Step in a browser; a URL with `…` is taken from the output so far |
//! | `<!-- terminal NAME stop -->` | Ctrl-C |
//!
//! Anything else is an error, so that nothing in the text is left out.

use crate::markdown::{self, MarkdownPart};

/// Terminal of the commands that name none.
const MAIN_TERMINAL: &str = "main";

/// Step of a tutorial, with the line number of its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TutorialStep {
    pub(super) line: usize,
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
    for part in markdown::find_parts(text) {
        match part {
            MarkdownPart::Code { line, info, text } => {
                read_block(&mut steps, line, &info, text)
                    .map_err(|error| format!("line {line}: {error}"))?;
            }
            MarkdownPart::Comment { line, text } => {
                let kind = read_comment(&text).map_err(|error| format!("line {line}: {error}"))?;
                steps.push(TutorialStep { line, kind });
            }
        }
    }
    Ok(steps)
}

fn read_block(
    steps: &mut Vec<TutorialStep>,
    line: usize,
    info: &str,
    text: String,
) -> Result<(), String> {
    let (language, attributes) = info.split_once(' ').unwrap_or((info, ""));
    let kind = match language {
        "console" => return Ok(()),
        "text" => return attach_output(steps, text),
        "sh" => read_commands(attributes, text)?,
        _ => read_file(attributes, text)?,
    };
    steps.push(TutorialStep { line, kind });
    Ok(())
}

fn attach_output(steps: &mut [TutorialStep], text: String) -> Result<(), String> {
    match steps.last_mut().map(|step| &mut step.kind) {
        Some(StepKind::Commands { output, .. }) if output.is_none() => *output = Some(text),
        _ => return Err("the output follows no commands".to_owned()),
    }
    Ok(())
}

fn read_commands(attributes: &str, script: String) -> Result<StepKind, String> {
    let (mut terminal, mut status, mut runs) = (MAIN_TERMINAL.to_owned(), 0, false);
    for attribute in attributes.split_whitespace() {
        match attribute.split_once('=') {
            Some(("terminal", name)) => terminal = name.to_owned(),
            Some(("status", number)) => {
                status = number
                    .parse()
                    .map_err(|_| format!("`{number}` is not an exit status"))?;
            }
            None if attribute == "runs" => runs = true,
            _ => return Err(format!("attribute `{attribute}` not found")),
        }
    }
    Ok(StepKind::Commands {
        terminal,
        script,
        status,
        runs,
        output: None,
    })
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
        (Some("browser"), Some(command @ ("open" | "see" | "press" | "fill")), Some(argument)) => {
            Ok(StepKind::Browser {
                command: command.to_owned(),
                argument: argument.to_owned(),
            })
        }
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
        let text = "```sh terminal=service runs\nserve\n```\n\n```text\nready\n```\n\n\
            ```toml append=a.toml\nx = 1\n```\n\n```console\n$ ask\n```\n\n\
            <!-- browser press Publish a post -->\n<!-- terminal service stop -->\n\n\
            ```sh status=2\nplan\n```\n";
        let expected = [
            StepKind::Commands {
                terminal: "service".to_owned(),
                script: "serve\n".to_owned(),
                status: 0,
                runs: true,
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
                output: None,
            },
        ];
        assert_eq!(read_kinds(text), expected);
    }

    #[test]
    fn everything_that_would_be_left_out_is_an_error() {
        let table = [
            ("```toml\nx = 1\n```\n", "line 1: the block is neither"),
            ("```text\nready\n```\n", "line 1: the output follows no"),
            ("```sh fast\na\n```\n", "line 1: attribute `fast` not found"),
            ("```sh status=x\na\n```\n", "line 1: `x` is not an exit"),
            ("\n<!-- a note -->\n", "line 2: comment `a note` is not"),
        ];
        for (text, expected) in table {
            let error = read_steps(text).unwrap_err();
            assert!(error.starts_with(expected), "{error}");
        }
    }
}
