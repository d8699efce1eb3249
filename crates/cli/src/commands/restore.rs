//! `accolade restore`

use serde_json::json;

use crate::args::RestoreArgs;
use crate::database::Database;
use crate::error::{CommandError, ExitStatus};
use crate::output::Output;

/// Note printed after every restore. A backup cannot contain the erasures that came after it.
const ERASURE_NOTE: &str = "players erased after the backup was made are in it; erase them again";

/// Restores the database from a backup.
pub(crate) fn run_restore(
    args: &RestoreArgs,
    database: &Database,
    output: Output,
) -> Result<ExitStatus, CommandError> {
    let failure = |error: accolade::store::StoreError| CommandError::new(error.to_string());
    // The library's error cannot name the option of this command.
    accolade_sqlite::restore(&args.file, &database.file, args.replace).map_err(
        |error| match args.replace {
            false if database.exists() && args.file.exists() => {
                failure(error).with_context("restore without --replace failed")
            }
            _ => failure(error),
        },
    )?;
    let document = json!({ "backup": args.file, "database": database.url, "note": ERASURE_NOTE });
    output.print_result(&document, || {
        format!(
            "restored {} from {}\n{ERASURE_NOTE}",
            database.url,
            args.file.display()
        )
    })?;
    Ok(ExitStatus::Success)
}
