//! Settings of the service. `settings.default.toml` is both the defaults and the reference.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;

use accolade_core::suggest;
use serde::Deserialize;
use toml::{Table, Value};

/// Reference of all settings with their defaults, as a valid settings file.
pub const SETTINGS_REFERENCE: &str = include_str!("settings.default.toml");

/// Prefix of all environment variables.
const VARIABLE_PREFIX: &str = "ACCOLADE_";

/// Variables with the prefix that are no settings: two of the command line, and two by which
/// clients find the service.
const OTHER_VARIABLES: [&str; 4] = [
    "ACCOLADE_CONFIG",
    "ACCOLADE_DB",
    "ACCOLADE_KEY",
    "ACCOLADE_URL",
];

/// Settings of the service.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Network and process settings.
    pub server: ServerSettings,
    /// Limits of requests, streams and background jobs.
    pub limits: LimitSettings,
    /// Settings of player pages and player tokens.
    pub players: PlayerSettings,
    /// Appearance of pages.
    pub pages: PageSettings,
    /// Sessions and passwords of administrators.
    pub administrators: AdministratorSettings,
    /// Log level and format.
    pub log: LogSettings,
}

/// Network and process settings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerSettings {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// External URL, as browsers use it; empty if it is the `listen` address.
    pub public_url: String,
    /// Path prefix of all URLs; empty for none.
    pub prefix: String,
    /// Maximum number of open connections.
    pub connections: usize,
    /// Maximum number of open connections of one address. Trusted proxies have no such limit.
    pub connections_per_address: usize,
    /// Timeout for receiving the request headers, in seconds.
    pub head_seconds: u64,
    /// Timeout for receiving a request and starting its response, in seconds.
    pub request_seconds: u64,
    /// Idle timeout while receiving streamed events, in seconds.
    pub idle_seconds: u64,
    /// Maximum duration of a graceful shutdown, in seconds.
    pub stop_seconds: u64,
    /// Reverse proxies whose `X-Forwarded-For` header is trusted.
    pub trusted_proxies: Vec<IpAddr>,
}

impl ServerSettings {
    /// Returns an address at which the service can be reached from this machine.
    pub fn reachable_address(&self) -> SocketAddr {
        let ip = match self.listen.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        SocketAddr::new(ip, self.listen.port())
    }
}

/// Limits of requests, streams and background jobs.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitSettings {
    /// Maximum size of a request body, in bytes.
    pub body_bytes: usize,
    /// Maximum number of events in a batch.
    pub batch_events: usize,
    /// Maximum number of items on a page of a list.
    pub page_items: usize,
    /// Maximum number of open live streams.
    pub streams: usize,
    /// Maximum number of open live streams of one address. API keys have no such limit.
    pub streams_per_address: usize,
    /// Sustained rate limit of one caller, in requests per second.
    pub requests_per_second: u32,
    /// Maximum burst of one caller, in requests.
    pub requests_at_once: u32,
    /// Sustained rate limit of the public pages for one address, in requests per second.
    pub pages_per_second: u32,
    /// Maximum burst on the public pages for one address, in requests.
    pub pages_at_once: u32,
    /// Maximum number of running background jobs.
    pub jobs: usize,
}

/// Settings of player pages and player tokens.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlayerSettings {
    /// True if pages are public, false if only players and administrators can see them.
    pub public_pages: bool,
    /// Maximum and default lifetime of a player token, in seconds.
    pub token_seconds: u64,
    /// Origins whose scripts may use player tokens (CORS).
    pub origins: Vec<String>,
}

/// Appearance of pages.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageSettings {
    /// Name of the community; empty for the name of the published catalog.
    pub title: String,
    /// True if the footer says "Powered by Accolade".
    pub credit: bool,
    /// Folder with templates that override the built-in ones; empty for none.
    pub templates: PathBuf,
    /// True if a card celebrates tiers and rare badges, false if a toast announces them.
    pub celebrations: bool,
    /// Origins of other sites that may embed the cards of players and badges in frames.
    pub embed_origins: Vec<String>,
}

/// Sessions and passwords of administrators.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdministratorSettings {
    /// Session lifetime, in seconds.
    pub session_seconds: u64,
    /// Minimum password length, in bytes.
    pub password_bytes: usize,
}

