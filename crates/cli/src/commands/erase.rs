//! `accolade erase`

use std::fmt::Write;

use accolade::{PersonalDataExport, Removed};
use serde_json::json;

use crate::args::Erase;
use crate::confirm;
use crate::database::Database;
use crate::failure::{Ending, Failure};
use crate::output::{Output, counted};

/// Note printed after every erasure.
const COPIES: &str = "earlier backups still contain the data";

/// Erases all data about a player, after it has shown the amount and asked.
pub(crate) fn run(args: &Erase, database: &Database, output: Output) -> Result<Ending, Failure> {
    let engine = database.to_write()?;
    let unknown = || {
        Failure::new(format!(
            "no data stored about player `{}` in {}",
            args.player, database.url
        ))
    };
    let stored = engine
        .export_personal_data(&args.player)
        .wait()?
        .ok_or_else(unknown)?;
    if !args.yes && !output.is_json() {
        output.show(&stored.player, || announce(&stored))?;
    }
    if !confirm::agreed(args.yes, "Erase it permanently?", output) {
        let would = json!({
            "would_erase": stored.player, "guests": stored.guests, "events": stored.events.len(),
        });
        output.show(&would, || {
            "nothing was erased; confirm with --yes".to_owned()
        })?;
        return Ok(Ending::Differences);
    }
    let removed = engine.erase(&args.player).wait()?.ok_or_else(unknown)?;
    // The vacuum needs the file without other writers.
    engine.close()?;
    if args.vacuum {
        database
            .store()?
            .vacuum()
            .map_err(|error| Failure::new(error.to_string()).context("erased, but not vacuumed"))?;
    }
    output.show(
        &json!({ "removed": removed, "vacuumed": args.vacuum, "note": COPIES }),
        || describe(&removed, args.vacuum),
    )?;
    Ok(Ending::Fine)
}

fn announce(stored: &PersonalDataExport) -> String {
    let mut text = format!(
        "stored about {}: {}, {}, {}, {}",
        stored.player,
        counted(stored.events.len() as u64, "event"),
        counted(stored.ledger.len() as u64, "ledger entry"),
        counted(stored.awards.len() as u64, "award"),
        counted(stored.outcomes.len() as u64, "outcome"),
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

fn describe(removed: &Removed, vacuumed: bool) -> String {
    let mut text = String::new();
    for one in &removed.players {
        let _ = writeln!(
            text,
            "erased {}: {}, {}, {}, {}, {}",
            one.player,
            counted(one.events, "event"),
            counted(one.ledger, "ledger entry"),
            counted(one.awards, "award"),
            counted(one.outcomes, "outcome"),
            counted(one.derived, "derived row"),
        );
    }
    if !vacuumed {
        text.push_str("single ids may survive in unused space of the file; --vacuum rewrites it\n");
    }
    text + COPIES
}
