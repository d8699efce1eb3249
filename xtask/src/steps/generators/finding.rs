//! Examples of the HTTP API in the code of a document.

use super::curl::{self, CurlRequest};
use crate::markdown::{self, MarkdownCode};

const METHODS: [&str; 5] = ["DELETE", "GET", "PATCH", "POST", "PUT"];
/// Languages of blocks with commands, output or data. Blocks without a language are such, too.
const PLAIN_LANGUAGES: [&str; 4] = ["", "json", "sh", "text"];
/// Languages of blocks that send no requests, and whose braces are no JSON.
const OTHER_LANGUAGES: [&str; 3] = ["nginx", "rust", "toml"];
const TYPESCRIPT: &str = "ts";

/// Example in a document, with the line number of its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FoundExample {
    pub(super) document: String,
    pub(super) line: usize,
    pub(super) text: String,
    pub(super) form: ExampleForm,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ExampleForm {
    /// Command that sends a request.
    Command(CurlRequest),
    /// Method and target between words, such as `GET /v1/keys`.
    Mention { method: String, target: String },
    /// Object or list, which may be cut by ellipses.
    Json,
    /// Member of an object between words, such as `"create": true`.
    Member,
    /// Program in TypeScript.
    TypeScript,
    /// Program in another language that contains objects.
    Program,
}

/// Finds the examples of a document, in order.
///
/// # Errors
/// Returns an error with the line if a command cannot be read.
pub(super) fn find_examples(document: &str, text: &str) -> Result<Vec<FoundExample>, String> {
    let mut found = Vec::new();
    for code in markdown::find_code(text) {
        let parts = match code.language.as_deref() {
            _ if code.is_span => find_in_span(&code.text).into_iter().collect(),
            Some(TYPESCRIPT) => vec![(0, code.text.clone(), ExampleForm::TypeScript)],
            Some(language) if OTHER_LANGUAGES.contains(&language) => Vec::new(),
            Some(language) if !PLAIN_LANGUAGES.contains(&language) => find_program(&code),
            _ => find_in_block(&code.text)
                .map_err(|(line, error)| format!("{document}:{}: {error}", code.line + line))?,
        };
        found.extend(parts.into_iter().map(|(offset, text, form)| FoundExample {
            document: document.to_owned(),
            line: code.line + offset,
            text,
            form,
        }));
    }
    Ok(found)
}

/// Example with the number of lines before it.
type LocatedExample = (usize, String, ExampleForm);

fn find_in_span(text: &str) -> Option<LocatedExample> {
    let form = if let Some((method, target)) = split_mention(text) {
        ExampleForm::Mention { method, target }
    } else if starts_json(text) {
        ExampleForm::Json
    } else if is_member(text) {
        ExampleForm::Member
    } else {
        return None;
    };
    Some((0, text.to_owned(), form))
}

fn split_mention(text: &str) -> Option<(String, String)> {
    let (method, target) = text.split_once(' ')?;
    let is_request = METHODS.contains(&method) && target.starts_with('/');
    is_request.then(|| (method.to_owned(), target.to_owned()))
}

/// True for text such as `"create": true`.
fn is_member(text: &str) -> bool {
    let member = text
        .strip_prefix('"')
        .and_then(|rest| rest.split_once("\": "));
    member.is_some_and(|(name, _)| !name.is_empty() && !name.contains('"'))
}

fn find_program(code: &MarkdownCode) -> Vec<LocatedExample> {
    let has_objects = (0..code.text.len()).any(|at| starts_json_at(&code.text, at));
    let program = (0, code.text.clone(), ExampleForm::Program);
    has_objects.then_some(program).into_iter().collect()
}

/// Finds the requests of commands, and objects and lists outside of them.
fn find_in_block(text: &str) -> Result<Vec<LocatedExample>, (usize, String)> {
    let mut found = Vec::new();
    let mut others = Vec::new();
    for command in curl::split_commands(text) {
        match curl::parse_command(&command.text) {
            Ok(None) => others.push((command.offset, command.text)),
            Ok(Some(request)) => {
                let form = ExampleForm::Command(request);
                found.push((command.offset, command.text, form));
            }
            Err(error) => return Err((command.offset, error)),
        }
    }
    // An object can continue on the next line, where another command seems to begin.
    let mut rest = others.into_iter().peekable();
    while let Some((offset, mut text)) = rest.next() {
        while let Some((_, more)) = rest.next_if(|(next, _)| *next == offset + count_lines(&text)) {
            text = format!("{text}\n{more}");
        }
        found.extend(find_json(&text).map(|(line, json)| (offset + line, json, ExampleForm::Json)));
    }
    found.sort_by_key(|(line, ..)| *line);
    Ok(found)
}

