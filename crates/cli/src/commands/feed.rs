//! `accolade feed`

use std::io::{self, Write};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use accolade::{Engine, Error, Outcome, Timestamp};
use accolade_web::models::OutcomeModel;
use serde_json::json;

use crate::args::{FeedArgs, FeedCommand};
use crate::database::Database;
use crate::error::{CommandError, ExitStatus};
use crate::format::{count_noun, format_time, replace_control_chars};
use crate::output::{Output, stdout_error};
use crate::receipt;

/// Outcomes read at a time.
const PAGE_SIZE: usize = 256;
/// Default number of outcomes to show.
const DEFAULT_LIMIT: usize = 50;
/// Pause before the feed is read again.
// A person notices no delay, and each poll is one short read.
const POLL_INTERVAL: Duration = Duration::from_millis(250);

/// Shows or prunes the feed.
pub(crate) fn run_feed(
    args: &FeedArgs,
    database: &Database,
    output: Output,
) -> Result<ExitStatus, CommandError> {
    match &args.command {
        Some(FeedCommand::Prune { older_than }) => prune_feed(*older_than, database, output),
        // Read-only, so that following the feed never delays a writer.
        None => show_feed(args, &database.open_read_only()?, output),
    }
}

fn show_feed(args: &FeedArgs, engine: &Engine, output: Output) -> Result<ExitStatus, CommandError> {
    let mut left = args.limit.unwrap_or(if args.follow {
        usize::MAX
    } else {
        DEFAULT_LIMIT
    });
    let mut after = args.after;
    while left > 0 {
        let page = engine
            .feed()
            .list(after, left.min(PAGE_SIZE))
            .wait()
            .map_err(|error| explain_pruned(error, args.after))?;
        match page.last() {
            Some(last) => after = last.seq,
            None if args.follow => wait_for_outcomes(),
            None => break,
        }
        left -= page.len();
        print_outcomes(&page, output).map_err(|error| stdout_error(&error))?;
    }
    Ok(ExitStatus::Success)
}

#[expect(
    clippy::disallowed_methods,
    reason = "another process that records cannot notify this one"
)]
fn wait_for_outcomes() {
    thread::sleep(POLL_INTERVAL);
}

fn print_outcomes(page: &[Outcome], output: Output) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for outcome in page {
        if output.is_json() {
            serde_json::to_writer(&mut out, &OutcomeModel::from(outcome.clone()))?;
            writeln!(out)?;
        } else {
            let Outcome {
                seq, at, player, ..
            } = outcome;
            writeln!(
                out,
                "{seq:>8}  {}  {}",
                format_time(*at),
                replace_control_chars(&format!("{player}: {}", receipt::describe_outcome(outcome)))
            )?;
        }
    }
    // After each page, so that a consumer in a pipe does not wait for the next one.
    out.flush()
}

fn explain_pruned(error: Error, after: i64) -> CommandError {
    match error {
        Error::FeedPruned { kept_after } => CommandError::new(format!(
            "the feed after {after} is incomplete: outcomes up to {kept_after} were pruned; read \
             the current state of the players, then continue with --after {kept_after}"
        )),
        other => other.into(),
    }
}

fn prune_feed(
    older_than: i64,
    database: &Database,
    output: Output,
) -> Result<ExitStatus, CommandError> {
    let engine = database.open_existing()?;
    let before = current_time()?.plus_micros(-older_than);
    let pruned = engine.feed().prune(before).wait()?;
    engine.close()?;
    output.print_result(
        &json!({ "pruned": pruned, "before": before.to_string() }),
        || {
            format!(
                "deleted {} recorded before {before}",
                count_noun(pruned, "outcome")
            )
        },
    )?;
    Ok(ExitStatus::Success)
}

fn current_time() -> Result<Timestamp, CommandError> {
    let out_of_range = || CommandError::new("the system clock is out of range");
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_err(|_| out_of_range())?;
    i64::try_from(since.as_micros())
        .ok()
        .and_then(Timestamp::from_micros)
        .ok_or_else(out_of_range)
}
