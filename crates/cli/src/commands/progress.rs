//! `accolade progress`

use accolade::Action;

use super::action::{self, add_optional};
use crate::args::ProgressArgs;
use crate::database::Database;
use crate::error::{CommandError, ExitStatus};
use crate::output::Output;

/// Changes a player's progress toward a badge.
pub(crate) fn run_progress(
    args: &ProgressArgs,
    database: &Database,
    output: Output,
) -> Result<ExitStatus, CommandError> {
    let progress = match (args.change.add, args.change.set) {
        (Some(add), _) => Action::add_progress(&args.player, &args.badge, add),
        (None, Some(value)) => Action::set_progress(&args.player, &args.badge, value),
        (None, None) => {
            return Err(CommandError::new(
                "specify the change with --add AMOUNT or --set AMOUNT",
            ));
        }
    };
    action::submit_action(
        add_optional(progress, args.key.as_deref(), Action::key),
        &args.action,
        database,
        output,
    )
}
