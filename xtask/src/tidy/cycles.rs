//! Cycles of modules: files that need each other cannot be read, tested or moved alone.

use super::CheckFinding;
use super::modules;
use super::tree::SourceTree;

/// Size of the largest cycle of each crate, in files. A size may only fall; a crate that is not
/// listed has no cycle.
const LARGEST_CYCLES: &[(&str, usize)] = &[];

/// Checks that the largest cycle of each crate has the recorded size.
pub(crate) fn check_module_cycles(tree: &SourceTree) -> Vec<CheckFinding> {
    let graphs = modules::read_graphs(tree);
    let findings = graphs.iter().filter_map(|(folder, graph)| {
        let recorded = LARGEST_CYCLES.iter().find(|(name, _)| name == folder);
        let bound = recorded.map_or(0, |(_, bound)| *bound);
        let what = compare_cycle(&graph.largest_cycle(), bound)?;
        Some(CheckFinding::new(&format!("crates/{folder}"), 0, what))
    });
    findings.collect()
}

/// Compares a cycle with the recorded size; `None` if they agree.
fn compare_cycle(files: &[&str], bound: usize) -> Option<String> {
    let count = files.len();
    if count > bound {
        let names = files.join(", ");
        Some(format!(
            "{count} files use each other, above {bound}: {names}"
        ))
    } else if count < bound {
        Some(format!(
            "{count} files use each other, below {bound}: lower the bound in xtask/src/tidy/cycles.rs"
        ))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_that_is_too_high_must_be_lowered() {
        let table = [
            (&["a.rs", "b.rs"][..], 2, None),
            (
                &["a.rs", "b.rs"],
                3,
                Some(
                    "2 files use each other, below 3: lower the bound in xtask/src/tidy/cycles.rs",
                ),
            ),
            (
                &["a.rs", "b.rs"],
                1,
                Some("2 files use each other, above 1: a.rs, b.rs"),
            ),
        ];
        for (files, bound, expected) in table {
            assert_eq!(compare_cycle(files, bound).as_deref(), expected, "{bound}");
        }
    }
}