fn count_lines(text: &str) -> usize {
    text.matches('\n').count() + 1
}

/// Finds objects and lists of objects, each with the number of lines before it.
fn find_json(text: &str) -> impl Iterator<Item = (usize, String)> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = (from..text.len()).find(|at| starts_json_at(text, *at))?;
        let end = start + find_end(&text[start..]);
        from = end;
        let line = text[..start].matches('\n').count();
        Some((line, text[start..end].trim_end().to_owned()))
    })
}

fn starts_json_at(text: &str, at: usize) -> bool {
    text.is_char_boundary(at) && starts_json(&text[at..])
}

/// True if an object with a member begins, or a list of such objects.
fn starts_json(text: &str) -> bool {
    let object = text.strip_prefix('[').map_or(text, str::trim_start);
    let member = object.strip_prefix('{').map(str::trim_start);
    member.is_some_and(|member| member.starts_with('"'))
}

/// Finds the end of an object or a list, which is the end of the text if it is cut.
fn find_end(json: &str) -> usize {
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    for (at, letter) in json.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if in_text => escaped = true,
            '"' => in_text = !in_text,
            '{' | '[' if !in_text => depth += 1,
            '}' | ']' if !in_text => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    json.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines, beginnings of texts and forms of all examples.
    fn find_all(text: &str) -> Vec<(usize, String, &'static str)> {
        let found = find_examples("a.md", text).unwrap();
        let summaries = found.into_iter().map(|example| {
            let form = match example.form {
                ExampleForm::Command(_) => "command",
                ExampleForm::Mention { .. } => "mention",
                ExampleForm::Json => "json",
                ExampleForm::Member => "member",
                ExampleForm::TypeScript => "ts",
                ExampleForm::Program => "program",
            };
            (example.line, example.text, form)
        });
        summaries.collect()
    }

    fn make_rows(rows: &[(usize, &str, &'static str)]) -> Vec<(usize, String, &'static str)> {
        rows.iter()
            .map(|(line, text, form)| (*line, (*text).to_owned(), *form))
            .collect()
    }

    #[test]
    fn examples_between_words_are_found_and_other_code_is_not() {
        let text = "`GET /v1/keys` `GET` `GET it` `{\"version\": 3}` `[{\"a\": {}}]` `\"create\": true`\n\n\
            `\"a\"` `{ count = \"visit\" }` `[\"a\"]` `\"a\" and \"b\": c`\n";
        let expected = [
            (1, "GET /v1/keys", "mention"),
            (1, "{\"version\": 3}", "json"),
            (1, "[{\"a\": {}}]", "json"),
            (1, "\"create\": true", "member"),
        ];
        assert_eq!(find_all(text), make_rows(&expected));
    }

    #[test]
    fn commands_and_objects_of_a_block_are_found_with_their_lines() {
        let text = "```sh\nls\ncurl -d '{\"a\": 1}' $BASE/v1/x\n```\n\n```text\nready\n{\"a\": \"}\",\n\
             \"b\": [1]} and {\"c\": …\n```\n\n    {\"d\": \"\\\"}\"}\n    {\"e\": 1}\n";
        let expected = [
            (3, "curl -d '{\"a\": 1}' $BASE/v1/x", "command"),
            (8, "{\"a\": \"}\",\n\"b\": [1]}", "json"),
            (9, "{\"c\": …", "json"),
            (12, "{\"d\": \"\\\"}\"}", "json"),
            (13, "{\"e\": 1}", "json"),
        ];
        assert_eq!(find_all(text), make_rows(&expected));
    }

    #[test]
    fn programs_are_examples_if_they_contain_objects() {
        let text = "```python\nx = {\"a\": 1}\n```\n\n```python\nx = 1\n```\n\n```toml\nx = [{\"a\" = 1}]\n```\n\n\
            ```ts\nf();\n```\n";
        let expected = [(2, "x = {\"a\": 1}\n", "program"), (14, "f();\n", "ts")];
        assert_eq!(find_all(text), make_rows(&expected));
    }

    #[test]
    fn a_command_that_cannot_be_read_is_an_error_with_its_line() {
        let text = "```sh\nls\ncurl -d '{}' $BSAE/v1/x\n```\n";
        let error = find_examples("a.md", text).unwrap_err();
        assert_eq!(error, "a.md:3: `$BSAE/v1/x` is no URL of the service");
    }
}
