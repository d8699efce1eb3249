//! Licenses of the libraries that the binary contains. Most of them must accompany every copy.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde::Deserialize;

use super::distribution::{Distribution, capture_output, describe_error};
use super::static_binary::target_triple;
use crate::steps::Workspace;

/// Name of the file in every package.
pub(super) const LICENSES_FILE: &str = "THIRD-PARTY-LICENSES.txt";
/// Beginnings of the names of license files.
const FILE_NAMES: [&str; 5] = ["copying", "copyright", "license", "notice", "unlicense"];
const INTRODUCTION: &str = "\
The `accolade` binary contains the libraries below. It also contains the standard library of Rust
(MIT or Apache-2.0), musl (MIT), SQLite (public domain), the stack unwinder of GCC (GPL-3.0 with the
GCC Runtime Library Exception) or of LLVM (Apache-2.0 with the LLVM exception), and the history of
`accolade demo`: facts from the Stack Exchange data dump, by the contributors of French Language
Meta Stack Exchange, under CC BY-SA 4.0.
";

/// Output of `cargo metadata`.
#[derive(Deserialize)]
struct LibraryMetadata {
    packages: Vec<LibraryPackage>,
}

/// Library, as its manifest describes it.
#[derive(Deserialize)]
struct LibraryPackage {
    name: String,
    version: String,
    license: Option<String>,
    manifest_path: String,
    /// Missing for the crates of this project.
    source: Option<String>,
}

/// Writes the file next to completions and manual pages.
pub(super) fn write_licenses(house: &Workspace, dist: &Distribution) -> Result<(), String> {
    let linked = list_linked(house)?;
    let arguments = ["metadata", "--locked", "--format-version", "1"];
    let text = capture_output(&mut house.cargo_command(&arguments))?;
    let metadata: LibraryMetadata = serde_json::from_str(&text)
        .map_err(|error| format!("`cargo metadata` printed other JSON: {error}"))?;
    let libraries = metadata.packages.iter().filter(|package| {
        package.source.is_some()
            && linked.contains(&format!("{} v{}", package.name, package.version))
    });
    let mut list = String::new();
    // Many libraries share a text to the letter.
    let mut texts: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for library in libraries {
        let license = library.license.as_deref().unwrap_or("see below");
        list += &format!("- {} {}: {license}\n", library.name, library.version);
        let folder = Path::new(&library.manifest_path).with_file_name("");
        for text in read_license_files(&folder)? {
            texts.entry(text).or_default().push(&library.name);
        }
    }
    let mut written = format!("{INTRODUCTION}\n{list}");
    for (text, names) in texts {
        let rule = "-".repeat(80);
        written += &format!("\n{rule}\n{}\n{rule}\n\n{text}\n", names.join(", "));
    }
    let path = dist.extras.join(LICENSES_FILE);
    fs::write(&path, written).map_err(describe_error("write", &path))
}

/// Lists the names and versions of the libraries that are linked, without those of build scripts
/// and macros.
fn list_linked(house: &Workspace) -> Result<BTreeSet<String>, String> {
    let mut tree = house.cargo_command(&["tree", "--locked", "--package", "accolade-cli"]);
    tree.args(["--edges", "normal,no-proc-macro", "--prefix", "none"])
        .args(["--format", "{p}", "--target", &target_triple()]);
    let names = capture_output(&mut tree)?;
    Ok(names
        .lines()
        .map(|line| line.split(" (").next().unwrap_or(line).trim().to_owned())
        .collect())
}

fn read_license_files(folder: &Path) -> Result<Vec<String>, String> {
    let entries = fs::read_dir(folder).map_err(describe_error("list", folder))?;
    let paths = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let name = name.to_lowercase();
            path.is_file() && FILE_NAMES.iter().any(|start| name.starts_with(start))
        });
    let mut texts = Vec::new();
    for path in paths {
        let text = fs::read(&path).map_err(describe_error("read", &path))?;
        texts.push(String::from_utf8_lossy(&text).trim().to_owned());
    }
    Ok(texts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn license_files_are_recognized_by_their_names() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["LICENSE-MIT", "license.md", "README.md", "NOTICE", "src.rs"] {
            fs::write(folder.path().join(name), format!("{name}\n")).unwrap();
        }
        let mut texts = read_license_files(folder.path()).unwrap();
        texts.sort();
        assert_eq!(texts, ["LICENSE-MIT", "NOTICE", "license.md"]);
    }
}
