//! `accolade revoke`

use accolade::Action;

use super::{action, award};
use crate::args::BadgeArgs;
use crate::database::Database;
use crate::error::{CommandError, ExitStatus};
use crate::output::Output;

/// Revokes a badge and the points it paid.
pub(crate) fn run_revoke(
    args: &BadgeArgs,
    database: &Database,
    output: Output,
) -> Result<ExitStatus, CommandError> {
    action::submit_action(
        award::add_tier_and_key(Action::revoke(&args.player, &args.badge), args),
        &args.action,
        database,
        output,
    )
}
