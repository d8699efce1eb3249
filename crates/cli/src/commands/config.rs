//! `accolade config`

use accolade_web::SETTINGS_REFERENCE;

use crate::failure::{Ending, Failure};
use crate::output::Output;

/// Prints every setting with its default.
pub(crate) fn run(output: Output) -> Result<Ending, Failure> {
    output.show(
        &serde_json::json!({ "reference": SETTINGS_REFERENCE }),
        || SETTINGS_REFERENCE.to_owned(),
    )?;
    Ok(Ending::Fine)
}
