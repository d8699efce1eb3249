//! The tests that a document names as proof of what is promised.

use std::collections::BTreeSet;

use super::Finding;
use super::tree::{Tree, numbered};

/// The document. It names a test as `file.rs::name_of_the_test`, in a span of code, the file from
/// the root.
const DOCUMENT: &str = "docs/guarantees.md";

/// Every test that is named exists, in the file that is named.
pub(crate) fn name_tests(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let document = tree.texts().filter(|(path, _)| *path == DOCUMENT);
    for (number, line) in document.flat_map(|(_, text)| numbered(text)) {
        for (file, test) in references(line) {
            let exists = tree
                .texts()
                .any(|(path, source)| path == file && tests(source).contains(test));
            if !exists {
                findings.push(Finding::new(
                    DOCUMENT,
                    number,
                    format!("`{file}` has no test `{test}`"),
                ));
            }
        }
    }
    findings
}

/// The spans of code of a line that name a test, each as its file and its name.
fn references(line: &str) -> impl Iterator<Item = (&str, &str)> {
    line.split('`')
        .skip(1)
        .step_by(2)
        .filter_map(|code| code.split_once("::"))
        .filter(|(file, _)| file.ends_with(".rs"))
}

/// The names of the functions that `#[test]` or `#[tokio::test]` stands before, other attributes
/// and comments between them or not.
fn tests(source: &str) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    let mut marked = false;
    for line in source.lines().map(str::trim_start) {
        if matches!(line, "#[test]" | "#[tokio::test]") {
            marked = true;
        } else if !line.starts_with("#[") && !line.starts_with("//") {
            let function = line
                .trim_start_matches("async ")
                .strip_prefix("fn ")
                .filter(|_| marked);
            names.extend(function.and_then(|rest| rest.split('(').next()));
            marked = false;
        }
    }
    names
}
