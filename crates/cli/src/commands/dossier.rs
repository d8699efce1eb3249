//! `accolade export player`

use std::fs;
use std::path::Path;

use accolade::Engine;
use serde_json::json;

use super::export::write_failure;
use crate::failure::{Ending, Failure};
use crate::output::Output;

/// Writes out all that is held on a player.
pub(crate) fn run(
    player: &str,
    out: Option<&Path>,
    engine: &Engine,
    output: Output,
) -> Result<Ending, Failure> {
    let Some(dossier) = engine.dossier(player).wait()? else {
        return Err(Failure::new(format!(
            "nothing is held on a player `{player}`"
        )));
    };
    let text = serde_json::to_string_pretty(&dossier).expect("a dossier has only text as keys");
    match out {
        None => output.show(&dossier, || text)?,
        Some(path) => {
            fs::write(path, text + "\n").map_err(|error| write_failure(Some(path), &error))?;
            let document =
                json!({ "out": path, "player": dossier.player, "events": dossier.events.len() });
            output.show(&document, || {
                format!(
                    "wrote all that is held on {} to {}",
                    dossier.player,
                    path.display()
                )
            })?;
        }
    }
    Ok(Ending::Fine)
}
