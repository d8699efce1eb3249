//! `accolade config`

use accolade_web::SETTINGS_REFERENCE;

use crate::error::{CommandError, ExitStatus};
use crate::output::Output;

/// Prints every setting with its default.
pub(crate) fn run_config(output: Output) -> Result<ExitStatus, CommandError> {
    output.print_result(
        &serde_json::json!({ "reference": SETTINGS_REFERENCE }),
        || SETTINGS_REFERENCE.to_owned(),
    )?;
    Ok(ExitStatus::Success)
}
