//! `accolade why`

use crate::args::Why;
use crate::database::Database;
use crate::failure::{Ending, Failure};
use crate::output::{Output, plain};

/// Says why a player has, or does not have, something.
pub(crate) fn run(args: &Why, database: &Database, output: Output) -> Result<Ending, Failure> {
    let engine = database.to_read()?;
    let Some(why) = engine.why(&args.player, &args.about).wait()? else {
        return Err(Failure::new(format!(
            "there is no player `{}` in {}",
            args.player, database.url
        )));
    };
    output.show(&why, || plain(&why.to_string()))?;
    Ok(Ending::Fine)
}
