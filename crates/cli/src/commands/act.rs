//! Shared parts of the commands that submit manual actions.

use accolade::Act;

use crate::args;
use crate::database::Database;
use crate::failure::{Ending, Failure};
use crate::output::Output;
use crate::receipt;

/// Submits an action with the options common to all actions, and prints the receipt.
pub(crate) fn run(
    act: Act,
    args: &args::Act,
    database: &Database,
    output: Output,
) -> Result<Ending, Failure> {
    let act = with(act, args.id.as_deref(), |act, id| act.id(id));
    let act = with(act, args.by.as_deref(), Act::by);
    let act = with(act, args.reason.as_deref(), Act::reason);
    let act = with(act, args.at, Act::at);
    let engine = database.to_write()?;
    let receipt = engine.act(act).wait()?;
    engine.close()?;
    receipt::show(&receipt, output)
}

/// Submits an action that takes effect immediately, and prints the receipt.
pub(crate) fn signed(
    act: Act,
    args: &args::Signed,
    database: &Database,
    output: Output,
) -> Result<Ending, Failure> {
    let engine = database.to_write()?;
    let receipt = engine.act(sign(act, args)).wait()?;
    engine.close()?;
    receipt::show(&receipt, output)
}

/// Adds the id, author and reason to an action.
pub(crate) fn sign(act: Act, args: &args::Signed) -> Act {
    let act = with(act, args.id.as_deref(), |act, id| act.id(id));
    let act = with(act, args.by.as_deref(), Act::by);
    with(act, args.reason.as_deref(), Act::reason)
}

/// Adds an optional argument to an action, if it was given.
pub(crate) fn with<T>(act: Act, given: Option<T>, add: impl FnOnce(Act, T) -> Act) -> Act {
    match given {
        Some(value) => add(act, value),
        None => act,
    }
}
