//! `accolade history`

use std::fmt::Write;

use accolade::CatalogVersion;
use accolade_web::models::{CatalogVersionModel, List};

use crate::database::Database;
use crate::error::{CommandError, ExitStatus};
use crate::format::format_time;
use crate::output::Output;

/// Lists all published catalog versions, the latest first.
pub(crate) fn run_history(database: &Database, output: Output) -> Result<ExitStatus, CommandError> {
    let engine = database.open_read_only()?;
    let versions = engine.catalog().list_versions().wait()?;
    let models = List::<CatalogVersionModel>::single_page(versions.clone());
    output.print_result(&models, || describe_versions(&versions))?;
    Ok(ExitStatus::Success)
}

fn describe_versions(versions: &[CatalogVersion]) -> String {
    let mut text = String::new();
    for one in versions.iter().rev() {
        let _ = write!(
            text,
            "version {}, published {} UTC",
            one.version,
            format_time(one.published_at)
        );
        if let Some(by) = &one.published_by {
            let _ = write!(text, " by {by}");
        }
        if one.revoke {
            text.push_str(", awards revoked");
        }
        text.push('\n');
        if let Some(note) = &one.note {
            let _ = writeln!(text, "  {note}");
        }
        for change in &one.changes {
            let _ = writeln!(text, "  {change}");
        }
    }
    text
}
