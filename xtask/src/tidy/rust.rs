//! Style of Rust files.

use super::CheckFinding;
use super::tree::{RustFile, SourceTree, number_lines};

/// Maximum number of lines of a file.
const MAX_FILE_LINES: usize = 600;
/// Marks of unfinished work.
const UNFINISHED_MARKS: &[&str] = &["TODO", "FIXME"];
/// Exempt folder: the checks contain the words that they look for.
const EXEMPT_FOLDER: &str = "xtask/";

/// Checks that no file is too long.
pub(crate) fn check_file_lengths(tree: &SourceTree) -> Vec<CheckFinding> {
    let long = tree
        .rust_files()
        .map(|file| (file.path, file.text.lines().count()))
        .filter(|(_, lines)| *lines > MAX_FILE_LINES);
    long.map(|(path, lines)| {
        CheckFinding::new(path, 0, format!("{lines} lines, above {MAX_FILE_LINES}"))
    })
    .collect()
}

/// Checks that no comment marks unfinished work.
pub(crate) fn check_unfinished_marks(tree: &SourceTree) -> Vec<CheckFinding> {
    find_words(
        tree,
        |file| number_lines(file.text).collect(),
        UNFINISHED_MARKS,
    )
}

/// Checks that no test is ignored, including those in documentation.
pub(crate) fn check_ignored_tests(tree: &SourceTree) -> Vec<CheckFinding> {
    find_words(
        tree,
        |file| number_lines(file.text).collect(),
        &["#[ignore", "```ignore", "```rust,ignore"],
    )
}

/// Checks that no test sleeps.
pub(crate) fn check_sleeping_tests(tree: &SourceTree) -> Vec<CheckFinding> {
    find_words(tree, |file| file.test_lines().collect(), &["sleep("])
}

/// Checks that shipped code does not call `unwrap`.
pub(crate) fn check_unwrap(tree: &SourceTree) -> Vec<CheckFinding> {
    let is_ours = |path: &str| path.starts_with("crates/");
    find_words(
        tree,
        |file| {
            if is_ours(file.path) {
                file.shipped_lines().collect()
            } else {
                vec![]
            }
        },
        &[".unwrap()"],
    )
}

/// Finds the lines that contain one of the words, among those that `lines` selects.
fn find_words(
    tree: &SourceTree,
    lines: impl Fn(RustFile<'_>) -> Vec<(usize, &str)>,
    words: &[&str],
) -> Vec<CheckFinding> {
    let mut findings = Vec::new();
    for file in tree
        .rust_files()
        .filter(|file| !file.path.starts_with(EXEMPT_FOLDER))
    {
        let path = file.path;
        for (line, text) in lines(file) {
            if let Some(word) = words.iter().find(|word| text.contains(**word)) {
                findings.push(CheckFinding::new(
                    path,
                    line,
                    format!("`{}`", word.trim_matches('`')),
                ));
            }
        }
    }
    findings
}
