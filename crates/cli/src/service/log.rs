//! Log of the service: structured lines on standard error. It never contains keys, tokens, cookies
//! or bodies.

use std::io;

use accolade_web::{LogFormat, Settings};
use tracing_subscriber::EnvFilter;

use crate::error::CommandError;

/// Starts the log for the rest of the process.
pub(crate) fn start_log(settings: &Settings) -> Result<(), CommandError> {
    let level = &settings.log.level;
    let filter = EnvFilter::try_new(level).map_err(|_| {
        CommandError::new(format!(
            "log.level: `{level}` is not a valid level; use error, warn, info, debug or trace"
        ))
    })?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        // Standard output is reserved for the result of the command.
        .with_writer(io::stderr)
        .with_target(false);
    let begun = match settings.log.format {
        LogFormat::Text => lines.try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    };
    begun.map_err(|error| CommandError::new(format!("cannot start the log: {error}")))
}