/// Log level and format.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogSettings {
    /// Minimum level: `error`, `warn`, `info`, `debug` or `trace`.
    pub level: String,
    /// Format of log lines.
    pub format: LogFormat,
}

/// Format of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Plain text for people.
    Text,
    /// One JSON object per line.
    Json,
}

/// Error in the settings file or in an environment variable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{location}: {message}")]
pub struct SettingsError {
    /// Name of the file or environment variable.
    pub location: String,
    /// Description of the error with a suggested fix.
    pub message: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self::from_sources(None, []).expect("the reference is valid; a test parses it")
    }
}

impl Settings {
    /// Reads settings: the defaults, overridden by a file, overridden by environment variables.
    ///
    /// `file` is the name and the content of the file.
    ///
    /// ```
    /// use accolade_web::Settings;
    ///
    /// let file = ("accolade-server.toml", "[pages]\ntitle = 'Woodworkers'");
    /// let variables = [("ACCOLADE_SERVER_STOP_SECONDS".to_owned(), "3".to_owned())];
    /// let settings = Settings::from_sources(Some(file), variables)?;
    /// assert_eq!((&*settings.pages.title, settings.server.stop_seconds), ("Woodworkers", 3));
    /// # Ok::<(), accolade_web::SettingsError>(())
    /// ```
    ///
    /// # Errors
    /// Returns an error if the file is not valid TOML, or if a setting or a variable with the prefix
    /// `ACCOLADE_` is unknown or has an invalid value.
    pub fn from_sources(
        file: Option<(&str, &str)>,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, SettingsError> {
        let mut table: Table = toml::from_str(SETTINGS_REFERENCE)
            .expect("the reference is valid TOML; a test parses it");
        if let Some((name, text)) = file {
            let wrong = |what: String| SettingsError {
                location: name.to_owned(),
                message: what,
            };
            let own: Table = toml::from_str(text).map_err(|error| wrong(error.to_string()))?;
            override_settings(&mut table, own).map_err(wrong)?;
            // Validated after each layer, so that an error names the layer that caused it.
            Self::try_from_table(&table).map_err(wrong)?;
        }
        for (name, value) in variables {
            let Some(place) = find_overridden(&mut table, &name) else {
                check_other_variable(&table, &name)?;
                continue;
            };
            let wrong = |what: String| SettingsError {
                location: name.clone(),
                message: what,
            };
            *place = parse_value(place, &value).map_err(wrong)?;
            Self::try_from_table(&table).map_err(wrong)?;
        }
        Self::try_from_table(&table).map_err(|what| SettingsError {
            location: "the configuration".to_owned(),
            message: what,
        })
    }

    /// Checks that every variable whose name begins with `ACCOLADE_` is known. Other variables are
    /// ignored.
    ///
    /// # Errors
    /// Returns an error with a suggestion for the first unknown variable.
    pub fn check_variable_names<'n>(
        names: impl IntoIterator<Item = &'n str>,
    ) -> Result<(), SettingsError> {
        let mut table: Table = toml::from_str(SETTINGS_REFERENCE)
            .expect("the reference is valid TOML; a test parses it");
        for name in names {
            if find_overridden(&mut table, name).is_none() {
                check_other_variable(&table, name)?;
            }
        }
        Ok(())
    }

    fn try_from_table(table: &Table) -> Result<Self, String> {
        let settings: Self = table
            .clone()
            .try_into()
            .map_err(|error: toml::de::Error| error.message().to_owned())?;
        let prefix = &settings.server.prefix;
        // The prefix is put in front of paths that begin with a slash, in routes, links and
        // cookies.
        let is_path = prefix.is_empty() || prefix.starts_with('/') && !prefix.ends_with('/');
        // A brace would begin a parameter of a route; the others would end a path or an attribute.
        if !is_path || prefix.contains(['?', '#', '{', ' ', '"', '<']) {
            return Err(format!(
                "invalid server.prefix `{prefix}`; it must start with a slash and not end with \
                 one, for example \"/game\""
            ));
        }
        let url = &settings.server.public_url;
        let is_address =
            url.is_empty() || url.starts_with("http://") || url.starts_with("https://");
        if !is_address {
            return Err(format!(
                "invalid server.public_url `{url}`; it must start with https:// or http://"
            ));
        }
        for origin in &settings.players.origins {
            check_origin(origin, "players.origins")?;
        }
        for origin in &settings.pages.embed_origins {
            check_origin(origin, "pages.embed_origins")?;
        }
        Ok(settings)
    }
}

