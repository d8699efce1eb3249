//! Examples whose operation their text does not say, from a file of the tools.

use std::cell::Cell;
use std::fs;
use std::path::Path;

use serde::Deserialize;

use super::finding::FoundExample;

/// Listed examples. Each entry must be of use.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExampleListing {
    example: Vec<ListedExample>,
}

/// Example with its operation, or with the reason why it is not compiled.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ListedExample {
    document: String,
    /// Beginning of the example.
    text: String,
    /// Id of the operation whose request has the example as its body.
    request: Option<String>,
    /// Id of the operation whose response is the example.
    response: Option<String>,
    /// Status of that response.
    status: Option<u16>,
    reason: Option<String>,
    #[serde(skip)]
    is_used: Cell<bool>,
}

/// Statement of an entry about its example.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ListedUse<'a> {
    Request { operation: &'a str },
    Response { operation: &'a str, status: u16 },
    Excluded { reason: &'a str },
}

impl ExampleListing {
    /// Reads the file.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read, or an entry says nothing or too much.
    pub(super) fn read_file(path: &Path) -> Result<Self, String> {
        let text = fs::read_to_string(path).map_err(|error| error.to_string());
        text.and_then(|text| Self::parse(&text))
            .map_err(|error| format!("cannot read {}: {error}", path.display()))
    }

    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let listing: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        for entry in &listing.example {
            entry.read_use()?;
        }
        Ok(listing)
    }

    /// Finds the statement about an example.
    ///
    /// # Errors
    /// Returns an error if there are several.
    pub(super) fn find_use(&self, example: &FoundExample) -> Result<Option<ListedUse<'_>>, String> {
        let mut entries = self.example.iter().filter(|entry| entry.is_about(example));
        let Some(entry) = entries.next() else {
            return Ok(None);
        };
        if let Some(other) = entries.next() {
            return Err(format!(
                "it is listed as `{}` and as `{}`",
                entry.text, other.text
            ));
        }
        entry.is_used.set(true);
        entry.read_use().map(Some)
    }

    /// Lists the entries that are about no example, after all have been looked for.
    pub(super) fn list_unused(&self) -> Vec<String> {
        self.example
            .iter()
            .filter(|entry| !entry.is_used.get())
            .map(|entry| {
                format!(
                    "{}: no example begins with `{}`",
                    entry.document, entry.text
                )
            })
            .collect()
    }
}

impl ListedExample {
    fn is_about(&self, example: &FoundExample) -> bool {
        self.document == example.document && example.text.trim_start().starts_with(&self.text)
    }

    fn read_use(&self) -> Result<ListedUse<'_>, String> {
        let (request, response) = (self.request.as_deref(), self.response.as_deref());
        match (request, response, self.status, self.reason.as_deref()) {
            (Some(operation), None, None, None) => Ok(ListedUse::Request { operation }),
            (None, Some(operation), Some(status), None) => {
                Ok(ListedUse::Response { operation, status })
            }
            (None, None, None, Some(reason)) if !reason.is_empty() => {
                Ok(ListedUse::Excluded { reason })
            }
            _ => Err(format!(
                "`{}` needs either `request`, or `response` and `status`, or `reason`",
                self.text
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::steps::generators::finding::ExampleForm;

    const LISTING: &str = r#"
        [[example]]
        document = "a.md"
        text = '{"version"'
        request = "publish_catalog"

        [[example]]
        document = "a.md"
        text = '{"type"'
        response = "get_player"
        status = 404

        [[example]]
        document = "a.md"
        text = '{"error"'
        reason = "output of a command"
    "#;

    fn make_example(document: &str, text: &str) -> FoundExample {
        FoundExample {
            document: document.to_owned(),
            line: 1,
            text: text.to_owned(),
            form: ExampleForm::Json,
        }
    }

    #[test]
    fn an_entry_is_about_the_examples_of_its_document_that_begin_with_its_text() {
        let listing = ExampleListing::parse(LISTING).unwrap();
        let publish = ListedUse::Request {
            operation: "publish_catalog",
        };
        let missing = ListedUse::Response {
            operation: "get_player",
            status: 404,
        };
        let excluded = ListedUse::Excluded {
            reason: "output of a command",
        };
        let table = [
            ("a.md", "{\"version\": 3}", Some(publish)),
            ("a.md", "{\"type\": 4}", Some(missing)),
            ("a.md", "{\"error\": …", Some(excluded)),
            ("b.md", "{\"version\": 3}", None),
            ("a.md", "{\"player\": {\"version\": 3}}", None),
        ];
        for (document, text, expected) in table {
            let found = listing.find_use(&make_example(document, text));
            assert_eq!(found, Ok(expected), "{text}");
        }
        assert!(listing.list_unused().is_empty());
    }

    #[test]
    fn an_entry_without_an_example_is_named() {
        let listing = ExampleListing::parse(LISTING).unwrap();
        assert_eq!(listing.list_unused().len(), 3);
        let unused = "a.md: no example begins with `{\"version\"`";
        assert!(listing.list_unused().contains(&unused.to_owned()));
    }

    #[test]
    fn an_example_has_one_entry() {
        let twice =
            format!("{LISTING}\n[[example]]\ndocument = \"a.md\"\ntext = '{{'\nreason = \"b\"");
        let listing = ExampleListing::parse(&twice).unwrap();
        let error = listing.find_use(&make_example("a.md", "{\"error\": 1}"));
        assert_eq!(
            error,
            Err("it is listed as `{\"error\"` and as `{`".to_owned())
        );
    }

    #[test]
    fn an_entry_says_one_thing() {
        for statement in [
            "",
            "request = \"a\"\nreason = \"b\"",
            "response = \"a\"",
            "reason = \"\"",
        ] {
            let text = format!("[[example]]\ndocument = \"a.md\"\ntext = \"x\"\n{statement}");
            let error = ExampleListing::parse(&text).unwrap_err();
            assert!(
                error.starts_with("`x` needs either"),
                "{statement}: {error}"
            );
        }
    }
}
