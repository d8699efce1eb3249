//! `accolade reset`

use accolade::Action;

use super::act;
use crate::args::ResetArgs;
use crate::database::Database;
use crate::failure::{ExitStatus, CommandError};
use crate::output::Output;

/// Stops counting everything a player has done so far.
pub(crate) fn run_reset(args: &ResetArgs, database: &Database, output: Output) -> Result<ExitStatus, CommandError> {
    act::submit_action(Action::reset(&args.player), &args.action, database, output)
}