/// Validates an origin that a setting allows.
fn check_origin(origin: &str, setting: &str) -> Result<(), String> {
    // `null` stands for the origins of all sandboxed pages and local files, and `*` for all.
    let has_host = origin.split_once("://").is_some_and(|(scheme, host)| {
        let is_odd = |char: char| char.is_whitespace() || "/?#@*;,'".contains(char);
        !scheme.is_empty() && !host.is_empty() && !host.contains(is_odd)
    });
    // Browsers send origins in lower case, and they are compared exactly.
    if has_host && origin.to_lowercase() == origin {
        return Ok(());
    }
    Err(format!(
        "invalid origin `{origin}` in {setting}; use scheme and host in lower case without a \
         path, for example \"https://shop.example.com\""
    ))
}

/// Overrides the settings of one table with those of another. Rejects unknown settings.
fn override_settings(under: &mut Table, over: Table) -> Result<(), String> {
    for (section, settings) in over {
        let Some(Value::Table(known)) = under.get_mut(&section) else {
            return Err(format!(
                "unknown section [{section}]; run `accolade config --print` to list all settings"
            ));
        };
        let Value::Table(settings) = settings else {
            return Err(format!(
                "`{section}` is a section; write [{section}] with its settings below it"
            ));
        };
        for (setting, value) in settings {
            // The error of serde would not name the section.
            if !known.contains_key(&setting) {
                return Err(format!(
                    "unknown setting `{setting}` in [{section}]; run `accolade config --print` to \
                     list all settings"
                ));
            }
            known.insert(setting, value);
        }
    }
    Ok(())
}

/// Finds the value that an environment variable overrides.
fn find_overridden<'t>(table: &'t mut Table, name: &str) -> Option<&'t mut Value> {
    let name = name.strip_prefix(VARIABLE_PREFIX)?.to_ascii_lowercase();
    // Setting names contain underscores as well, so the name cannot simply be split at the first.
    table.iter_mut().find_map(|(section, settings)| {
        let setting = name.strip_prefix(section.as_str())?.strip_prefix('_')?;
        settings.get_mut(setting)
    })
}

/// Returns an error if a variable that is no setting has the prefix and is unknown.
fn check_other_variable(table: &Table, name: &str) -> Result<(), SettingsError> {
    let Some(rest) = name.strip_prefix(VARIABLE_PREFIX) else {
        return Ok(());
    };
    // Kubernetes sets such variables in every container next to a service named `accolade`.
    let is_service_link =
        rest == "PORT" || rest.starts_with("PORT_") || rest.starts_with("SERVICE_");
    if is_service_link || OTHER_VARIABLES.contains(&name) {
        return Ok(());
    }
    let settings = table.iter().flat_map(|(section, settings)| {
        let settings = settings.as_table().into_iter().flatten();
        settings.map(move |(setting, _)| {
            format!("{VARIABLE_PREFIX}{section}_{setting}").to_ascii_uppercase()
        })
    });
    let known: Vec<String> = settings.chain(OTHER_VARIABLES.map(str::to_owned)).collect();
    let suggestion = suggest::did_you_mean(name, known.iter().map(String::as_str))
        .unwrap_or_else(|| "run `accolade config --print` to list all settings".to_owned());
    Err(SettingsError {
        location: name.to_owned(),
        message: format!("unknown environment variable; {suggestion}"),
    })
}

