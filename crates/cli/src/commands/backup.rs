//! `accolade backup`

use accolade::store::Store;
use serde_json::json;

use crate::args::Backup;
use crate::database::Database;
use crate::failure::{Ending, Failure};
use crate::output::Output;

/// Copies the database into a new file.
pub(crate) fn run(args: &Backup, database: &Database, output: Output) -> Result<Ending, Failure> {
    if !database.exists() {
        return Err(Failure::new("there is no database to copy").context(&database.url));
    }
    database
        .store()?
        .backup(&args.file)
        .map_err(|error| Failure::new(error.to_string()))?;
    let document = json!({ "database": database.url, "backup": args.file });
    output.show(&document, || {
        format!("copied {} to {}", database.url, args.file.display())
    })?;
    Ok(Ending::Fine)
}
