//! `accolade repair`

use std::io::{self, BufRead, IsTerminal, Write};

use accolade::{RepairReport, VerifyReport};
use serde_json::{Value, json};

use crate::args::RepairArgs;
use crate::database::Database;
use crate::error::{CommandError, ExitStatus};
use crate::format::{count_noun, replace_control_chars};
use crate::output::Output;
use crate::progress;
use crate::verification;

/// Shows the differences, and repairs them after confirmation.
pub(crate) fn run_repair(
    args: &RepairArgs,
    database: &Database,
    output: Output,
) -> Result<ExitStatus, CommandError> {
    let engine = database.open_existing()?;
    // With `--yes` the repair itself finds the differences, which saves one pass.
    let mut confirmed = args.yes;
    if !confirmed {
        let found = verification::verify_with_progress(&engine)?;
        confirmed = found.count > 0 && can_ask(output) && ask_to_repair(&found)?;
        if !confirmed {
            let report = RepairReport::from(found);
            output.print_result(&repair_json(&report, &database.url), || {
                describe_unrepaired(&report, &database.url)
            })?;
            return Ok(ExitStatus::success_if(report.count == 0));
        }
    }
    let (bar, update) = progress::start_player_bar();
    let report = engine
        .maintenance()
        .repair(move |step| update(step.done, step.total))
        .wait();
    bar.finish_and_clear();
    let report = report?;
    output.print_result(&repair_json(&report, &database.url), || {
        describe_repair(&report, &database.url)
    })?;
    Ok(ExitStatus::success_if(report.remaining_count == 0))
}

/// True if a person at a terminal can be asked.
fn can_ask(output: Output) -> bool {
    !output.is_json() && io::stdin().is_terminal() && io::stderr().is_terminal()
}

fn ask_to_repair(found: &VerifyReport) -> Result<bool, CommandError> {
    let failure =
        |error: io::Error| CommandError::new(format!("cannot ask for confirmation: {error}"));
    // The list is part of the question, so that it is visible if standard output is a file.
    let list = verification::describe_differences(&found.differences, found.count);
    let count = count_noun(found.count, "difference");
    write!(
        io::stderr(),
        "{}\nRepair {count}? Events are not modified. [y/N] ",
        // Ids and stored values come from outside.
        replace_control_chars(&list)
    )
    .map_err(failure)?;
    io::stderr().flush().map_err(failure)?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).map_err(failure)?;
    Ok(["y", "yes"].contains(&answer.trim().to_lowercase().as_str()))
}

fn repair_json(report: &RepairReport, url: &str) -> Value {
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

fn describe_unrepaired(report: &RepairReport, url: &str) -> String {
    if report.count == 0 {
        return describe_repair(report, url);
    }
    let list = verification::describe_differences(&report.differences, report.count);
    let count = count_noun(report.count, "difference");
    format!(
        "{list}\n{url}: {count} found, nothing repaired; to repair, run `accolade repair --yes`"
    )
}

fn describe_repair(report: &RepairReport, url: &str) -> String {
    let behind = verification::describe_skipped_players(report.behind);
    if report.count == 0 {
        return format!("{url}: no differences found, nothing to repair{behind}");
    }
    let mut text = verification::describe_differences(&report.differences, report.count);
    let repaired = count_noun(report.repaired, "player");
    text.push_str(&format!(
        "\n{url}: {} found, {repaired} repaired",
        count_noun(report.count, "difference")
    ));
    if report.remaining_count > 0 {
        text.push_str(&format!(
            "; {} remaining:\n",
            count_noun(report.remaining_count, "difference")
        ));
        text.push_str(&verification::describe_differences(
            &report.remaining,
            report.remaining_count,
        ));
    }
    text + &behind
}
