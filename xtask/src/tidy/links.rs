//! Links between Markdown files.

use super::CheckFinding;
use super::tree::{SourceTree, number_lines};

/// Checks that every relative link has a target in the project.
pub(crate) fn check_links(tree: &SourceTree) -> Vec<CheckFinding> {
    let mut findings = Vec::new();
    for (path, text) in tree.files_ending_with(".md") {
        for (line, target) in find_links(text) {
            if !is_external(target)
                && !resolve_link(path, target)
                    .is_some_and(|file| file.is_empty() || tree.has_path(&file))
            {
                findings.push(CheckFinding::new(
                    path,
                    line,
                    format!("target `{target}` not found"),
                ));
            }
        }
    }
    findings
}

fn is_external(target: &str) -> bool {
    target.contains("://") || target.starts_with("mailto:") || target.starts_with('#')
}

/// Finds the targets of `[text](target)` and `[name]: target` outside of code.
fn find_links(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut in_code = false;
    for (number, line) in number_lines(text) {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        } else if !in_code {
            found.extend(find_links_in_line(line).map(|target| (number, target)));
        }
    }
    found
}

fn find_links_in_line(line: &str) -> impl Iterator<Item = &str> {
    // Every second part is between backticks.
    let outside_of_code = line.split('`').step_by(2);
    let targets = outside_of_code.flat_map(|part| part.split("](").skip(1));
    let inline = targets.filter_map(|rest| rest.split([')', ' ']).next());
    let named = line
        .strip_prefix('[')
        .and_then(|rest| rest.split_once("]: "))
        .map(|(_, target)| target.trim());
    inline.chain(named)
}

/// Resolves a link to a path relative to the root; `None` if it leaves the project.
fn resolve_link(from: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    let file = target.split(['#', '?']).next().unwrap_or_default();
    for part in file.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
