//! `accolade schema`

use accolade_core::catalog::schema::render_schema;

use crate::error::{CommandError, ExitStatus};
use crate::output;

/// Prints the JSON Schema of catalogs. It is JSON with and without `--json`.
pub(crate) fn run_schema() -> Result<ExitStatus, CommandError> {
    output::print_text(render_schema().trim_end())?;
    Ok(ExitStatus::Success)
}
