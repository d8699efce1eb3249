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
/// Outcomes shown where no limit is given.
const SHOWN: usize = 50;
/// How long to wait until looking again for more.
const LOOK: Duration = Duration::from_millis(250);

/// Shows what changed, or lets go of what is old.
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
    reason = "what another process records rings no bell here"
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
            "outcomes after {after} were let go of in part; what is kept begins after {kept_after}: \
             go on with --after {kept_after}, and take what came before from the players themselves"
        )),
        other => other.into(),
    }
}

fn prune(older_than: i64, database: &Database, output: Output) -> Result<Ending, Failure> {
    let engine = database.to_write()?;
    let before = now()?.plus(-older_than);
    let pruned = engine.prune_feed(before).wait()?;
    engine.close()?;
    output.show(
        &json!({ "pruned": pruned, "before": before.to_string() }),
        || {
            format!(
                "let go of {} recorded before {before}",
                counted(pruned, "outcome")
            )
        },
    )?;
    Ok(Ending::Fine)
}

fn now() -> Result<Timestamp, Failure> {
    let told = || Failure::new("the system's clock is out of range");
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_err(|_| told())?;
    i64::try_from(since.as_micros())
        .ok()
        .and_then(Timestamp::from_micros)
        .ok_or_else(told)
}
