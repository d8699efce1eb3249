//! `accolade erase`

use std::fmt::Write;

use accolade::{ErasureReport, PersonalDataExport};
use accolade_web::models::ErasedPlayerModel;
use serde_json::json;

use crate::args::EraseArgs;
use crate::confirm;
use crate::database::Database;
use crate::error::{CommandError, ExitStatus};
use crate::format::count_noun;
use crate::output::Output;

/// Note printed after every erasure.
const BACKUP_NOTE: &str = "earlier backups still contain the data";

/// Erases all data about a player, after it has shown the amount and asked.
pub(crate) fn run_erase(
    args: &EraseArgs,
    database: &Database,
    output: Output,
) -> Result<ExitStatus, CommandError> {
    let engine = database.open_existing()?;
    let unknown = || match engine.players().is_erased(&args.player).wait() {
        Ok(true) => CommandError::new(format!(
            "no data stored about player `{}` in {}: the player was erased",
            args.player, database.url
        )),
        _ => CommandError::unknown_player(&engine, &args.player, &database.url),
    };
    let stored = engine
        .players()
        .export_personal_data(&args.player)
        .wait()?
        .ok_or_else(unknown)?;
    // With --json, standard output holds exactly one document.
    if !args.yes && !output.is_json() {
        output.print_result(&stored.player, || describe_stored_data(&stored))?;
    }
    if !confirm::is_confirmed(args.yes, "Erase it permanently?", output) {
        let would = json!({
            "would_erase": stored.player, "guests": stored.guests, "events": stored.events.len(),
        });
        output.print_result(&would, || {
            "nothing was erased; confirm with --yes".to_owned()
        })?;
        return Ok(ExitStatus::Differences);
    }
    let removed = engine
        .players()
        .erase(&args.player)
        .wait()?
        .ok_or_else(unknown)?;
    let models: Vec<_> = removed
        .players
        .iter()
        .cloned()
        .map(ErasedPlayerModel::from)
        .collect();
    // The vacuum needs the file without other writers.
    engine.close()?;
    if args.vacuum {
        database.open_store()?.vacuum().map_err(|error| {
            CommandError::new(error.to_string()).with_context("erased, but not vacuumed")
        })?;
    }
    output.print_result(
        &json!({
            "players": models,
            "blocked": removed.blocked,
            "vacuumed": args.vacuum,
            "note": BACKUP_NOTE,
        }),
        || describe_erasure(&removed, args.vacuum),
    )?;
    Ok(ExitStatus::Success)
}

fn describe_stored_data(stored: &PersonalDataExport) -> String {
    let mut text = format!(
        "stored about {}: {}, {}, {}, {}",
        stored.player,
        count_noun(stored.events.len() as u64, "event"),
        count_noun(stored.ledger.len() as u64, "ledger entry"),
        count_noun(stored.awards.len() as u64, "award"),
        count_noun(stored.outcomes.len() as u64, "outcome"),
    );
    if !stored.guests.is_empty() {
        let _ = write!(
            text,
            "; including merged guests: {}",
            stored.guests.join(", ")
        );
    }
    text
}

fn describe_erasure(removed: &ErasureReport, vacuumed: bool) -> String {
    let mut text = String::new();
    for one in &removed.players {
        let _ = writeln!(
            text,
            "erased {}: {}, {}, {}, {}, {}",
            one.player,
            count_noun(one.events, "event"),
            count_noun(one.ledger, "ledger entry"),
            count_noun(one.awards, "award"),
            count_noun(one.outcomes, "outcome"),
            count_noun(one.derived, "derived row"),
        );
    }
    text.push_str(if removed.blocked {
        "nothing can be recorded under these ids again\n"
    } else {
        "the player had no event of their own, so the id can be used again\n"
    });
    if !vacuumed {
        text.push_str("single ids may survive in unused space of the file; --vacuum rewrites it\n");
    }
    text + BACKUP_NOTE
}
