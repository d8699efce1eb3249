//! Documentation site: all texts of `docs/SUMMARY.md` as a book that can be searched.
//!
//! The texts are staged in the layout of the repository, so that links between them are the same on
//! a code host and in the site. Links to other files lead to the repository.

mod api_page;
mod html_links;
mod sources;

use std::fs;
use std::path::{Path, PathBuf};

use super::Workspace;
use super::python::run_command;
use crate::results::CheckCounts;
use sources::SiteSources;

const MDBOOK_VERSION: &str = "0.5.4";
/// Folder of the settings and the style sheet.
const SETTINGS_FOLDER: &str = "docs/site";

/// Runs the step: builds the site, and checks its links and its search index.
pub(super) fn run_step(house: &Workspace) -> CheckCounts {
    CheckCounts::from_result(try_run(house))
}

fn try_run(house: &Workspace) -> Result<CheckCounts, String> {
    let staging = house.step_folder("site");
    let sources = SiteSources::read(&house.root)?;
    // The folder is missing in the first run.
    let _ = fs::remove_dir_all(&staging);
    sources.write(&house.root, &staging.join("src"))?;
    for name in ["book.toml", "accolade.css"] {
        let settings = house.root.join(SETTINGS_FOLDER).join(name);
        fs::copy(&settings, staging.join(name))
            .map_err(|error| format!("cannot copy {}: {error}", settings.display()))?;
    }
    let book = staging.join("book");
    let mut build = std::process::Command::new(install_mdbook(house)?);
    run_command(
        build
            .arg("build")
            .arg(&staging)
            .arg("--dest-dir")
            .arg(&book),
    )?;
    println!("the site is in {}", book.display());

    let problems = html_links::find_problems(&book)
        .map_err(|error| format!("cannot read {}: {error}", book.display()))?;
    for problem in &problems {
        eprintln!("{problem}");
    }
    Ok(CheckCounts {
        passed: sources.page_count(),
        failed: problems.len() as u64 + u64::from(!has_search_index(&book)),
    })
}

/// Installs mdBook in the build output, unless this version is installed. Returns its path.
fn install_mdbook(house: &Workspace) -> Result<PathBuf, String> {
    let target = house.build_folder.parent().unwrap_or(&house.build_folder);
    let tools = target.join("tools");
    let program = tools
        .join("bin")
        .join(format!("mdbook{}", std::env::consts::EXE_SUFFIX));
    let installed = std::process::Command::new(&program)
        .arg("--version")
        .output();
    if installed.is_ok_and(|output| {
        String::from_utf8_lossy(&output.stdout).trim() == format!("mdbook v{MDBOOK_VERSION}")
    }) {
        return Ok(program);
    }
    println!("installing mdBook {MDBOOK_VERSION}");
    let mut install = house.cargo_command(&["install", "mdbook", "--locked", "--debug"]);
    install
        .args(["--version", MDBOOK_VERSION, "--force", "--root"])
        .arg(&tools)
        .args(["--no-default-features", "--features", "search"]);
    run_command(&mut install)?;
    Ok(program)
}

fn has_search_index(book: &Path) -> bool {
    let names = fs::read_dir(book).into_iter().flatten().flatten();
    let found = names
        .filter_map(|entry| entry.file_name().into_string().ok())
        .any(|name| name.starts_with("searchindex") && name.ends_with(".js"));
    if !found {
        eprintln!("the site has no search index");
    }
    found
}
