//! `accolade award`

use accolade::Act;

use super::act::{self, with};
use crate::args::Badge;
use crate::database::Database;
use crate::failure::{Ending, Failure};
use crate::output::Output;

/// Gives a badge by hand.
pub(crate) fn run(args: &Badge, database: &Database, output: Output) -> Result<Ending, Failure> {
    act::run(
        of_badge(Act::award(&args.player, &args.badge), args),
        &args.act,
        database,
        output,
    )
}

/// Says which tier and key of a badge an act is about.
pub(super) fn of_badge(act: Act, args: &Badge) -> Act {
    let act = with(act, args.tier.as_deref(), Act::tier);
    with(act, args.key.as_deref(), Act::key)
}
