//! Differences between what is stored and what the fold says, for people.

use std::fmt::Write;

use accolade::{Difference, Engine, VerifyReport};

use crate::failure::Failure;
use crate::output::counted;
use crate::progress;

/// Verifies with a progress bar.
pub(crate) fn verify(engine: &Engine) -> Result<VerifyReport, Failure> {
    let (bar, tell) = progress::players();
    let report = engine
        .verify(move |step| tell(step.done, step.total))
        .wait();
    bar.finish_and_clear();
    Ok(report?)
}

/// Lists differences, of which there may be more than are kept.
pub(crate) fn list(differences: &[Difference], count: u64) -> String {
    let mut text = String::new();
    for one in differences {
        let Difference {
            player,
            what,
            stored,
            folded,
            explanation,
            mendable,
        } = one;
        let _ = writeln!(text, "{player} {what}: stored {stored}, folded {folded}");
        let lasting = if *mendable {
            ""
        } else {
            "; it cannot be mended"
        };
        let _ = writeln!(text, "    {explanation}{lasting}");
    }
    let shown = differences.len() as u64;
    if shown < count {
        let _ = writeln!(text, "… and {} more", count - shown);
    }
    text
}

/// Says how many players were passed over, if any were.
pub(crate) fn behind(players: u64) -> String {
    match players {
        0 => String::new(),
        _ => format!(
            "\n{} not compared: the latest publication has not reached them yet",
            counted(players, "player") + if players == 1 { " was" } else { " were" }
        ),
    }
}
