//! What can be set: `settings.default.toml` is both the defaults and the reference.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use serde::Deserialize;
use toml::{Table, Value};

/// The reference: every setting with its default, as a file that can be used as it is.
pub const REFERENCE: &str = include_str!("settings.default.toml");

/// What every environment variable begins with.
const PREFIX: &str = "ACCOLADE_";

/// Everything that can be set.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The process.
    pub server: Server,
    /// Bounds.
    pub limits: Limits,
    /// What players may do.
    pub players: Players,
    /// How pages look.
    pub pages: Pages,
    /// Administrators.
    pub administrators: Administrators,
    /// What is logged.
    pub log: Log,
}

/// The process.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Where it listens.
    pub listen: SocketAddr,
    /// The address that browsers use; empty where that is `listen`.
    pub public_url: String,
    /// The path under which everything is; empty for the root.
    pub prefix: String,
    /// Connections at a time.
    pub connections: usize,
    /// Seconds for the head of a request.
    pub head_seconds: u64,
    /// Seconds for a whole request.
    pub request_seconds: u64,
    /// Seconds for which nothing may come on a body.
    pub idle_seconds: u64,
    /// Seconds that a stop waits.
    pub stop_seconds: u64,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
}

/// Bounds of what may be asked.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Bytes of a body.
    pub body_bytes: usize,
    /// Events in one batch.
    pub batch_events: usize,
    /// Items on one page of a list.
    pub page_items: usize,
    /// Live streams at a time.
    pub streams: usize,
    /// Requests a second of one caller, on average.
    pub requests_per_second: u32,
    /// Requests of one caller at once.
    pub requests_at_once: u32,
    /// Long work at a time.
    pub jobs: usize,
}

/// What players may do.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Players {
    /// Whether anybody may look at pages.
    pub public_pages: bool,
    /// Seconds for which a player token is good, at the most.
    pub token_seconds: u64,
    /// Origins whose scripts may use player tokens.
    pub origins: Vec<String>,
}

/// How pages look.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pages {
    /// What they call the community.
    pub title: String,
    /// Templates that go over the built-in ones; empty for none.
    pub templates: PathBuf,
}

/// Administrators.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Administrators {
    /// Seconds for which a sign-in is good.
    pub session_seconds: u64,
    /// Bytes of a password, at the least.
    pub password_bytes: usize,
}

/// What is logged.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// `error`, `warn`, `info`, `debug` or `trace`.
    pub level: String,
    /// How a line looks.
    pub format: LogFormat,
}

/// How a line of the log looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// A JSON object a line.
    Json,
}

/// What is wrong with a configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {what}")]
pub struct SettingsError {
    /// The file or the environment variable.
    pub place: String,
    /// What is wrong there, and how to mend it.
    pub what: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self::read(None, []).expect("the reference is a configuration; a test reads it")
    }
}

impl Settings {
    /// The defaults, under a file (its name and text), under environment variables.
    ///
    /// ```
    /// use accolade_web::Settings;
    ///
    /// let file = ("accolade-server.toml", "[pages]\ntitle = 'Woodworkers'");
    /// let variables = [("ACCOLADE_SERVER_STOP_SECONDS".to_owned(), "3".to_owned())];
    /// let settings = Settings::read(Some(file), variables)?;
    /// assert_eq!((&*settings.pages.title, settings.server.stop_seconds), ("Woodworkers", 3));
    /// # Ok::<(), accolade_web::SettingsError>(())
    /// ```
    ///
    /// # Errors
    /// When the file is no TOML, holds a setting that there is none of, or a value that does not fit.
    pub fn read(
        file: Option<(&str, &str)>,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, SettingsError> {
        let mut table: Table =
            toml::from_str(REFERENCE).expect("the reference is TOML; a test reads it");
        if let Some((name, text)) = file {
            let wrong = |what: String| SettingsError {
                place: name.to_owned(),
                what,
            };
            let own: Table = toml::from_str(text).map_err(|error| wrong(error.to_string()))?;
            overlay(&mut table, own).map_err(wrong)?;
            Self::try_from_table(&table).map_err(wrong)?;
        }
        for (name, value) in variables {
            let Some(place) = place_of(&mut table, &name) else {
                continue;
            };
            let wrong = |what: String| SettingsError {
                place: name.clone(),
                what,
            };
            *place = like(place, &value).map_err(wrong)?;
            Self::try_from_table(&table).map_err(wrong)?;
        }
        Self::try_from_table(&table).map_err(|what| SettingsError {
            place: "the configuration".to_owned(),
            what,
        })
    }

    fn try_from_table(table: &Table) -> Result<Self, String> {
        let settings: Self = table
            .clone()
            .try_into()
            .map_err(|error: toml::de::Error| error.message().to_owned())?;
        let prefix = &settings.server.prefix;
        let is_path = prefix.is_empty() || prefix.starts_with('/') && !prefix.ends_with('/');
        if !is_path || prefix.contains(['?', '#', '{', ' ', '"', '<']) {
            return Err(format!(
                "server.prefix is `{prefix}`; write it with a slash before and none behind: \"/game\""
            ));
        }
        let url = &settings.server.public_url;
        let is_address =
            url.is_empty() || url.starts_with("http://") || url.starts_with("https://");
        if !is_address {
            return Err(format!(
                "server.public_url is `{url}`; it begins with https:// or http://"
            ));
        }
        Ok(settings)
    }
}

/// Puts one table over another. Every setting of it must be there already.
fn overlay(under: &mut Table, over: Table) -> Result<(), String> {
    for (section, settings) in over {
        let Some(Value::Table(known)) = under.get_mut(&section) else {
            return Err(format!(
                "there is no section [{section}]; `accolade config --print` shows all"
            ));
        };
        let Value::Table(settings) = settings else {
            return Err(format!(
                "`{section}` is a section: write [{section}] and its settings below"
            ));
        };
        for (setting, value) in settings {
            if !known.contains_key(&setting) {
                return Err(format!(
                    "there is no setting `{setting}` in [{section}]; `accolade config --print` shows all"
                ));
            }
            known.insert(setting, value);
        }
    }
    Ok(())
}

/// The place that an environment variable sets, if it is one of ours.
fn place_of<'t>(table: &'t mut Table, name: &str) -> Option<&'t mut Value> {
    let name = name.strip_prefix(PREFIX)?.to_ascii_lowercase();
    table.iter_mut().find_map(|(section, settings)| {
        let setting = name.strip_prefix(section.as_str())?.strip_prefix('_')?;
        settings.get_mut(setting)
    })
}

