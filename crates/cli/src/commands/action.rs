//! Shared parts of the commands that submit manual actions.

use accolade::Action;

use crate::args;
use crate::database::Database;
use crate::error::{CommandError, ExitStatus};
use crate::output::Output;
use crate::receipt;

/// Submits an action with the options common to all actions, and prints the receipt.
pub(crate) fn submit_action(
    act: Action,
    args: &args::ActionArgs,
    database: &Database,
    output: Output,
) -> Result<ExitStatus, CommandError> {
    let engine = database.open_or_create()?;
    let receipt = engine.submit_action(add_options(act, args)).wait()?;
    // Closed before the receipt is printed, so that a failure to close is not hidden by a success.
    engine.close()?;
    receipt::print_receipt(&receipt, output)
}

/// Adds the options common to all actions.
pub(super) fn add_options(act: Action, args: &args::ActionArgs) -> Action {
    let act = add_optional(act, args.id.as_deref(), |act, id| act.id(id));
    let act = add_optional(act, args.by.as_deref(), Action::by);
    let act = add_optional(act, args.reason.as_deref(), Action::reason);
    let act = add_optional(act, args.at, Action::at);
    allow_creation(act, args.create)
}

/// Submits an action that takes effect immediately, and prints the receipt.
pub(crate) fn submit_immediate_action(
    act: Action,
    args: &args::AttributionArgs,
    database: &Database,
    output: Output,
) -> Result<ExitStatus, CommandError> {
    let engine = database.open_or_create()?;
    // Retractions and merges take effect in commit order and carry no time of their own (S2, S13).
    let receipt = engine.submit_action(add_attribution(act, args)).wait()?;
    engine.close()?;
    receipt::print_receipt(&receipt, output)
}

/// Adds the id, author and reason to an action.
pub(crate) fn add_attribution(act: Action, args: &args::AttributionArgs) -> Action {
    let act = add_optional(act, args.id.as_deref(), |act, id| act.id(id));
    let act = add_optional(act, args.by.as_deref(), Action::by);
    add_optional(act, args.reason.as_deref(), Action::reason)
}

/// Lets an action create its player, if `--create` was given.
pub(super) fn allow_creation(act: Action, create: bool) -> Action {
    if create { act.create() } else { act }
}

/// Adds an optional argument to an action, if it was given.
pub(crate) fn add_optional<T>(
    act: Action,
    given: Option<T>,
    add: impl FnOnce(Action, T) -> Action,
) -> Action {
    match given {
        Some(value) => add(act, value),
        None => act,
    }
}
