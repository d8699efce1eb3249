//! `accolade retract`

use std::collections::BTreeSet;
use std::fmt::Write;

use accolade::{Action, Engine, EventSelection, RetractionEffect, SelectedEvent, SkipCode};
use accolade_core::suggest;
use accolade_web::models::{ReceiptModel, RetractionEffectModel};
use serde_json::json;

use super::action;
use crate::args::{EventFilterArgs, RetractArgs};
use crate::confirm;
use crate::database::Database;
use crate::error::{CommandError, ExitStatus};
use crate::format::{
    count_noun, format_signed, format_time, group_thousands, replace_control_chars,
};
use crate::output::Output;
use crate::receipt;

/// Events and players that a preview lists.
const MAX_LISTED: usize = 20;

/// Newest events of a player among which a misspelled one is looked for.
const MAX_COMPARED: usize = 1_000;

/// Retracts or restores one event, or retracts all events that match a filter.
pub(crate) fn run_retract(
    args: &RetractArgs,
    database: &Database,
    output: Output,
) -> Result<ExitStatus, CommandError> {
    match (&args.player_id, &args.event) {
        (Some(player), Some(event)) if args.undo => action::submit_immediate_action(
            action::allow_creation(Action::restore(player, event), args.create),
            &args.attribution,
            database,
            output,
        ),
        (Some(player), Some(event)) => retract_event(player, event, args, database, output),
        // Without any condition, every event would match.
        _ if args.filter.is_empty() => Err(CommandError::new(
            "specify the events by PLAYER EVENT, or by --player, --name, --from, --to and --where",
        )),
        _ => retract_matching(args, database, output),
    }
}

/// Retracts one event. If it has not arrived, which can be a typing error, suggests a similar one.
fn retract_event(
    player: &str,
    event: &str,
    args: &RetractArgs,
    database: &Database,
    output: Output,
) -> Result<ExitStatus, CommandError> {
    let engine = database.open_or_create()?;
    let retraction = action::allow_creation(Action::retract(player, event), args.create);
    let receipt = engine
        .submit_action(action::add_attribution(retraction, &args.attribution))
        .wait()?;
    let is_pending = (receipt.skipped.iter()).any(|one| one.reason == SkipCode::UnknownEvent);
    let similar = match is_pending {
        true => find_similar_event(&engine, player, event)?,
        false => None,
    };
    engine.close()?;
    output.print_result(&ReceiptModel::from(receipt.clone()), || {
        let mut text = receipt::describe_receipt(&receipt, None);
        if let Some(similar) = similar {
            let option = database.suggested_option();
            let _ = writeln!(
                text,
                "did you mean `{similar}`? To undo this:\n  accolade retract --undo {player} \
                 {event}{option}"
            );
        }
        text
    })?;
    Ok(ExitStatus::Success)
}

/// Finds the id among the player's newest events that is most similar to another one.
fn find_similar_event(
    engine: &Engine,
    player: &str,
    event: &str,
) -> Result<Option<String>, CommandError> {
    let page = engine
        .players()
        .list_timeline_page(player, None, MAX_COMPARED)
        .wait()?;
    // Manual actions and automatic facts cannot be retracted by themselves.
    let events = (page.items.iter()).filter(|one| !one.name.starts_with("accolade."));
    let ids = events.map(|one| one.id.as_str());
    Ok(suggest::find_nearest(event, ids).map(str::to_owned))
}

impl EventFilterArgs {
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

    fn to_selection(&self) -> EventSelection {
        let mut selection = EventSelection::default();
        if let Some(player) = &self.player {
            selection = selection.player(player);
        }
        for name in &self.name {
            selection = selection.name(name);
        }
        if let Some(from) = self.from {
            selection = selection.starting_at(from);
        }
        if let Some(to) = self.to {
            selection = selection.ending_before(to);
        }
        match &self.condition {
            Some(condition) => selection.condition(condition),
            None => selection,
        }
    }
}

