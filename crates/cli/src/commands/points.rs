//! `accolade points`

use accolade::Action;

use super::action;
use crate::args::PointsArgs;
use crate::database::Database;
use crate::error::{CommandError, ExitStatus};
use crate::output::Output;

/// Grants or deducts points.
pub(crate) fn run_points(
    args: &PointsArgs,
    database: &Database,
    output: Output,
) -> Result<ExitStatus, CommandError> {
    let points = Action::points(&args.player, &args.currency, args.amount);
    let points = if args.overdraft {
        points.overdraft()
    } else {
        points
    };
    action::submit_action(points, &args.action, database, output)
}
