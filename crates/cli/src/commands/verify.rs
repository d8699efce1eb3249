//! `accolade verify`

use accolade::VerifyReport;
use serde_json::json;

use crate::database::Database;
use crate::differences;
use crate::failure::{Ending, Failure};
use crate::output::{Output, counted};

/// Recomputes every player and compares the result with the stored data.
pub(crate) fn run(database: &Database, output: Output) -> Result<Ending, Failure> {
    let report = differences::verify(&database.to_read_all()?)?;
    let document = json!({
        "database": database.url,
        "players": report.players,
        "events": report.events,
        "behind": report.behind,
        "count": report.count,
        "differences": report.differences,
    });
    output.show(&document, || describe(&report, &database.url))?;
    Ok(Ending::fine_if(report.count == 0))
}

fn describe(report: &VerifyReport, url: &str) -> String {
    let (events, players) = (
        counted(report.events, "event"),
        counted(report.players, "player"),
    );
    let behind = differences::behind(report.behind);
    if report.count == 0 {
        return format!("{url}: no differences found in {events} of {players}{behind}");
    }
    let list = differences::list(&report.differences, report.count);
    let count = counted(report.count, "difference");
    format!("{list}\n{url}: {count} found in {players}; to repair, run `accolade repair`{behind}")
}
