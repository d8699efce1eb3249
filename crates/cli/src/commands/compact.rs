//! `accolade compact`

use std::fmt::Write;

use accolade::{CompactError, Compacted, Engine, Error};
use serde_json::json;

use crate::args::Compact;
use crate::database::Database;
use crate::failure::{Ending, Failure};
use crate::output::{Output, counted};

/// Players asked for at once.
const PAGE: usize = 1_000;

/// What can no longer be done afterwards.
const GONE: &str = "Awards, points and progress stay. What happened before that time can then no longer be shown, exported, \
                    explained or taken back, nor can anything be added to it; new rules count from there on. It cannot \
                    be undone.";

/// What there is to compact.
#[derive(Default)]
struct Found {
    players: Vec<Compacted>,
    /// Why others cannot be.
    refused: Vec<String>,
}

/// Folds the past of players into snapshots, after saying what goes.
pub(crate) fn run(args: &Compact, database: &Database, output: Output) -> Result<Ending, Failure> {
    let engine = database.to_write()?;
    let mut found = match &args.player {
        Some(player) => one(&engine, player, args)?,
        None => all(&engine, args)?,
    };
    found.players.retain(|player| player.removed > 0);
    if args.yes {
        for player in &mut found.players {
            if let Some(compacted) = engine.compact(&player.player, args.before).wait()? {
                *player = compacted;
            }
        }
    }
    engine.close()?;
    let events: u64 = found.players.iter().map(|player| player.removed).sum();
    let document = json!({
        "before": args.before.to_string(), "done": args.yes, "events": events, "players": found.players,
        "refused": found.refused,
    });
    output.show(&document, || describe(&found, events, args))?;
    Ok(Ending::fine_if(args.yes || events == 0))
}

fn one(engine: &Engine, player: &str, args: &Compact) -> Result<Found, Failure> {
    let unknown = || Failure::new(format!("nothing is known of a player `{player}`"));
    let found = engine
        .compactable(player, args.before)
        .wait()?
        .ok_or_else(unknown)?;
    Ok(Found {
        players: vec![found],
        refused: Vec::new(),
    })
}

fn all(engine: &Engine, args: &Compact) -> Result<Found, Failure> {
    let mut found = Found::default();
    let mut after = None;
    loop {
        let page = engine.players(after, PAGE).wait()?;
        for row in page.items {
            match engine.compactable(&row.player, args.before).wait() {
                Ok(compactable) => found.players.extend(compactable),
                Err(Error::Compact(why @ CompactError::Merged { .. })) => {
                    found.refused.push(why.to_string())
                }
                Err(error) => return Err(error.into()),
            }
        }
        after = page.next;
        if after.is_none() {
            return Ok(found);
        }
    }
}

fn describe(found: &Found, events: u64, args: &Compact) -> String {
    let mut text = String::new();
    for why in &found.refused {
        let _ = writeln!(text, "left out: {why}");
    }
    let (of, before) = (counted(found.players.len() as u64, "player"), args.before);
    let events = counted(events, "event");
    if found.players.is_empty() {
        let _ = write!(text, "there is nothing to compact before {before}");
    } else if args.yes {
        let _ = write!(
            text,
            "{events} of {of} before {before} were folded into snapshots"
        );
    } else {
        let _ = write!(
            text,
            "{events} of {of} before {before} would go. {GONE}\n--yes does it"
        );
    }
    text
}
