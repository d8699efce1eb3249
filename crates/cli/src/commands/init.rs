//! `accolade init`

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;

use serde_json::json;

use crate::catalog::{DEFAULT_FILE, STARTER};
use crate::error::{CommandError, ExitStatus};
use crate::output::Output;

/// Writes a starter catalog, unless the file exists.
pub(crate) fn run_init(output: Output) -> Result<ExitStatus, CommandError> {
    let path = Path::new(DEFAULT_FILE);
    // `create_new` cannot overwrite a file that appears in the meantime.
    let created = OpenOptions::new().write(true).create_new(true).open(path);
    created
        .and_then(|mut file| file.write_all(STARTER.as_bytes()))
        .map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => CommandError::new(format!(
                "{DEFAULT_FILE} already exists and was not changed; to validate it, run \
                 `accolade check`"
            )),
            _ => CommandError::file_error("write", path, &error),
        })?;
    output.print_result(&json!({ "written": DEFAULT_FILE }), || {
        NEXT_STEPS.to_owned()
    })?;
    Ok(ExitStatus::Success)
}

const NEXT_STEPS: &str = "created accolade.toml with example rules of a small community

  accolade check                                         validate the rules and run their tests
  accolade record ada post.published --prop words=250    record an event
  accolade player ada                                    show what it earned";
