//! `accolade verify`

use accolade::VerifyReport;
use serde_json::json;

use crate::database::Database;
use crate::error::{CommandError, ExitStatus};
use crate::format::count_noun;
use crate::output::Output;
use crate::verification;

/// Recomputes every player and compares the result with the stored data.
pub(crate) fn run_verify(database: &Database, output: Output) -> Result<ExitStatus, CommandError> {
    let report = verification::verify_with_progress(&database.open_backfilled()?)?;
    let document = json!({
        "database": database.url,
        "players": report.players,
        "events": report.events,
        "behind": report.behind,
        "count": report.count,
        "differences": report.differences,
    });
    output.print_result(&document, || describe_verification(&report, &database.url))?;
    Ok(ExitStatus::success_if(report.count == 0))
}

fn describe_verification(report: &VerifyReport, url: &str) -> String {
    let (events, players) = (
        count_noun(report.events, "event"),
        count_noun(report.players, "player"),
    );
    let behind = verification::describe_skipped_players(report.behind);
    if report.count == 0 {
        return format!("{url}: no differences found in {events} of {players}{behind}");
    }
    let list = verification::describe_differences(&report.differences, report.count);
    let count = count_noun(report.count, "difference");
    format!("{list}\n{url}: {count} found in {players}; to repair, run `accolade repair`{behind}")
}
