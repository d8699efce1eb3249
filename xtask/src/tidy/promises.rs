//! Tests that a document names as proof of its guarantees.

use std::collections::BTreeSet;

use super::Finding;
use super::tree::{Tree, numbered};

/// Path of the document. It names a test as `path/file.rs::test_name`, in a code span.
const DOCUMENT: &str = "docs/guarantees.md";

/// Checks that every named test exists in its file.
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

/// Finds the code spans of a line that name a test. Returns the file and the name of each.
fn references(line: &str) -> impl Iterator<Item = (&str, &str)> {
    line.split('`')
        .skip(1)
        .step_by(2)
        .filter_map(|code| code.split_once("::"))
        .filter(|(file, _)| file.ends_with(".rs"))
}

/// Finds the names of the functions marked `#[test]` or `#[tokio::test]`. Other attributes and
/// comments can be in between.
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
