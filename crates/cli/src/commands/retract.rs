//! `accolade retract`

use std::collections::BTreeSet;
use std::fmt::Write;

use accolade::{Act, Engine, RetractionEffect, Selected, Selection};
use serde_json::json;

use super::act;
use crate::args::{Pick, Retract};
use crate::confirm;
use crate::database::Database;
use crate::failure::{Ending, Failure};
use crate::output::{Output, counted, plain, thousands};
use crate::receipt;

/// Events and players that a preview lists.
const LISTED: usize = 20;

/// Retracts or restores one event, or retracts all events that match a filter.
pub(crate) fn run(args: &Retract, database: &Database, output: Output) -> Result<Ending, Failure> {
    match (&args.of, &args.event) {
        (Some(player), Some(event)) if args.undo => {
            act::signed(Act::restore(player, event), &args.signed, database, output)
        }
        (Some(player), Some(event)) => {
            act::signed(Act::retract(player, event), &args.signed, database, output)
        }
        _ if args.pick.is_empty() => Err(Failure::new(
            "specify the events by PLAYER EVENT, or by --player, --name, --from, --to and --where",
        )),
        _ => matching(args, database, output),
    }
}

impl Pick {
    fn is_empty(&self) -> bool {
        let Self {
            player,
            name,
            from,
            to,
            condition,
        } = self;
        player.is_none() && name.is_empty() && from.is_none() && to.is_none() && condition.is_none()
    }

    fn selection(&self) -> Selection {
        let mut selection = Selection::default();
        if let Some(player) = &self.player {
            selection = selection.player(player);
        }
        for name in &self.name {
            selection = selection.name(name);
        }
        if let Some(from) = self.from {
            selection = selection.from(from);
        }
        if let Some(to) = self.to {
            selection = selection.to(to);
        }
        match &self.condition {
            Some(condition) => selection.condition(condition),
            None => selection,
        }
    }
}

fn matching(args: &Retract, database: &Database, output: Output) -> Result<Ending, Failure> {
    let engine = database.to_write()?;
    let selected = engine.select(args.pick.selection()).wait()?;
    // The selection is fixed before the question, so that only previewed events are retracted.
    let effects = engine.preview_retraction(selected.clone()).wait()?;
    let preview = json!({ "events": selected, "effects": effects });
    if selected.is_empty() {
        output.show(&preview, || {
            "no matching events; nothing was retracted".to_owned()
        })?;
        return Ok(Ending::Fine);
    }
    if !output.is_json() {
        output.show(&preview, || plain(&describe(&selected, &effects)))?;
    }
    if !confirm::agreed(args.yes, "Retract them?", output) {
        output.show(&preview, || {
            "nothing was retracted; confirm with --yes".to_owned()
        })?;
        return Ok(Ending::Differences);
    }
    take_back(&engine, selected, args, output)
}

fn take_back(
    engine: &Engine,
    selected: Vec<Selected>,
    args: &Retract,
    output: Output,
) -> Result<Ending, Failure> {
    let answers = engine
        .retract_selected(selected, act::sign(Act::plain(), &args.signed))
        .wait()?;
    let refused: Vec<String> = answers
        .iter()
        .filter_map(|one| one.as_ref().err())
        .map(ToString::to_string)
        .collect();
    let receipts: Vec<_> = answers.into_iter().filter_map(Result::ok).collect();
    output.show(&json!({ "receipts": receipts, "refused": refused }), || {
        let mut text = String::new();
        for receipt in &receipts {
            let _ = writeln!(text, "{}", receipt::describe(receipt).trim_end());
        }
        for message in &refused {
            let _ = writeln!(text, "rejected: {message}");
        }
        text
    })?;
    Ok(Ending::fine_if(refused.is_empty()))
}

fn describe(selected: &[Selected], effects: &[RetractionEffect]) -> String {
    let players: BTreeSet<&str> = selected.iter().map(|one| one.player.as_str()).collect();
    let (events, players) = (
        counted(selected.len() as u64, "event"),
        counted(players.len() as u64, "player"),
    );
    let mut text = format!("{events} of {players}:\n");
    for Selected {
        player,
        event,
        name,
        at,
    } in selected.iter().take(LISTED)
    {
        let _ = writeln!(text, "  {at}  {player}  {name}  {event}");
    }
    more(&mut text, selected.len());
    text.push_str(if effects.is_empty() {
        "retracting them has no other effects\n"
    } else {
        "effects of retracting them:\n"
    });
    for effect in effects.iter().take(LISTED) {
        let _ = writeln!(text, "  {}: {}", effect.player, changes(effect));
    }
    more(&mut text, effects.len());
    text.trim_end().to_owned()
}

fn more(text: &mut String, all: usize) {
    if all > LISTED {
        let _ = writeln!(text, "  … and {} more", thousands(all - LISTED));
    }
}

fn changes(effect: &RetractionEffect) -> String {
    let mut parts = Vec::new();
    for (currency, before, after) in &effect.points {
        parts.push(format!(
            "{currency} from {} to {}",
            thousands(before),
            thousands(after)
        ));
    }
    for (what, ids) in [
        ("loses", &effect.lost),
        ("gains", &effect.gained),
        ("opens", &effect.opened),
        ("closes", &effect.closed),
    ] {
        if !ids.is_empty() {
            parts.push(format!("{what} {}", ids.join(", ")));
        }
    }
    parts.join("; ")
}
