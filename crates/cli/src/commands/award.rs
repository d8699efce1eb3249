//! `accolade award`

use accolade::Action;

use super::action::{self, add_optional};
use crate::args::BadgeArgs;
use crate::database::Database;
use crate::error::{CommandError, ExitStatus};
use crate::output::Output;

/// Awards a badge manually.
pub(crate) fn run_award(
    args: &BadgeArgs,
    database: &Database,
    output: Output,
) -> Result<ExitStatus, CommandError> {
    action::submit_action(
        add_tier_and_key(Action::award(&args.player, &args.badge), args),
        &args.action,
        database,
        output,
    )
}

/// Adds the tier and key of the badge to an action.
pub(super) fn add_tier_and_key(act: Action, args: &BadgeArgs) -> Action {
    let act = add_optional(act, args.tier.as_deref(), Action::tier);
    add_optional(act, args.key.as_deref(), Action::key)
}
