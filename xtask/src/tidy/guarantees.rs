//! Tests that a document names as proof of its guarantees.

use std::collections::BTreeSet;

use super::CheckFinding;
use super::tree::{SourceTree, number_lines};

/// Path of the document. It names a test as `path/file.rs::test_name`, in a code span.
const GUARANTEES_PATH: &str = "docs/guarantees.md";

/// Checks that every named test exists in its file.
pub(crate) fn check_named_tests(tree: &SourceTree) -> Vec<CheckFinding> {
    let mut findings = Vec::new();
    let document = tree
        .text_files()
        .filter(|(path, _)| *path == GUARANTEES_PATH);
    for (number, line) in document.flat_map(|(_, text)| number_lines(text)) {
        for (file, test) in find_references(line) {
            let exists = tree
                .text_files()
                .any(|(path, source)| path == file && find_tests(source).contains(test));
            if !exists {
                findings.push(CheckFinding::new(
                    GUARANTEES_PATH,
                    number,
                    format!("`{file}` has no test `{test}`"),
                ));
            }
        }
    }
    findings
}

/// Finds the code spans of a line that name a test. Returns the file and the name of each.
fn find_references(line: &str) -> impl Iterator<Item = (&str, &str)> {
    line.split('`')
        .skip(1)
        .step_by(2)
        .filter_map(|code| code.split_once("::"))
        .filter(|(file, _)| file.ends_with(".rs"))
}

/// Macro that defines the tests of the conformance suite, which have no functions in the file.
const SUITE_MACRO: &str = "conformance_tests";

/// Finds the names of the functions marked `#[test]` or `#[tokio::test]`. Other attributes and
/// comments can be in between. A call of [`SUITE_MACRO`] counts as a test of that name.
fn find_tests(source: &str) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    let mut marked = false;
    for line in source.lines().map(str::trim_start) {
        if line.starts_with("accolade_testing::conformance_tests!(") {
            names.insert(SUITE_MACRO);
        }
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
