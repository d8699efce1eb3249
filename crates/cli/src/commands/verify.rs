//! `accolade verify`

use std::fmt::Write;

use accolade::VerifyReport;
use serde_json::json;

use crate::database::Database;
use crate::failure::{Ending, Failure};
use crate::output::{Output, counted};
use crate::progress;

/// Folds every player again and compares with what is stored.
pub(crate) fn run(database: &Database, output: Output) -> Result<Ending, Failure> {
    let engine = database.to_read()?;
    let bar = progress::items(0, "players");
    let moving = bar.clone();
    let report = engine.verify(move |step| {
        moving.set_length(step.total);
        moving.set_position(step.done);
    });
    let report = report.wait()?;
    bar.finish_and_clear();

    let document = json!({
        "database": database.url, "players": report.players, "events": report.events, "count": report.count,
        "differences": report.differences,
    });
    output.show(&document, || describe(&report, &database.url))?;
    Ok(Ending::fine_if(report.count == 0))
}

fn describe(report: &VerifyReport, url: &str) -> String {
    let (events, players) = (counted(report.events, "event"), counted(report.players, "player"));
    if report.count == 0 {
        return format!("{url} is right: {events} of {players} folded again, and nothing differs");
    }
    let mut text = String::new();
    for one in &report.differences {
        let _ = writeln!(text, "{} {}: stored {}, folded {}", one.player, one.what, one.stored, one.folded);
    }
    let shown = report.differences.len() as u64;
    if shown < report.count {
        let _ = writeln!(text, "… and {} more", report.count - shown);
    }
    let _ = write!(text, "\n{url}: {} in {players}", counted(report.count, "difference"));
    text
}
