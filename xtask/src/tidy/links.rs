//! Links between Markdown files.

use super::CheckFinding;
use super::tree::SourceTree;
use crate::markdown;

/// Checks that every relative link has a target in the project, and every anchor a heading.
pub(crate) fn check_links(tree: &SourceTree) -> Vec<CheckFinding> {
    let mut findings = Vec::new();
    for (path, text) in tree.files_ending_with(".md") {
        for link in markdown::find_links(text) {
            if let Some(problem) = find_problem(tree, path, &link.target) {
                findings.push(CheckFinding::new(path, link.line, problem));
            }
        }
    }
    findings
}

fn find_problem(tree: &SourceTree, from: &str, target: &str) -> Option<String> {
    if markdown::is_external(target) {
        return None;
    }
    let resolved = markdown::resolve_link(from, target).filter(|(path, _)| tree.has_path(path));
    let Some((path, anchor)) = resolved else {
        return Some(format!("target `{target}` not found"));
    };
    // Anchors of files other than Markdown are lines of source code.
    let text = tree.text(&path).filter(|_| path.ends_with(".md"))?;
    let found = anchor.is_empty() || markdown::find_anchors(text).contains(&anchor);
    (!found).then(|| format!("heading of `{target}` not found"))
}
