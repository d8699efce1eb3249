//! `accolade why`

use crate::args::Why;
use crate::database::Database;
use crate::failure::{Ending, Failure};
use crate::output::{Output, plain};

/// Explains why a player has or lacks a badge, points or an unlockable.
pub(crate) fn run(args: &Why, database: &Database, output: Output) -> Result<Ending, Failure> {
    let engine = database.to_read()?;
    let Some(why) = engine.why(&args.player, &args.about).wait()? else {
        return Err(Failure::new(format!(
            "player `{}` not found in {}",
            args.player, database.url
        )));
    };
    output.show(&why, || plain(&why.to_string()))?;
    Ok(Ending::Fine)
}