/// A variable's text as a value of the kind that stands there. Lists are separated by commas.
fn like(value: &Value, text: &str) -> Result<Value, String> {
    let number = |kind: &str| format!("`{text}` is no {kind}");
    match value {
        Value::Integer(_) => text
            .parse()
            .map(Value::Integer)
            .map_err(|_| number("whole number")),
        Value::Boolean(_) => text
            .parse()
            .map(Value::Boolean)
            .map_err(|_| number("`true` or `false`")),
        Value::Array(_) => {
            let items = text
                .split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty());
            Ok(Value::Array(
                items.map(|item| Value::String(item.to_owned())).collect(),
            ))
        }
        _ => Ok(Value::String(text.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(file: &str, variables: &[(&str, &str)]) -> Result<Settings, String> {
        let variables = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Settings::read(Some(("it.toml", file)), variables).map_err(|error| error.to_string())
    }

    #[test]
    fn the_reference_is_a_configuration() {
        let settings = Settings::default();
        assert!(
            settings.server.listen.ip().is_loopback(),
            "nobody is let in unasked"
        );
        assert_eq!(
            settings.limits.batch_events,
            accolade_core::limits::BATCH_EVENTS
        );
    }

    #[test]
    fn variables_go_over_the_file_and_the_file_over_the_reference() {
        let file =
            "[server]\nlisten = '127.0.0.1:1'\nprefix = '/game'\n[players]\npublic_pages = false";
        let variables = [
            ("ACCOLADE_SERVER_LISTEN", "[::1]:2"),
            (
                "ACCOLADE_PLAYERS_ORIGINS",
                "https://a.example, https://b.example",
            ),
            ("ACCOLADE_DB", "sqlite:x"),
            ("PATH", "/bin"),
        ];
        let settings = read(file, &variables).unwrap();
        assert_eq!(settings.server.listen, "[::1]:2".parse().unwrap());
        assert_eq!(settings.server.prefix, "/game");
        assert_eq!(
            settings.players.origins,
            ["https://a.example", "https://b.example"]
        );
        assert!(!settings.players.public_pages);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place_and_mend() {
        for (file, variables, told) in [
            (
                "listen = '127.0.0.1:1'",
                &[][..],
                "there is no section [listen]",
            ),
            ("server = 1", &[], "`server` is a section: write [server]"),
            ("[sever]\n", &[], "it.toml: there is no section [sever]"),
            (
                "[server]\nlissen = 'x'",
                &[],
                "no setting `lissen` in [server]",
            ),
            (
                "[server]\nlisten = 'x'",
                &[],
                "it.toml: invalid socket address",
            ),
            (
                "[server]\nprefix = 'game/'",
                &[],
                "server.prefix is `game/`",
            ),
            (
                "[server]\npublic_url = 'play.example'",
                &[],
                "begins with https://",
            ),
            ("[log]\nformat = 'xml'", &[], "xml"),
            ("[server", &[], "it.toml: "),
            (
                "",
                &[("ACCOLADE_LIMITS_JOBS", "many")],
                "ACCOLADE_LIMITS_JOBS: `many` is no whole number",
            ),
            (
                "",
                &[("ACCOLADE_PLAYERS_PUBLIC_PAGES", "1")],
                "`1` is no `true` or `false`",
            ),
        ] {
            let found = read(file, variables).unwrap_err();
            assert!(found.contains(told), "{file} {variables:?}: {found}");
        }
    }
}