fn retract_matching(
    args: &RetractArgs,
    database: &Database,
    output: Output,
) -> Result<ExitStatus, CommandError> {
    let engine = database.open_existing()?;
    let selected = engine
        .players()
        .find_events(args.filter.to_selection())
        .wait()?;
    // The selection is fixed before the question, so that only previewed events are retracted.
    let effects = engine
        .players()
        .preview_retraction(selected.clone())
        .wait()?;
    let models: Vec<_> = effects
        .iter()
        .cloned()
        .map(RetractionEffectModel::from)
        .collect();
    let preview = json!({ "events": selected, "players": models });
    if selected.is_empty() {
        output.print_result(&preview, || {
            "no matching events; nothing was retracted".to_owned()
        })?;
        return Ok(ExitStatus::Success);
    }
    // With --json, standard output holds exactly one document.
    if !output.is_json() {
        output.print_result(&preview, || {
            replace_control_chars(&describe_preview(&selected, &effects))
        })?;
    }
    if !confirm::is_confirmed(args.yes, "Retract them?", output) {
        output.print_result(&preview, || {
            "nothing was retracted; confirm with --yes".to_owned()
        })?;
        return Ok(ExitStatus::Differences);
    }
    retract_selected(&engine, selected, args, output)
}

fn retract_selected(
    engine: &Engine,
    selected: Vec<SelectedEvent>,
    args: &RetractArgs,
    output: Output,
) -> Result<ExitStatus, CommandError> {
    let answers = engine
        .players()
        .retract_selected(
            selected,
            action::add_attribution(Action::empty(), &args.attribution),
        )
        .wait()?;
    // A range is several actions, which are not one transaction: accepted ones stay.
    let refused: Vec<String> = answers
        .iter()
        .filter_map(|one| one.as_ref().err())
        .map(ToString::to_string)
        .collect();
    let receipts: Vec<_> = answers.into_iter().filter_map(Result::ok).collect();
    let models: Vec<_> = receipts.iter().cloned().map(ReceiptModel::from).collect();
    output.print_result(&json!({ "receipts": models, "refused": refused }), || {
        let mut text = String::new();
        for receipt in &receipts {
            let _ = writeln!(
                text,
                "{}",
                receipt::describe_receipt(receipt, None).trim_end()
            );
        }
        for message in &refused {
            let _ = writeln!(text, "rejected: {message}");
        }
        text
    })?;
    Ok(ExitStatus::success_if(refused.is_empty()))
}

fn describe_preview(selected: &[SelectedEvent], effects: &[RetractionEffect]) -> String {
    let players: BTreeSet<&str> = selected.iter().map(|one| one.player.as_str()).collect();
    let (events, players) = (
        count_noun(selected.len() as u64, "event"),
        count_noun(players.len() as u64, "player"),
    );
    let mut text = format!("{events} of {players}:\n");
    for SelectedEvent {
        player,
        event,
        name,
        at,
        ..
    } in selected.iter().take(MAX_LISTED)
    {
        let at = format_time(*at);
        let _ = writeln!(text, "  {at}  {player}  {name}  {event}");
    }
    add_remainder(&mut text, selected.len());
    text.push_str(if effects.is_empty() {
        "retracting them has no other effects\n"
    } else {
        "effects of retracting them:\n"
    });
    for effect in effects.iter().take(MAX_LISTED) {
        let _ = writeln!(text, "  {}: {}", effect.player, describe_effect(effect));
    }
    add_remainder(&mut text, effects.len());
    text.trim_end().to_owned()
}

fn add_remainder(text: &mut String, all: usize) {
    if all > MAX_LISTED {
        let _ = writeln!(text, "  … and {} more", group_thousands(all - MAX_LISTED));
    }
}

fn describe_effect(effect: &RetractionEffect) -> String {
    let mut parts = Vec::new();
    for change in &effect.points {
        parts.push(format!(
            "{} {} ({} to {})",
            format_signed(i128::from(change.after) - i128::from(change.before)),
            change.currency,
            group_thousands(change.before),
            group_thousands(change.after)
        ));
    }
    for (what, ids) in [
        ("loses", effect.lost.join(", ")),
        ("gains", effect.gained.join(", ")),
        ("opens", effect.opened.join(", ")),
        ("closes", effect.closed.join(", ")),
    ] {
        if !ids.is_empty() {
            parts.push(format!("{what} {ids}"));
        }
    }
    parts.join("; ")
}
