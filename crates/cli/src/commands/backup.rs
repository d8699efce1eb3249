//! `accolade backup`

use accolade::store::Store;
use serde_json::json;

use crate::args::BackupArgs;
use crate::database::Database;
use crate::error::{CommandError, ExitStatus};
use crate::output::Output;

/// Backs up the database to a new file.
pub(crate) fn run_backup(
    args: &BackupArgs,
    database: &Database,
    output: Output,
) -> Result<ExitStatus, CommandError> {
    // Opening the store would create an empty database and back that up.
    if !database.exists() {
        return Err(CommandError::new("database not found").with_context(&database.url));
    }
    database
        .open_store()?
        .write_backup(&args.file)
        .map_err(|error| CommandError::new(error.to_string()))?;
    let document = json!({ "database": database.url, "backup": args.file });
    output.print_result(&document, || {
        format!("backed up {} to {}", database.url, args.file.display())
    })?;
    Ok(ExitStatus::Success)
}
