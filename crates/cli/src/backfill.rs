//! Backfill of all players, with a progress bar.

use accolade::{BackfillProgress, Engine};

use crate::error::CommandError;
use crate::progress;

/// Backfills all players to the published catalog, and shows a progress bar.
pub(crate) fn run_backfill(engine: &Engine) -> Result<BackfillProgress, CommandError> {
    let (bar, update) = progress::start_player_bar();
    let backfill = engine
        .catalog()
        .await_backfill(move |step| update(step.done, step.total))
        .wait();
    // Cleared before `?`, because an error is printed where the bar is.
    bar.finish_and_clear();
    Ok(backfill?)
}
