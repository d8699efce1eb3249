//! `accolade restore`

use serde_json::json;

use crate::args::Restore;
use crate::database::Database;
use crate::failure::{Ending, Failure};
use crate::output::Output;

/// Said after every restoring, because a back-up knows nothing of what came after it.
const ERASURES: &str =
    "players who were erased after the back-up was made are in it: erase them again";

/// Puts a copy of a back-up in place as the database.
pub(crate) fn run(args: &Restore, database: &Database, output: Output) -> Result<Ending, Failure> {
    let told = |error: accolade::store::StoreError| Failure::new(error.to_string());
    accolade_sqlite::restore(&args.file, &database.file, args.replace).map_err(
        |error| match args.replace {
            false if database.exists() && args.file.exists() => {
                told(error).context("--replace replaces a database")
            }
            _ => told(error),
        },
    )?;
    let document = json!({ "backup": args.file, "database": database.url, "note": ERASURES });
    output.show(&document, || {
        format!(
            "{} is now what {} holds\n{ERASURES}",
            database.url,
            args.file.display()
        )
    })?;
    Ok(Ending::Fine)
}
