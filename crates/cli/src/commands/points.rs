//! `accolade points`

use accolade::Action;

use super::act;
use crate::args::PointsArgs;
use crate::database::Database;
use crate::failure::{ExitStatus, CommandError};
use crate::output::Output;

/// Grants or deducts points.
pub(crate) fn run_points(args: &PointsArgs, database: &Database, output: Output) -> Result<ExitStatus, CommandError> {
    let points = Action::points(&args.player, &args.currency, args.amount);
    let points = if args.overdraft {
        points.overdraft()
    } else {
        points
    };
    act::submit_action(points, &args.action, database, output)
}
