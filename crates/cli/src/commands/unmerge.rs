//! `accolade unmerge`

use accolade::Act;

use super::act;
use crate::args::Merge;
use crate::database::Database;
use crate::failure::{Ending, Failure};
use crate::output::Output;

/// Undoes a merge: the guest becomes a separate player again.
pub(crate) fn run(args: &Merge, database: &Database, output: Output) -> Result<Ending, Failure> {
    act::signed(
        Act::unmerge(&args.player, &args.guest),
        &args.signed,
        database,
        output,
    )
}
