//! `accolade feed`

use std::io::{self, Write};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use accolade::{Engine, Error, Outcome, Timestamp};
use serde_json::json;

use crate::args::{Feed, FeedCommand};
use crate::database::Database;
use crate::failure::{Ending, Failure};
use crate::output::{Output, counted, plain, stdout_failure};
use crate::receipt;

/// Outcomes read at a time.
const PAGE: usize = 256;
/// Default number of outcomes to show.
const SHOWN: usize = 50;
/// Pause before the feed is read again.
const LOOK: Duration = Duration::from_millis(250);

/// Shows or prunes the feed.
pub(crate) fn run(args: &Feed, database: &Database, output: Output) -> Result<Ending, Failure> {
    match &args.command {
        Some(FeedCommand::Prune { older_than }) => prune(*older_than, database, output),
        None => show(args, &database.to_read()?, output),
    }
}

fn show(args: &Feed, engine: &Engine, output: Output) -> Result<Ending, Failure> {
    let mut left = args
        .limit
        .unwrap_or(if args.follow { usize::MAX } else { SHOWN });
    let mut after = args.after;
    while left > 0 {
        let page = engine
            .feed(after, left.min(PAGE))
            .wait()
            .map_err(|error| gone(error, args.after))?;
        match page.last() {
            Some(last) => after = last.seq,
            None if args.follow => wait(),
            None => break,
        }
        left -= page.len();
        print(&page, output).map_err(|error| stdout_failure(&error))?;
    }
    Ok(Ending::Fine)
}

#[expect(
    clippy::disallowed_methods,
    reason = "another process that records cannot notify this one"
)]
fn wait() {
    thread::sleep(LOOK);
}

fn print(page: &[Outcome], output: Output) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for outcome in page {
        if output.is_json() {
            serde_json::to_writer(&mut out, outcome)?;
            writeln!(out)?;
        } else {
            let Outcome {
                seq, at, player, ..
            } = outcome;
            writeln!(
                out,
                "{seq:>8}  {at}  {}",
                plain(&format!("{player}: {}", receipt::describe_outcome(outcome)))
            )?;
        }
    }
    out.flush()
}

fn gone(error: Error, after: i64) -> Failure {
    match error {
        Error::FeedGone { kept_after } => Failure::new(format!(
            "the feed after {after} is incomplete: outcomes up to {kept_after} were pruned; read \
             the current state of the players, then continue with --after {kept_after}"
        )),
        other => other.into(),
    }
}

fn prune(older_than: i64, database: &Database, output: Output) -> Result<Ending, Failure> {
    let engine = database.to_write()?;
    let before = now()?.plus_micros(-older_than);
    let pruned = engine.prune_feed(before).wait()?;
    engine.close()?;
    output.show(
        &json!({ "pruned": pruned, "before": before.to_string() }),
        || {
            format!(
                "deleted {} recorded before {before}",
                counted(pruned, "outcome")
            )
        },
    )?;
    Ok(Ending::Fine)
}

fn now() -> Result<Timestamp, Failure> {
    let out_of_range = || Failure::new("the system clock is out of range");
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_err(|_| out_of_range())?;
    i64::try_from(since.as_micros())
        .ok()
        .and_then(Timestamp::from_micros)
        .ok_or_else(out_of_range)
}
