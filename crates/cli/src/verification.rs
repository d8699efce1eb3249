//! Text output for differences between stored and recomputed data.

use std::fmt::Write;

use accolade::{Difference, Engine, VerifyReport};

use crate::error::CommandError;
use crate::format::count_noun;
use crate::progress;

/// Verifies the database and shows a progress bar.
pub(crate) fn verify_with_progress(engine: &Engine) -> Result<VerifyReport, CommandError> {
    let (bar, update) = progress::start_player_bar();
    let report = engine
        .maintenance()
        .verify(move |step| update(step.done, step.total))
        .wait();
    // Cleared before `?`, because an error is printed where the bar is.
    bar.finish_and_clear();
    Ok(report?)
}

/// Lists differences. `count` is their total, which can exceed the number in the list.
pub(crate) fn describe_differences(differences: &[Difference], count: u64) -> String {
    let mut text = String::new();
    for one in differences {
        let Difference {
            player,
            subject,
            stored,
            expected,
            explanation,
            repairable,
            ..
        } = one;
        if let Some(player) = player {
            let _ = write!(text, "{player} ");
        }
        let _ = writeln!(text, "{subject}: stored {stored}, expected {expected}");
        let hint = if *repairable {
            ""
        } else {
            "; cannot be repaired"
        };
        let _ = writeln!(text, "    {explanation}{hint}");
    }
    let shown = differences.len() as u64;
    if shown < count {
        let _ = writeln!(text, "… and {} more", count - shown);
    }
    text
}

/// Describes how many players were skipped, or returns an empty string for none.
pub(crate) fn describe_skipped_players(players: u64) -> String {
    match players {
        0 => String::new(),
        _ => format!(
            "\n{} skipped: not yet backfilled to the published catalog",
            count_noun(players, "player")
        ),
    }
}
