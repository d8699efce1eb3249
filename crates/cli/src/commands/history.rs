//! `accolade history`

use std::fmt::Write;

use accolade::Version;

use crate::database::Database;
use crate::failure::{Ending, Failure};
use crate::output::Output;

/// Lists all published catalog versions, the latest first.
pub(crate) fn run(database: &Database, output: Output) -> Result<Ending, Failure> {
    let engine = database.to_read()?;
    let versions = engine.history().wait()?;
    output.show(&versions, || describe(&versions))?;
    Ok(Ending::Fine)
}

fn describe(versions: &[Version]) -> String {
    let mut text = String::new();
    for one in versions.iter().rev() {
        let _ = write!(
            text,
            "version {}, published {}",
            one.version, one.published_at
        );
        if let Some(by) = &one.published_by {
            let _ = write!(text, " by {by}");
        }
        if one.revoke {
            text.push_str(", awards revoked");
        }
        text.push('\n');
        for change in &one.changes {
            let _ = writeln!(text, "  {change}");
        }
    }
    text
}
