//! `accolade merge`

use accolade::Action;

use super::action;
use crate::args::MergeArgs;
use crate::database::Database;
use crate::error::{CommandError, ExitStatus};
use crate::output::Output;

/// Merges a guest's history into a player's.
pub(crate) fn run_merge(
    args: &MergeArgs,
    database: &Database,
    output: Output,
) -> Result<ExitStatus, CommandError> {
    action::submit_immediate_action(
        action::allow_creation(Action::merge(&args.player, &args.guest), args.create),
        &args.attribution,
        database,
        output,
    )
}
