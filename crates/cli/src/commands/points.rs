//! `accolade points`

use accolade::Act;

use super::act;
use crate::args::Points;
use crate::database::Database;
use crate::failure::{Ending, Failure};
use crate::output::Output;

/// Grants or deducts points.
pub(crate) fn run(args: &Points, database: &Database, output: Output) -> Result<Ending, Failure> {
    let points = Act::points(&args.player, &args.currency, args.amount);
    let points = if args.overdraft {
        points.overdraft()
    } else {
        points
    };
    act::run(points, &args.act, database, output)
}
