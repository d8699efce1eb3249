//! Style of Rust files.

use super::Finding;
use super::tree::{Rust, Tree, numbered};

/// Maximum number of lines of a file.
const LINES: usize = 600;
/// Marks of unfinished work.
const MARKS: &[&str] = &["TODO", "FIXME"];
/// Exempt folder: the checks contain the words that they look for.
const OWN: &str = "xtask/";

/// Checks that no file is too long.
pub(crate) fn short_files(tree: &Tree) -> Vec<Finding> {
    let long = tree
        .rust()
        .map(|file| (file.path, file.text.lines().count()))
        .filter(|(_, lines)| *lines > LINES);
    long.map(|(path, lines)| Finding::new(path, 0, format!("{lines} lines, above {LINES}")))
        .collect()
}

/// Checks that no comment marks unfinished work.
pub(crate) fn no_marks(tree: &Tree) -> Vec<Finding> {
    find(tree, |file| numbered(file.text).collect(), MARKS)
}

/// Checks that no test is ignored, including those in documentation.
pub(crate) fn no_ignored_tests(tree: &Tree) -> Vec<Finding> {
    find(
        tree,
        |file| numbered(file.text).collect(),
        &["#[ignore", "```ignore", "```rust,ignore"],
    )
}

/// Checks that no test sleeps.
pub(crate) fn no_sleeping_tests(tree: &Tree) -> Vec<Finding> {
    find(tree, |file| file.tests().collect(), &["sleep("])
}

/// Checks that shipped code does not call `unwrap`. The conformance suite is exempt, because it
/// consists of tests.
pub(crate) fn no_unwrap(tree: &Tree) -> Vec<Finding> {
    let is_ours = |path: &str| path.starts_with("crates/") && !path.contains("/conformance/");
    find(
        tree,
        |file| {
            if is_ours(file.path) {
                file.shipped().collect()
            } else {
                vec![]
            }
        },
        &[".unwrap()"],
    )
}

/// Finds the lines that contain one of the words, among those that `lines` selects.
fn find(
    tree: &Tree,
    lines: impl Fn(Rust<'_>) -> Vec<(usize, &str)>,
    words: &[&str],
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.rust().filter(|file| !file.path.starts_with(OWN)) {
        let path = file.path;
        for (line, text) in lines(file) {
            if let Some(word) = words.iter().find(|word| text.contains(**word)) {
                findings.push(Finding::new(
                    path,
                    line,
                    format!("`{}`", word.trim_matches('`')),
                ));
            }
        }
    }
    findings
}
