//! `accolade reset`

use accolade::Action;

use super::action;
use crate::args::ResetArgs;
use crate::database::Database;
use crate::error::{CommandError, ExitStatus};
use crate::output::Output;

/// Stops counting everything a player has done so far.
pub(crate) fn run_reset(
    args: &ResetArgs,
    database: &Database,
    output: Output,
) -> Result<ExitStatus, CommandError> {
    action::submit_action(Action::reset(&args.player), &args.action, database, output)
}
