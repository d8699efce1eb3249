//! Dependencies between crates, and on libraries.

use super::CheckFinding;
use super::manifests::{self, CargoManifest};
use super::tree::{SourceTree, is_word_char};

/// Crates of the project, each with the crates of the project that it may depend on. Examples,
/// benchmarks and xtask may depend on all of them, except that nothing ships `accolade-testing`.
const CRATE_LAYERS: &[(&str, &[&str])] = &[
    ("accolade-core", &[]),
    ("accolade-macros", &[]),
    ("accolade", &["accolade-core", "accolade-macros"]),
    ("accolade-sqlite", &["accolade-core", "accolade"]),
    ("accolade-web", &["accolade-core", "accolade"]),
    (
        "accolade-cli",
        &[
            "accolade-core",
            "accolade-macros",
            "accolade",
            "accolade-sqlite",
            "accolade-web",
        ],
    ),
    (TESTING, &["accolade-core", "accolade"]),
];

/// Crate with the test support, which only tests may depend on.
const TESTING: &str = "accolade-testing";

/// Additional crates of the project that the tests of a crate may use.
const TESTS_MAY_USE: &[(&str, &[&str])] = &[
    ("accolade-core", &[TESTING]),
    ("accolade-macros", &["accolade-core", "accolade"]),
    ("accolade", &["accolade-sqlite", TESTING]),
    ("accolade-sqlite", &[TESTING]),
    ("accolade-web", &["accolade-sqlite", TESTING]),
];

/// Libraries with one home: what starts with `home` may name them, other crates' shipped code may
/// not.
const LIBRARY_HOMES: &[(&str, &str)] = &[
    ("axum", "crates/web/"),
    ("cel", "crates/core/src/expr/parse.rs"),
    ("jiff", "crates/core/"),
    ("minijinja", "crates/web/"),
    ("rusqlite", "crates/sqlite/"),
];

/// Checks that the crates of the project depend on each other in one direction only.
pub(crate) fn check_layers(tree: &SourceTree) -> Vec<CheckFinding> {
    let mut findings = Vec::new();
    for manifest in &manifests::read_manifests(tree, &mut findings) {
        if !manifest.path.starts_with("crates/") {
            findings.extend(find_shipped_testing(manifest));
            continue;
        }
        let Some(allowed) = find_entry(CRATE_LAYERS, manifest.package_name()) else {
            let what = format!(
                "`{}` has no layer; add it to the table in xtask/src/tidy/imports.rs",
                manifest.package_name()
            );
            findings.push(CheckFinding::new(manifest.path, 0, what));
            continue;
        };
        let in_tests = find_entry(TESTS_MAY_USE, manifest.package_name()).unwrap_or_default();
        for dependency in manifest.all_dependencies() {
            let name = dependency.name;
            let ours = find_entry(CRATE_LAYERS, name).is_some() || name.starts_with("accolade");
            // Tests of a lower layer may use a higher one.
            let fine =
                allowed.contains(&name) || (dependency.only_in_tests && in_tests.contains(&name));
            if ours && !fine {
                let what = format!("`{}` must not depend on `{name}`", manifest.package_name());
                findings.push(CheckFinding::new(manifest.path, dependency.line, what));
            }
        }
    }
    findings
}

/// Finds the dependency of shipped code on the test support.
fn find_shipped_testing(manifest: &CargoManifest<'_>) -> Option<CheckFinding> {
    let shipped = manifest
        .all_dependencies()
        .find(|dependency| dependency.name == TESTING && !dependency.only_in_tests)?;
    let what = format!("`{TESTING}` is for tests only: move it to [dev-dependencies]");
    Some(CheckFinding::new(manifest.path, shipped.line, what))
}

fn find_entry(
    table: &[(&str, &'static [&'static str])],
    name: &str,
) -> Option<&'static [&'static str]> {
    table
        .iter()
        .find(|(other, _)| *other == name)
        .map(|(_, rest)| *rest)
}

/// Checks that shipped code names and depends on libraries with one home only there.
pub(crate) fn check_homes(tree: &SourceTree) -> Vec<CheckFinding> {
    let mut findings = Vec::new();
    for file in tree
        .rust_files()
        .filter(|file| file.path.starts_with("crates/"))
    {
        for (library, home) in LIBRARY_HOMES
            .iter()
            .filter(|(_, home)| !file.path.starts_with(home))
        {
            for (line, _) in file
                .shipped_lines()
                .filter(|(_, code)| uses_crate(code, library))
            {
                findings.push(CheckFinding::new(
                    file.path,
                    line,
                    format!("`{library}` is named outside of {home}"),
                ));
            }
        }
    }
    for manifest in manifests::read_manifests(tree, &mut findings)
        .iter()
        .filter(|manifest| manifest.path.starts_with("crates/"))
    {
        let folder = manifest.path.trim_end_matches("Cargo.toml");
        for dependency in manifest
            .all_dependencies()
            .filter(|dependency| !dependency.only_in_tests)
        {
            let home = LIBRARY_HOMES
                .iter()
                .find(|(library, _)| *library == dependency.name)
                .map(|(_, home)| home);
            if let Some(home) = home.filter(|home| !home.starts_with(folder)) {
                let what = format!("`{}` is a dependency outside of {home}", dependency.name);
                findings.push(CheckFinding::new(manifest.path, dependency.line, what));
            }
        }
    }
    findings
}

/// True if code uses a crate by its name: `cel::Program`, `use cel;`.
fn uses_crate(code: &str, library: &str) -> bool {
    code.match_indices(library).any(|(start, _)| {
        let (before, after) = (&code[..start], &code[start + library.len()..]);
        let imported = before.trim_end().ends_with("use") && !after.starts_with(is_word_char);
        !before.ends_with(is_word_char) && (after.starts_with("::") || imported)
    })
}
