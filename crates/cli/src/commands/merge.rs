//! `accolade merge`

use accolade::Act;

use super::act;
use crate::args::Merge;
use crate::database::Database;
use crate::failure::{Ending, Failure};
use crate::output::Output;

/// Merges a guest's history into a player's.
pub(crate) fn run(args: &Merge, database: &Database, output: Output) -> Result<Ending, Failure> {
    act::signed(
        Act::merge(&args.player, &args.guest),
        &args.signed,
        database,
        output,
    )
}
