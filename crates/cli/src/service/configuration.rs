//! Configuration of the service: defaults, overridden by a file, by environment variables, and by
//! the command line.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use accolade_web::Settings;

use crate::args::Serving;
use crate::failure::Failure;

/// Environment variable that names the file.
const VARIABLE: &str = "ACCOLADE_CONFIG";

/// Loads the configuration that the command line and the environment select.
pub(crate) fn read(serving: &Serving) -> Result<Settings, Failure> {
    let named = serving
        .config
        .clone()
        .or_else(|| env::var_os(VARIABLE).map(PathBuf::from));
    let file = named.as_deref().map(text).transpose()?;
    let file = file
        .as_ref()
        .map(|(name, text)| (name.as_str(), text.as_str()));
    // A variable that is not UTF-8 cannot be a setting.
    let variables = env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let mut settings =
        Settings::from_sources(file, variables).map_err(|error| Failure::new(error.to_string()))?;
    if let Some(listen) = serving.listen {
        settings.server.listen = listen;
    }
    Ok(settings)
}

fn text(path: &Path) -> Result<(String, String), Failure> {
    let text = fs::read_to_string(path)
        .map_err(|error| Failure::file("read the configuration", path, &error))?;
    Ok((path.display().to_string(), text))
}
