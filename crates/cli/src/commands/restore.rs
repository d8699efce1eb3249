//! `accolade restore`

use serde_json::json;

use crate::args::Restore;
use crate::database::Database;
use crate::failure::{Ending, Failure};
use crate::output::Output;

/// Note printed after every restore. A backup cannot contain the erasures that came after it.
const ERASURES: &str = "players erased after the backup was made are in it; erase them again";

/// Restores the database from a backup.
pub(crate) fn run(args: &Restore, database: &Database, output: Output) -> Result<Ending, Failure> {
    let failure = |error: accolade::store::StoreError| Failure::new(error.to_string());
    accolade_sqlite::restore(&args.file, &database.file, args.replace).map_err(
        |error| match args.replace {
            false if database.exists() && args.file.exists() => {
                failure(error).context("restore without --replace failed")
            }
            _ => failure(error),
        },
    )?;
    let document = json!({ "backup": args.file, "database": database.url, "note": ERASURES });
    output.show(&document, || {
        format!(
            "restored {} from {}\n{ERASURES}",
            database.url,
            args.file.display()
        )
    })?;
    Ok(Ending::Fine)
}
