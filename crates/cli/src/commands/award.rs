//! `accolade award`

use accolade::Act;

use super::act::{self, with};
use crate::args::Badge;
use crate::database::Database;
use crate::failure::{Ending, Failure};
use crate::output::Output;

/// Awards a badge manually.
pub(crate) fn run(args: &Badge, database: &Database, output: Output) -> Result<Ending, Failure> {
    act::run(
        of_badge(Act::award(&args.player, &args.badge), args),
        &args.act,
        database,
        output,
    )
}

/// Adds the tier and key of the badge to an action.
pub(super) fn of_badge(act: Act, args: &Badge) -> Act {
    let act = with(act, args.tier.as_deref(), Act::tier);
    with(act, args.key.as_deref(), Act::key)
}
