//! Type names, each of which has one meaning in its crate.

use std::collections::BTreeMap;

use super::CheckFinding;
use super::items::{self, ItemKind};
use super::tree::SourceTree;

/// Names that a crate may define more than once: crate, name, and reason.
const ALLOWED_NAMES: &[(&str, &str, &str)] = &[];

/// Checks that no crate defines two types of the same name.
pub(crate) fn check_unique_types(tree: &SourceTree) -> Vec<CheckFinding> {
    let mut findings = Vec::new();
    for ((folder, name), places) in find_type_names(tree) {
        let is_allowed = ALLOWED_NAMES
            .iter()
            .any(|(home, allowed, _)| (*home, *allowed) == (folder.as_str(), name.as_str()));
        let Some((first, others)) = places.split_first().filter(|_| !is_allowed) else {
            continue;
        };
        for (path, line) in others {
            let what = format!("`{name}` is also defined in {}:{}", first.0, first.1);
            findings.push(CheckFinding::new(path, *line, what));
        }
    }
    findings
}

/// Finds the places where types are defined, by crate and name.
fn find_type_names(tree: &SourceTree) -> BTreeMap<(String, String), Vec<(String, usize)>> {
    let mut names: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for file in tree.rust_files() {
        let Some(folder) = file.crate_folder() else {
            continue;
        };
        let tokens = file.shipped_tokens();
        for item in items::find_items(&tokens) {
            if item.kind == ItemKind::Type {
                names
                    .entry((folder.to_owned(), item.name.to_owned()))
                    .or_default()
                    .push((file.path.to_owned(), item.line));
            }
        }
    }
    names
}
