//! How files of Rust are written.

use super::Finding;
use super::tree::{Rust, Tree, numbered};

/// Lines that a file may have.
const LINES: usize = 600;
/// Marks of unfinished work.
const MARKS: &[&str] = &["TODO", "FIXME"];
/// The checks name what they look for.
const OWN: &str = "xtask/";

/// No file is longer than one reason to exist needs.
pub(crate) fn short_files(tree: &Tree) -> Vec<Finding> {
    let long = tree
        .rust()
        .map(|file| (file.path, file.text.lines().count()))
        .filter(|(_, lines)| *lines > LINES);
    long.map(|(path, lines)| Finding::new(path, 0, format!("{lines} lines, above {LINES}")))
        .collect()
}

/// No work is left for later in a comment.
pub(crate) fn no_marks(tree: &Tree) -> Vec<Finding> {
    find(tree, |file| numbered(file.text).collect(), MARKS)
}

/// Every test runs, those in documentation too.
pub(crate) fn no_ignored_tests(tree: &Tree) -> Vec<Finding> {
    find(
        tree,
        |file| numbered(file.text).collect(),
        &["#[ignore", "```ignore", "```rust,ignore"],
    )
}

/// Tests wait for the thing itself.
pub(crate) fn no_sleeping_tests(tree: &Tree) -> Vec<Finding> {
    find(tree, |file| file.tests().collect(), &["sleep("])
}

/// Our crates do not panic where they could return an error. The conformance suite is a test,
/// although it is shipped.
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

/// Which of the lines that `lines` picks hold one of the words.
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
