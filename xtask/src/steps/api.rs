//! Snapshot of the public API of the library, made from rustdoc's JSON.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::Path;

use super::Workspace;
use crate::results::{self, CheckCounts};

/// Path of the snapshot, with one item on each line.
const SNAPSHOT_PATH: &str = "docs/public-api.txt";
/// Variable that renews snapshots instead of comparing them.
const RENEW_VARIABLE: &str = "ACCOLADE_RENEW";

/// Runs the step.
pub(super) fn run_step(house: &Workspace) -> CheckCounts {
    CheckCounts::from_result(try_run(house))
}

fn try_run(house: &Workspace) -> Result<CheckCounts, String> {
    let target = house.step_folder("api");
    let mut command = house.cargo_command(&["rustdoc", "-p", "accolade", "--lib"]);
    // A folder of its own, because build scripts depend on the variable: in the shared one, this
    // step and the others would rebuild the dependencies in turn.
    command.arg("--target-dir").arg(&target);
    command.args(["--", "-Z", "unstable-options", "--output-format", "json"]);
    // JSON output is unstable. Only this command gets the permission.
    let built = results::run_counted(command.env("RUSTC_BOOTSTRAP", "1"));
    if built.failed > 0 {
        return Ok(built);
    }
    let current = list_items(&target)?;
    let path = house.root.join(SNAPSHOT_PATH);
    if env::var_os(RENEW_VARIABLE).is_some() {
        fs::write(&path, &current)
            .map_err(|error| format!("cannot write {SNAPSHOT_PATH}: {error}"))?;
        return Ok(CheckCounts::single(true));
    }
    let recorded = fs::read_to_string(&path)
        .map_err(|error| format!("cannot read {SNAPSHOT_PATH}: {error}"))?;
    let changes = list_changes(&recorded, &current);
    if !changes.is_empty() {
        println!(
            "the public API differs from {SNAPSHOT_PATH}:\n{}",
            changes.join("\n")
        );
        println!("to renew it, run `{RENEW_VARIABLE}=1 cargo xtask test api`");
    }
    Ok(CheckCounts::single(changes.is_empty()))
}

/// Lists the public items, one on each line.
fn list_items(target: &Path) -> Result<String, String> {
    // Derived and automatic implementations are many, and follow from the types.
    let api = public_api::Builder::from_rustdoc_json(target.join("doc/accolade.json"))
        .omit_blanket_impls(true)
        .omit_auto_trait_impls(true)
        .omit_auto_derived_impls(true)
        .build()
        .map_err(|error| format!("cannot read the JSON of rustdoc: {error}"))?;
    Ok(api.items().map(|item| format!("{item}\n")).collect())
}

/// Lists the lines that only one of the texts has, with `-` and `+`. Order does not matter.
fn list_changes(recorded: &str, current: &str) -> Vec<String> {
    let mut balance: BTreeMap<&str, isize> = BTreeMap::new();
    for line in recorded.lines() {
        *balance.entry(line).or_default() -= 1;
    }
    for line in current.lines() {
        *balance.entry(line).or_default() += 1;
    }
    let changed = balance.into_iter().flat_map(|(line, count)| {
        let sign = if count < 0 { '-' } else { '+' };
        std::iter::repeat_n(format!("{sign} {line}"), count.unsigned_abs())
    });
    changed.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_signature_is_shown_as_removed_and_added() {
        let recorded = "pub fn a()\npub fn b()\npub fn b()\n";
        let table = [
            (recorded, vec![]),
            ("pub fn b()\npub fn a()\npub fn b()\n", vec![]),
            (
                "pub fn a(x: u8)\npub fn b()\n",
                vec!["- pub fn a()", "+ pub fn a(x: u8)", "- pub fn b()"],
            ),
        ];
        for (current, expected) in table {
            assert_eq!(list_changes(recorded, current), expected, "{current}");
        }
    }
}
