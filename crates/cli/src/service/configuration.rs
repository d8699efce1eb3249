//! Configuration of the service: defaults, overridden by a file, by environment variables, and by
//! the command line.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use accolade_web::Settings;

use crate::args::ServiceArgs;
use crate::error::CommandError;

/// Environment variable that names the file.
const FILE_VARIABLE: &str = "ACCOLADE_CONFIG";

/// Loads the configuration that the command line and the environment select.
pub(crate) fn load_settings(serving: &ServiceArgs) -> Result<Settings, CommandError> {
    // Like everywhere on the command line, an option overrides the environment.
    let named = serving
        .config
        .clone()
        .or_else(|| env::var_os(FILE_VARIABLE).map(PathBuf::from));
    let file = named.as_deref().map(read_settings_file).transpose()?;
    let file = file
        .as_ref()
        .map(|(name, text)| (name.as_str(), text.as_str()));
    // A variable that is not UTF-8 cannot be a setting.
    let variables = env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let mut settings = Settings::from_sources(file, variables)
        .map_err(|error| CommandError::new(error.to_string()))?;
    // Last, because an option of the command line overrides file and environment.
    if let Some(listen) = serving.listen {
        settings.server.listen = listen;
    }
    if let Some(url) = &serving.public_url {
        settings.server.public_url.clone_from(url);
    }
    Ok(settings)
}

fn read_settings_file(path: &Path) -> Result<(String, String), CommandError> {
    let text = fs::read_to_string(path)
        .map_err(|error| CommandError::file_error("read the configuration", path, &error))?;
    Ok((path.display().to_string(), text))
}
