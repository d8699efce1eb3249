//! `accolade backup`

use accolade::store::Store;
use serde_json::json;

use crate::args::Backup;
use crate::database::Database;
use crate::failure::{Ending, Failure};
use crate::output::Output;

/// Backs up the database to a new file.
pub(crate) fn run(args: &Backup, database: &Database, output: Output) -> Result<Ending, Failure> {
    if !database.exists() {
        return Err(Failure::new("database not found").context(&database.url));
    }
    database
        .store()?
        .backup(&args.file)
        .map_err(|error| Failure::new(error.to_string()))?;
    let document = json!({ "database": database.url, "backup": args.file });
    output.show(&document, || {
        format!("backed up {} to {}", database.url, args.file.display())
    })?;
    Ok(Ending::Fine)
}
