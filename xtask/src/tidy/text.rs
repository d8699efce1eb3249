//! Style of all text files.

use super::CheckFinding;
use super::tree::{SourceTree, number_lines};

/// Folders at the root of a machine that are private to their owner.
const PRIVATE_FOLDERS: &[&str] = &["root", "work"];

/// Checks for tabs, white space at line ends, and the newline at the end.
pub(crate) fn check_plain_text(tree: &SourceTree) -> Vec<CheckFinding> {
    let mut findings = Vec::new();
    for (path, text) in tree.text_files() {
        for (number, line) in text.split('\n').enumerate().map(|(i, line)| (i + 1, line)) {
            if line.contains('\t') {
                findings.push(CheckFinding::new(path, number, "tab"));
            }
            if line.ends_with(char::is_whitespace) {
                findings.push(CheckFinding::new(
                    path,
                    number,
                    "white space at the end of the line",
                ));
            }
        }
        if !text.is_empty() && !text.ends_with('\n') {
            findings.push(CheckFinding::new(path, 0, "missing newline at the end"));
        }
        if text.ends_with("\n\n") {
            findings.push(CheckFinding::new(path, 0, "empty lines at the end"));
        }
    }
    findings
}

/// Checks that no file names a private folder.
pub(crate) fn check_private_paths(tree: &SourceTree) -> Vec<CheckFinding> {
    let mut findings = Vec::new();
    for (path, text) in tree.text_files() {
        for folder in PRIVATE_FOLDERS.iter().map(|name| format!("/{name}/")) {
            for (line, _) in number_lines(text).filter(|(_, line)| starts_path(line, &folder)) {
                findings.push(CheckFinding::new(path, line, format!("`{folder}`")));
            }
        }
    }
    findings
}

/// True if the folder occurs at the start of a path, not in the middle of one.
fn starts_path(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(start, _)| {
        !line[..start].ends_with(|c: char| c.is_alphanumeric() || "-_.}".contains(c))
    })
}
