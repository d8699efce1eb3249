//! `accolade progress`

use accolade::{Action, Audience, Engine};

use super::action::{self, add_optional};
use crate::args::ProgressArgs;
use crate::database::Database;
use crate::error::{CommandError, ExitStatus};
use crate::output::Output;
use crate::receipt;

/// Changes a player's progress toward a badge.
pub(crate) fn run_progress(
    args: &ProgressArgs,
    database: &Database,
    output: Output,
) -> Result<ExitStatus, CommandError> {
    let progress = match (args.change.add, args.change.set) {
        (Some(add), _) => Action::add_progress(&args.player, &args.badge, add),
        (None, Some(value)) => Action::set_progress(&args.player, &args.badge, value),
        (None, None) => {
            return Err(CommandError::new(
                "specify the change with --add AMOUNT or --set AMOUNT",
            ));
        }
    };
    let progress = add_optional(progress, args.key.as_deref(), Action::key);
    let engine = database.open_or_create()?;
    let receipt = engine
        .submit_action(action::add_options(progress, &args.action))
        .wait()?;
    let effect = describe_progress(&engine, args)?;
    engine.close()?;
    receipt::print_receipt_with_effect(&receipt, effect.as_deref(), output)
}

/// Describes how far the player is now: `progress toward helper: 3 of 5`. Returns `None` if the badge
/// has nothing left to earn.
fn describe_progress(engine: &Engine, args: &ProgressArgs) -> Result<Option<String>, CommandError> {
    let profile = engine
        .players()
        .load_profile(&args.player, Audience::Admin)
        .wait()?;
    let badges = profile.into_iter().flat_map(|profile| profile.badges);
    let badge = badges
        .filter(|badge| badge.id.as_deref() == Some(args.badge.as_str()))
        .find_map(|badge| badge.progress);
    Ok(badge
        // The profile shows only the key that is nearest to the target.
        .filter(|progress| progress.key == args.key)
        .map(|progress| {
            let goal = receipt::describe_award(
                &args.badge,
                progress.tier.as_deref(),
                progress.key.as_deref(),
            );
            format!(
                "progress toward {goal}: {} of {}",
                progress.current.to_grouped(),
                progress.target.to_grouped()
            )
        }))
}
