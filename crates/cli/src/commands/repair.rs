//! `accolade repair`

use std::io::{self, BufRead, IsTerminal, Write};

use accolade::{RepairReport, VerifyReport};
use serde_json::{Value, json};

use crate::args::Repair;
use crate::database::Database;
use crate::differences;
use crate::failure::{Ending, Failure};
use crate::output::{Output, counted, plain};
use crate::progress;

/// Shows the differences, and repairs them after confirmation.
pub(crate) fn run(args: &Repair, database: &Database, output: Output) -> Result<Ending, Failure> {
    let engine = database.to_change()?;
    // With `--yes` the repair itself finds the differences, which saves one pass.
    let mut confirmed = args.yes;
    if !confirmed {
        let found = differences::verify(&engine)?;
        confirmed = found.count > 0 && asks(output) && is_wanted(&found)?;
        if !confirmed {
            let report = untouched(found);
            output.show(&document(&report, &database.url), || {
                only_shown(&report, &database.url)
            })?;
            return Ok(Ending::fine_if(report.count == 0));
        }
    }
    let (bar, update) = progress::players();
    let report = engine
        .repair(move |step| update(step.done, step.total))
        .wait();
    bar.finish_and_clear();
    let report = report?;
    output.show(&document(&report, &database.url), || {
        describe(&report, &database.url)
    })?;
    Ok(Ending::fine_if(report.remaining_count == 0))
}

/// True if a person at a terminal can be asked.
fn asks(output: Output) -> bool {
    !output.is_json() && io::stdin().is_terminal() && io::stderr().is_terminal()
}

fn is_wanted(found: &VerifyReport) -> Result<bool, Failure> {
    let failure = |error: io::Error| Failure::new(format!("cannot ask for confirmation: {error}"));
    let list = differences::list(&found.differences, found.count);
    let count = counted(found.count, "difference");
    write!(
        io::stderr(),
        "{}\nRepair {count}? Events are not modified. [y/N] ",
        plain(&list)
    )
    .map_err(failure)?;
    io::stderr().flush().map_err(failure)?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).map_err(failure)?;
    Ok(["y", "yes"].contains(&answer.trim().to_lowercase().as_str()))
}

/// Converts a verification into the report of a repair that changed nothing.
fn untouched(found: VerifyReport) -> RepairReport {
    let VerifyReport {
        players,
        behind,
        count,
        differences,
        ..
    } = found;
    let remaining = differences.clone();
    RepairReport {
        players,
        behind,
        count,
        differences,
        repaired: 0,
        remaining_count: count,
        remaining,
    }
}

fn document(report: &RepairReport, url: &str) -> Value {
    json!({
        "database": url,
        "players": report.players,
        "behind": report.behind,
        "count": report.count,
        "differences": report.differences,
        "repaired": report.repaired,
        "remaining_count": report.remaining_count,
        "remaining": report.remaining,
    })
}

fn only_shown(report: &RepairReport, url: &str) -> String {
    if report.count == 0 {
        return describe(report, url);
    }
    let list = differences::list(&report.differences, report.count);
    let count = counted(report.count, "difference");
    format!(
        "{list}\n{url}: {count} found, nothing repaired; to repair, run `accolade repair --yes`"
    )
}

fn describe(report: &RepairReport, url: &str) -> String {
    let behind = differences::behind(report.behind);
    if report.count == 0 {
        return format!("{url}: no differences found, nothing to repair{behind}");
    }
    let mut text = differences::list(&report.differences, report.count);
    let repaired = counted(report.repaired, "player");
    text.push_str(&format!(
        "\n{url}: {} found, {repaired} repaired",
        counted(report.count, "difference")
    ));
    if report.remaining_count > 0 {
        text.push_str(&format!(
            "; {} remaining:\n",
            counted(report.remaining_count, "difference")
        ));
        text.push_str(&differences::list(
            &report.remaining,
            report.remaining_count,
        ));
    }
    text + &behind
}
