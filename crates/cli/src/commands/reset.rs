//! `accolade reset`

use accolade::Act;

use super::act;
use crate::args::Reset;
use crate::database::Database;
use crate::failure::{Ending, Failure};
use crate::output::Output;

/// Stops counting everything a player has done so far.
pub(crate) fn run(args: &Reset, database: &Database, output: Output) -> Result<Ending, Failure> {
    act::run(Act::reset(&args.player), &args.act, database, output)
}
