//! Style of all text files.

use super::Finding;
use super::tree::{Tree, numbered};

/// Folders at the root of a machine that are private to their owner.
const PRIVATE: &[&str] = &["root", "work"];

/// Checks for tabs, white space at line ends, and the newline at the end.
pub(crate) fn plain(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.texts() {
        for (number, line) in text.split('\n').enumerate().map(|(i, line)| (i + 1, line)) {
            if line.contains('\t') {
                findings.push(Finding::new(path, number, "tab"));
            }
            if line.ends_with(char::is_whitespace) {
                findings.push(Finding::new(
                    path,
                    number,
                    "white space at the end of the line",
                ));
            }
        }
        if !text.is_empty() && !text.ends_with('\n') {
            findings.push(Finding::new(path, 0, "missing newline at the end"));
        }
        if text.ends_with("\n\n") {
            findings.push(Finding::new(path, 0, "empty lines at the end"));
        }
    }
    findings
}

/// Checks that no file names a private folder.
pub(crate) fn no_private_paths(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.texts() {
        for folder in PRIVATE.iter().map(|name| format!("/{name}/")) {
            for (line, _) in numbered(text).filter(|(_, line)| is_absolute(line, &folder)) {
                findings.push(Finding::new(path, line, format!("`{folder}`")));
            }
        }
    }
    findings
}

/// True if the folder occurs at the start of a path, not in the middle of one.
fn is_absolute(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(start, _)| {
        !line[..start].ends_with(|c: char| c.is_alphanumeric() || "-_.}".contains(c))
    })
}
