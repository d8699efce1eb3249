//! `accolade unmerge`

use accolade::Action;

use super::action;
use crate::args::UnmergeArgs;
use crate::database::Database;
use crate::error::{CommandError, ExitStatus};
use crate::output::Output;

/// Undoes a merge: the guest becomes a separate player again.
pub(crate) fn run_unmerge(
    args: &UnmergeArgs,
    database: &Database,
    output: Output,
) -> Result<ExitStatus, CommandError> {
    action::submit_immediate_action(
        Action::unmerge(&args.player, &args.guest),
        &args.attribution,
        database,
        output,
    )
}
