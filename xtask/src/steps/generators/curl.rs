//! Requests of the `curl` commands in a text.

use std::mem;

/// Beginnings of the service's URL in the documentation.
const BASES: [&str; 3] = ["$BASE", "http://127.0.0.1:8000", "http://localhost:8000"];
/// Form of the command that writes the body of a request, one argument per line.
const LINE_FORMAT: &str = "%s\\n";

/// Request of a `curl` command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CurlRequest {
    pub(super) method: String,
    /// Path and query.
    pub(super) target: String,
    /// Names are in lower case.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Option<String>,
}

/// Command of a text, on one line or on several.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ShellCommand {
    /// Lines before it.
    pub(super) offset: usize,
    pub(super) text: String,
}

/// Splits a script into its commands. A command continues after a backslash, after a pipe, and
/// within quotes.
pub(super) fn split_commands(script: &str) -> Vec<ShellCommand> {
    let mut commands = Vec::new();
    let mut begun = String::new();
    let mut offset = 0;
    for (number, line) in script.lines().enumerate() {
        if begun.is_empty() {
            offset = number;
        }
        begun.push_str(line);
        let continues = line.ends_with('\\') || line.ends_with('|');
        if continues || shlex::split(&begun).is_none() {
            begun.push('\n');
        } else {
            let text = mem::take(&mut begun);
            commands.push(ShellCommand { offset, text });
        }
    }
    if !begun.is_empty() {
        let text = begun;
        commands.push(ShellCommand { offset, text });
    }
    commands
}

/// Parses a command. Returns none if it sends no request to the service.
///
/// # Errors
/// Returns an error if a `curl` command has a form that is not expected.
pub(super) fn parse_command(command: &str) -> Result<Option<CurlRequest>, String> {
    // A shell removes these line ends; the library makes empty words of them.
    let Some(words) = shlex::split(&command.replace("\\\n", " ")) else {
        return if command.contains("curl ") {
            Err("a quote does not end".to_owned())
        } else {
            Ok(None)
        };
    };
    let commands: Vec<&[String]> = words.split(|word| word == "|").collect();
    let is_curl = |words: &&[String]| words.first().is_some_and(|program| program == "curl");
    let Some(position) = commands.iter().position(is_curl) else {
        return Ok(None);
    };
    let piped = position.checked_sub(1).map(|before| commands[before]);
    parse_arguments(&commands[position][1..], piped)
}

fn parse_arguments(
    arguments: &[String],
    piped: Option<&[String]>,
) -> Result<Option<CurlRequest>, String> {
    let (mut method, mut target, mut headers, mut body) = (None, None, Vec::new(), None);
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        let mut value = || {
            arguments
                .next()
                .ok_or(format!("`{argument}` needs a value"))
        };
        match argument.as_str() {
            "-X" | "--request" => method = Some(value()?.clone()),
            "-d" | "--data" | "--data-binary" => body = Some(read_body(value()?, piped)?),
            "-H" | "--header" => headers.push(split_header(value()?)?),
            "-m" | "--max-time" => drop(value()?),
            "-N" | "--no-buffer" | "-s" | "--silent" | "-i" | "--include" => {}
            url if url.starts_with("https://") => return Ok(None),
            "-LO" => {}
            url => {
                let path = BASES.iter().find_map(|base| url.strip_prefix(base));
                let path = path.ok_or_else(|| format!("`{url}` is no URL of the service"))?;
                target = Some(path.to_owned());
            }
        }
    }
    let ordinary = if body.is_some() { "POST" } else { "GET" };
    Ok(Some(CurlRequest {
        method: method.unwrap_or_else(|| ordinary.to_owned()),
        target: target.ok_or("the command has no URL")?,
        headers,
        body,
    }))
}

/// Reads the body of a request: the argument itself, or the lines of the command before.
fn read_body(argument: &str, piped: Option<&[String]>) -> Result<String, String> {
    if argument != "@-" {
        return Ok(argument.to_owned());
    }
    match piped {
        Some([program, format, lines @ ..]) if program == "printf" && format == LINE_FORMAT => {
            Ok(lines.iter().map(|line| format!("{line}\n")).collect())
        }
        _ => Err(format!(
            "the body comes from a command that is not `printf '{LINE_FORMAT}' LINE …`"
        )),
    }
}

fn split_header(header: &str) -> Result<(String, String), String> {
    header
        .split_once(": ")
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .ok_or_else(|| format!("`{header}` is no header"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_single(script: &str) -> Result<Option<CurlRequest>, String> {
        let commands = split_commands(script);
        assert_eq!(commands.len(), 1, "{commands:?}");
        parse_command(&commands[0].text)
    }

    #[test]
    fn a_command_on_several_lines_is_one_request() {
        let script = "curl http://127.0.0.1:8000/v1/events \\\n  -H 'Content-Type: application/json' \\\n  \
            -d '{\"id\": \"1\",\n\"props\": {}}' # a comment\n";
        let expected = CurlRequest {
            method: "POST".to_owned(),
            target: "/v1/events".to_owned(),
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: Some("{\"id\": \"1\",\n\"props\": {}}".to_owned()),
        };
        assert_eq!(parse_single(script), Ok(Some(expected)));
    }

    #[test]
    fn a_body_can_be_the_lines_of_the_command_before() {
        let script =
            "printf '%s\\n' 'a' 'b' |\n  curl -X PUT --data-binary @- \"$BASE/v1/x?y=1\"\n";
        let expected = CurlRequest {
            method: "PUT".to_owned(),
            target: "/v1/x?y=1".to_owned(),
            headers: Vec::new(),
            body: Some("a\nb\n".to_owned()),
        };
        assert_eq!(parse_single(script), Ok(Some(expected)));
    }

    #[test]
    fn commands_keep_their_lines() {
        let commands = split_commands("a\n\nb |\n  c\nd 'e\nf'\n");
        let found: Vec<(usize, &str)> = commands
            .iter()
            .map(|command| (command.offset, command.text.as_str()))
            .collect();
        assert_eq!(found, [(0, "a"), (1, ""), (2, "b |\n  c"), (4, "d 'e\nf'")]);
    }

    #[test]
    fn commands_to_others_are_no_requests_of_the_service() {
        for script in [
            "accolade check",
            "curl -LO https://example.org/a.deb",
            "echo 'a",
        ] {
            assert_eq!(parse_single(script), Ok(None), "{script}");
        }
    }

    #[test]
    fn a_command_in_an_unexpected_form_is_an_error() {
        let table = [
            ("curl $BSAE/v1/live", "`$BSAE/v1/live` is no URL"),
            ("curl --unknown $BASE/v1/live", "`--unknown` is no URL"),
            ("curl -d", "`-d` needs a value"),
            ("curl -H Host $BASE/v1/live", "`Host` is no header"),
            ("cat a | curl -d @- $BASE/v1/live", "the body comes from"),
            ("curl -N", "the command has no URL"),
            ("curl -d '{ $BASE/v1/live", "a quote does not end"),
        ];
        for (script, expected) in table {
            let error = parse_single(script).unwrap_err();
            assert!(error.starts_with(expected), "{script}: {error}");
        }
    }
}
