//! `accolade export personal-data`

use std::fs;
use std::path::Path;

use accolade::Engine;
use accolade_web::models::PersonalDataModel;
use serde_json::json;

use crate::error::{CommandError, ExitStatus};
use crate::output::{Output, write_error};

/// Exports everything stored about a player.
pub(crate) fn export_personal_data(
    player: &str,
    out: Option<&Path>,
    engine: &Engine,
    database: &str,
    output: Output,
) -> Result<ExitStatus, CommandError> {
    let Some(export) = engine.players().export_personal_data(player).wait()? else {
        return Err(CommandError::unknown_player(engine, player, database));
    };
    let (player, events) = (export.player.clone(), export.events.len());
    let export = PersonalDataModel::from(export);
    let text = serde_json::to_string_pretty(&export).expect("the export has only strings as keys");
    match out {
        None => output.print_result(&export, || text)?,
        Some(path) => {
            fs::write(path, text + "\n").map_err(|error| write_error(Some(path), &error))?;
            let document = json!({ "out": path, "player": player, "events": events });
            output.print_result(&document, || {
                format!(
                    "exported the personal data of {} to {}",
                    player,
                    path.display()
                )
            })?;
        }
    }
    Ok(ExitStatus::Success)
}
