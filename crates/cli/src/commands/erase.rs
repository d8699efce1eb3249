//! `accolade erase`

use std::fmt::Write;

use accolade::{Dossier, Removed};
use serde_json::json;

use crate::args::Erase;
use crate::confirm;
use crate::database::Database;
use crate::failure::{Ending, Failure};
use crate::output::{Output, counted};

/// Said after every erasing.
const COPIES: &str = "back-ups made before still hold the data";

/// Removes everything that is held on a player, after saying what it is.
pub(crate) fn run(args: &Erase, database: &Database, output: Output) -> Result<Ending, Failure> {
    let engine = database.to_write()?;
    let unknown = || {
        Failure::new(format!(
            "nothing is held on a player `{}` in {}",
            args.player, database.url
        ))
    };
    let dossier = engine.dossier(&args.player).wait()?.ok_or_else(unknown)?;
    if !args.yes && !output.is_json() {
        output.show(&dossier.player, || announce(&dossier))?;
    }
    if !confirm::agreed(args.yes, "Remove it for good?", output) {
        let would = json!({ "would_erase": dossier.player, "guests": dossier.guests, "events": dossier.events.len() });
        output.show(&would, || {
            "nothing was removed; --yes removes it".to_owned()
        })?;
        return Ok(Ending::Differences);
    }
    let removed = engine.erase(&args.player).wait()?.ok_or_else(unknown)?;
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

fn announce(dossier: &Dossier) -> String {
    let mut text = format!(
        "held on {}: {}, {}, {}, {}",
        dossier.player,
        counted(dossier.events.len() as u64, "event"),
        counted(dossier.ledger.len() as u64, "ledger line"),
        counted(dossier.awards.len() as u64, "award"),
        counted(dossier.outcomes.len() as u64, "outcome"),
    );
    if !dossier.guests.is_empty() {
        let _ = write!(text, "; also under the ids {}", dossier.guests.join(", "));
    }
    text
}

fn describe(removed: &Removed, vacuumed: bool) -> String {
    let mut text = String::new();
    for one in &removed.players {
        let _ = writeln!(
            text,
            "removed {}: {}, {}, {}, {}, {}",
            one.player,
            counted(one.events, "event"),
            counted(one.ledger, "ledger line"),
            counted(one.awards, "award"),
            counted(one.outcomes, "outcome"),
            counted(one.derived, "derived row"),
        );
    }
    if !vacuumed {
        text.push_str(
            "single ids may survive in unused space of the file until --vacuum writes it anew\n",
        );
    }
    text + COPIES
}
