//! `accolade man`

use std::fs;
use std::path::Path;

use clap::Command;
use clap_mangen::Man;
use serde_json::json;

use crate::args::{self, ManArgs};
use crate::error::{CommandError, ExitStatus};
use crate::format::count_noun;
use crate::output::Output;

/// Writes `accolade.1` and a page for each command.
pub(crate) fn run_man(arguments: &ManArgs, output: Output) -> Result<ExitStatus, CommandError> {
    let folder = &arguments.directory;
    fs::create_dir_all(folder)
        .map_err(|error| CommandError::file_error("create", folder, &error))?;
    let mut root = args::build_command().disable_help_subcommand(true);
    root.build();
    let mut files = Vec::new();
    write_pages(&root, folder, &mut files)?;
    output.print_result(&json!({ "directory": folder, "files": files }), || {
        let count = count_noun(files.len() as u64, "page");
        format!("wrote {count} to {}", folder.display())
    })?;
    Ok(ExitStatus::Success)
}

/// Writes the page of a command, and those of the commands below it.
fn write_pages(
    command: &Command,
    folder: &Path,
    files: &mut Vec<String>,
) -> Result<(), CommandError> {
    let page = Man::new(command.clone()).source(concat!("accolade ", env!("CARGO_PKG_VERSION")));
    let name = page.get_filename();
    let path = folder.join(&name);
    let mut text = Vec::new();
    page.render(&mut text)
        .and_then(|()| fs::write(&path, text))
        .map_err(|error| CommandError::file_error("write", &path, &error))?;
    files.push(name);
    let below = command
        .get_subcommands()
        .filter(|below| !below.is_hide_set());
    for command in below {
        write_pages(command, folder, files)?;
    }
    Ok(())
}
