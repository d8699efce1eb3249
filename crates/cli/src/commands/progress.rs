//! `accolade progress`

use accolade::Act;

use super::act::{self, with};
use crate::args::Progress;
use crate::database::Database;
use crate::failure::{Ending, Failure};
use crate::output::Output;

/// Changes a player's progress toward a badge.
pub(crate) fn run(args: &Progress, database: &Database, output: Output) -> Result<Ending, Failure> {
    let progress = match (args.step.add, args.step.set) {
        (Some(add), _) => Act::add_progress(&args.player, &args.badge, add),
        (None, Some(value)) => Act::set_progress(&args.player, &args.badge, value),
        (None, None) => {
            return Err(Failure::new(
                "specify the change with --add AMOUNT or --set AMOUNT",
            ));
        }
    };
    act::run(
        with(progress, args.key.as_deref(), Act::key),
        &args.act,
        database,
        output,
    )
}
