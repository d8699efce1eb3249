//! `accolade init`

use serde_json::json;

use crate::catalog::{self, DEFAULT_FILE, SCHEMA_FILE};
use crate::error::{CommandError, ExitStatus};
use crate::output::Output;

/// Writes a starter catalog, unless the file exists.
pub(crate) fn run_init(output: Output) -> Result<ExitStatus, CommandError> {
    catalog::write_starter()?;
    let document = json!({ "written": DEFAULT_FILE, "schema": SCHEMA_FILE });
    output.print_result(&document, || NEXT_STEPS.to_owned())?;
    Ok(ExitStatus::Success)
}

const NEXT_STEPS: &str = "created accolade.toml with example rules of a small community,
and accolade.schema.json, with which editors complete and check it

  accolade check                                         validate the rules and run their tests
  accolade record ada post.published --prop words=250    record an event
  accolade player ada                                    show what it earned
  accolade docs catalog                                  read the reference of all rules";
