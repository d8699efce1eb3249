//! Examples of all documents, prepared for the generated clients.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::api_document::ApiDocument;
use super::compilation::{self, CompiledExample, ExampleUse};
use super::finding;
use super::listing::ExampleListing;
use crate::results::CheckCounts;
use crate::tidy::SourceTree;

/// Document about the past, whose examples may be those of earlier versions.
const CHANGELOG: &str = "CHANGELOG.md";

/// Examples of all documents, and the checks of those that cannot be compiled.
#[derive(Debug, Default)]
struct DocumentationExamples {
    compiled: Vec<CompiledExample>,
    /// Places and reasons.
    excluded: Vec<(String, String)>,
    errors: Vec<String>,
}

/// Writes the examples of all documents to a file, for the programs of the tools. An example that
/// belongs to no operation, and is not excluded with a reason, is a failed check.
///
/// # Errors
/// Returns an error if a file cannot be read or written.
pub(super) fn write_examples(
    root: &Path,
    listing: &Path,
    document: &Path,
    output: &Path,
) -> Result<CheckCounts, String> {
    let listing = ExampleListing::read_file(listing)?;
    let api = fs::read_to_string(document)
        .map_err(|error| error.to_string())
        .and_then(|text| serde_json::from_str(&text).map_err(|error| error.to_string()))
        .map_err(|error| format!("cannot read {}: {error}", document.display()))?;
    let tree = SourceTree::read_all(root)
        .map_err(|error| format!("cannot read {}: {error}", root.display()))?;
    let examples = collect_examples(&tree, &listing, &ApiDocument::new(api));
    let text = serde_json::to_string_pretty(&examples.compiled)
        .map_err(|error| format!("cannot write the examples: {error}"))?;
    fs::write(output, text)
        .map_err(|error| format!("cannot write {}: {error}", output.display()))?;
    Ok(examples.report())
}

fn collect_examples(
    tree: &SourceTree,
    listing: &ExampleListing,
    api: &ApiDocument,
) -> DocumentationExamples {
    let mut examples = DocumentationExamples::default();
    for (path, text) in tree.files_ending_with(".md") {
        if path != CHANGELOG {
            examples.add_document(path, text, listing, api);
        }
    }
    let unused = listing.list_unused();
    examples.errors.extend(unused);
    examples
}

impl DocumentationExamples {
    fn add_document(
        &mut self,
        path: &str,
        text: &str,
        listing: &ExampleListing,
        api: &ApiDocument,
    ) {
        let found = match finding::find_examples(path, text) {
            Ok(found) => found,
            Err(error) => return self.errors.push(error),
        };
        for example in &found {
            let place = format!("{path}:{}", example.line);
            match compilation::compile_example(example, listing, api) {
                Ok(ExampleUse::Compiled(compiled)) => self.compiled.push(compiled),
                Ok(ExampleUse::Excluded { reason }) => self.excluded.push((place, reason)),
                Err(error) => {
                    let beginning = example.text.lines().next().unwrap_or_default();
                    self.errors.push(format!("{place}: {error}: {beginning}"));
                }
            }
        }
    }

    /// Prints the numbers, the exclusions and the errors, and counts one check per error.
    fn report(&self) -> CheckCounts {
        let places = self.compiled.iter().map(|example| example.place.as_str());
        let documents: BTreeSet<&str> =
            places.filter_map(|place| place.split(':').next()).collect();
        println!(
            "{} examples in {} documents, and {} that are not compiled:",
            self.compiled.len(),
            documents.len(),
            self.excluded.len()
        );
        for (place, reason) in &self.excluded {
            println!("  {place}: {reason}");
        }
        for error in &self.errors {
            eprintln!("{error}");
        }
        let failed = u64::try_from(self.errors.len()).unwrap_or(u64::MAX);
        CheckCounts {
            passed: u64::from(failed == 0),
            failed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::steps::generators::api_document::tests::small_document;

    const LISTING: &str = r#"
        [[example]]
        document = "docs/a.md"
        text = '{"error"'
        reason = "output of a command"
    "#;

    fn collect(files: &[(&str, &str)]) -> DocumentationExamples {
        let listing = ExampleListing::parse(LISTING).unwrap();
        collect_examples(&SourceTree::from_texts(files), &listing, &small_document())
    }

    #[test]
    fn the_examples_of_all_documents_but_the_changelog_are_compiled_or_excluded() {
        let examples = collect(&[
            ("CHANGELOG.md", "`GET /v1/gone`\n"),
            ("README.md", "`GET /v1/players/ada`\n"),
            (
                "docs/a.md",
                "A\n\n`{\"error\": …}` `GET /v1/players/best`\n",
            ),
        ]);
        let places: Vec<&str> = examples
            .compiled
            .iter()
            .map(|example| example.place.as_str())
            .collect();
        assert_eq!(places, ["README.md:1", "docs/a.md:3"]);
        let excluded = ("docs/a.md:3".to_owned(), "output of a command".to_owned());
        assert_eq!(examples.excluded, [excluded]);
        assert_eq!(examples.report(), CheckCounts::single(true));
    }

    #[test]
    fn an_example_without_an_operation_and_an_entry_without_an_example_fail() {
        let examples = collect(&[("README.md", "`GET /v1/gone` `{\"a\": 1}`\n")]);
        let expected = [
            "README.md:1: `GET /v1/gone` is no operation",
            "README.md:1: the listing has neither",
            "docs/a.md: no example begins with `{\"error\"`",
        ];
        for (error, expected) in examples.errors.iter().zip(expected) {
            assert!(error.starts_with(expected), "{error}");
        }
        let counts = CheckCounts {
            passed: 0,
            failed: 3,
        };
        assert_eq!(examples.report(), counts);
    }
}