/// Parses the text of a variable as a value of the same type as `value`. Commas separate list
/// items.
fn parse_value(value: &Value, text: &str) -> Result<Value, String> {
    let expected = |kind: &str| format!("`{text}` is not {kind}");
    match value {
        Value::Integer(_) => text
            .parse()
            .map(Value::Integer)
            .map_err(|_| expected("an integer")),
        Value::Boolean(_) => text
            .parse()
            .map(Value::Boolean)
            .map_err(|_| expected("`true` or `false`")),
        Value::Array(_) => {
            let items = text
                .split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty());
            Ok(Value::Array(
                items.map(|item| Value::String(item.to_owned())).collect(),
            ))
        }
        // Addresses and names are checked when the table is converted.
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
        Settings::from_sources(Some(("it.toml", file)), variables)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_service_on_all_addresses_is_reached_on_the_loopback_address() {
        for (listen, expected) in [
            ("0.0.0.0:8000", "127.0.0.1:8000"),
            ("[::]:8000", "[::1]:8000"),
            ("127.0.0.2:80", "127.0.0.2:80"),
        ] {
            let mut settings = Settings::default();
            settings.server.listen = listen.parse().unwrap();
            let reached = settings.server.reachable_address();
            assert_eq!(reached.to_string(), expected);
        }
    }

    #[test]
    fn the_reference_is_a_valid_settings_file() {
        let settings = Settings::default();
        assert!(
            settings.server.listen.ip().is_loopback(),
            "the service is not reachable from the network by default"
        );
        assert_eq!(
            settings.limits.batch_events,
            accolade_core::limits::BATCH_EVENTS
        );
    }

    #[test]
    fn variables_override_the_file_and_the_file_overrides_the_reference() {
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
            // Set by Kubernetes next to a service named `accolade`.
            ("ACCOLADE_SERVICE_HOST", "10.0.0.7"),
            ("ACCOLADE_PORT_8000_TCP", "tcp://10.0.0.7:8000"),
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
    fn an_error_names_its_place_and_a_fix() {
        for (file, variables, expected) in [
            (
                "listen = '127.0.0.1:1'",
                &[][..],
                "unknown section [listen]",
            ),
            ("server = 1", &[], "`server` is a section; write [server]"),
            ("[sever]\n", &[], "it.toml: unknown section [sever]"),
            (
                "[server]\nlissen = 'x'",
                &[],
                "unknown setting `lissen` in [server]",
            ),
            (
                "[server]\nlisten = 'x'",
                &[],
                "it.toml: invalid socket address",
            ),
            (
                "[server]\nprefix = 'game/'",
                &[],
                "invalid server.prefix `game/`",
            ),
            (
                "[server]\npublic_url = 'play.example'",
                &[],
                "must start with https://",
            ),
            (
                "[players]\norigins = ['https://a.example', 'null']",
                &[],
                "it.toml: invalid origin `null` in players.origins",
            ),
            (
                "",
                &[("ACCOLADE_PLAYERS_ORIGINS", "null")],
                "ACCOLADE_PLAYERS_ORIGINS: invalid origin `null`",
            ),
            ("[players]\norigins = ['*']", &[], "invalid origin `*`"),
            (
                "[players]\norigins = ['https://a.example/']",
                &[],
                "invalid origin `https://a.example/`",
            ),
            (
                "[players]\norigins = ['https://A.example']",
                &[],
                "in lower case",
            ),
            ("[players]\norigins = ['a.example']", &[], "scheme and host"),
            ("[log]\nformat = 'xml'", &[], "xml"),
            ("[server", &[], "it.toml: "),
            (
                "",
                &[("ACCOLADE_LIMITS_JOBS", "many")],
                "ACCOLADE_LIMITS_JOBS: `many` is not an integer",
            ),
            (
                "",
                &[("ACCOLADE_PLAYERS_PUBLIC_PAGES", "1")],
                "`1` is not `true` or `false`",
            ),
            (
                "",
                &[("ACCOLADE_LIMITS_BODYBYTES", "1000")],
                "ACCOLADE_LIMITS_BODYBYTES: unknown environment variable; did you mean \
                 `ACCOLADE_LIMITS_BODY_BYTES`?",
            ),
            (
                "",
                &[("ACCOLADE_DATABASE", "sqlite:x")],
                "unknown environment variable; run `accolade config --print`",
            ),
        ] {
            let found = read(file, variables).unwrap_err();
            assert!(found.contains(expected), "{file} {variables:?}: {found}");
        }
    }
}
