//! `accolade revoke`

use accolade::Act;

use super::{act, award};
use crate::args::Badge;
use crate::database::Database;
use crate::failure::{Ending, Failure};
use crate::output::Output;

/// Revokes a badge and the points it paid.
pub(crate) fn run(args: &Badge, database: &Database, output: Output) -> Result<Ending, Failure> {
    act::run(
        award::of_badge(Act::revoke(&args.player, &args.badge), args),
        &args.act,
        database,
        output,
    )
}
