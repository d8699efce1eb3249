//! `accolade completions`

use crate::args::{self, CompletionsArgs};
use crate::error::{CommandError, ExitStatus};
use crate::output;

/// Prints the script that completes commands and options in a shell.
pub(crate) fn run_completions(arguments: &CompletionsArgs) -> Result<ExitStatus, CommandError> {
    // Generated in memory, because clap panics if standard output is closed.
    let mut script = Vec::new();
    clap_complete::generate(
        arguments.shell,
        &mut args::build_command(),
        "accolade",
        &mut script,
    );
    output::print_text(String::from_utf8_lossy(&script).trim_end())?;
    Ok(ExitStatus::Success)
}
