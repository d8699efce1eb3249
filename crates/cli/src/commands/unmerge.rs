//! `accolade unmerge`

use accolade::Action;

use super::act;
use crate::args::MergeArgs;
use crate::database::Database;
use crate::failure::{ExitStatus, CommandError};
use crate::output::Output;

/// Undoes a merge: the guest becomes a separate player again.
pub(crate) fn run_unmerge(args: &MergeArgs, database: &Database, output: Output) -> Result<ExitStatus, CommandError> {
    act::submit_immediate_action(
        Action::unmerge(&args.player, &args.guest),
        &args.attribution,
        database,
        output,
    )
}
