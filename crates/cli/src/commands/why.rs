//! `accolade why`

use crate::args::WhyArgs;
use crate::database::Database;
use crate::error::{CommandError, ExitStatus};
use crate::format::replace_control_chars;
use crate::output::Output;
use accolade_web::models::PlayerExplanationModel;

/// Explains why a player has or lacks a badge, points or an unlockable.
pub(crate) fn run_why(
    args: &WhyArgs,
    database: &Database,
    output: Output,
) -> Result<ExitStatus, CommandError> {
    let engine = database.open_read_only()?;
    let Some(why) = engine.players().why(&args.player, &args.subject).wait()? else {
        return Err(CommandError::unknown_player(
            &engine,
            &args.player,
            &database.url,
        ));
    };
    let model = PlayerExplanationModel::from(why.clone());
    output.print_result(&model, || replace_control_chars(&why.to_string()))?;
    Ok(ExitStatus::Success)
}
