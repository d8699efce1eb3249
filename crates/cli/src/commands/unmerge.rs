//! `accolade unmerge`

use accolade::Act;

use super::act;
use crate::args::Merge;
use crate::database::Database;
use crate::failure::{Ending, Failure};
use crate::output::Output;

/// Makes a guest who was merged a player of their own again.
pub(crate) fn run(args: &Merge, database: &Database, output: Output) -> Result<Ending, Failure> {
    act::signed(
        Act::unmerge(&args.player, &args.guest),
        &args.signed,
        database,
        output,
    )
}
