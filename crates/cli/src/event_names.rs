//! Names of events that no rule listens to, and names that were never recorded.

use accolade::store::{Store, StoreReader};
use accolade::{Catalog, EventNameFindings, UnseenName};
use accolade_sqlite::SqliteStore;
use accolade_web::models::UnheardEventsModel;
use serde_json::{Value, json};

use crate::args::GlobalArgs;
use crate::database::Database;
use crate::error::CommandError;
use crate::format::{count_noun, group_thousands};

/// Comparison of a catalog with the events of a database.
pub(crate) struct EventNameCheck {
    /// URL of the database and its source, such as `sqlite:accolade.db (default)`.
    database: String,
    findings: Result<EventNameFindings, CommandError>,
}

impl EventNameCheck {
    /// Compares a catalog with the database that the arguments name, if it exists. Nothing is
    /// created or migrated.
    pub(crate) fn compare(global: &GlobalArgs, catalog: &Catalog) -> Option<Self> {
        let database = match Database::from_args(global) {
            Ok(database) if !database.has_content() => return None,
            Ok(database) => database,
            Err(error) => {
                return Some(Self {
                    database: "the database".to_owned(),
                    findings: Err(error),
                });
            }
        };
        let load = || {
            let store = SqliteStore::from_url(&database.read_only_url())?;
            let mut reader: Box<dyn StoreReader> = store.open_reader()?;
            EventNameFindings::load(&mut *reader, catalog)
        };
        Some(Self {
            database: format!("{} ({})", database.url, database.url_source),
            findings: load().map_err(|error| CommandError::new(error.to_string())),
        })
    }

    pub(crate) fn to_json(&self) -> Value {
        match &self.findings {
            Ok(findings) => json!({ "database": self.database, "unseen": findings.unseen }),
            Err(error) => json!({ "database": self.database, "error": describe_error(error) }),
        }
    }

    /// Describes the result: a line, and one more for each name that was never recorded.
    pub(crate) fn to_text(&self) -> String {
        let database = &self.database;
        match &self.findings {
            Err(error) => {
                let error = describe_error(error);
                format!("warning: event names were not compared with {database}: {error}\n")
            }
            Ok(findings) if findings.recorded == 0 => {
                format!("event names were not compared with {database}: it has no events\n")
            }
            Ok(findings) if findings.unseen.is_empty() => {
                format!("{database} has events of all names that rules listen to\n")
            }
            Ok(findings) => {
                let names = count_noun(findings.unseen.len() as u64, "name");
                let listen = if findings.unseen.len() == 1 {
                    "a rule listens"
                } else {
                    "rules listen"
                };
                let lines = list_unseen(&findings.unseen);
                format!(
                    "warning: {database} has no events of {names} to which {listen}:\n{}\n",
                    lines.join("\n")
                )
            }
        }
    }
}

fn describe_error(error: &CommandError) -> String {
    match error {
        CommandError::Message(message) => message.clone(),
        _ => "it cannot be read".to_owned(),
    }
}

/// Lists names that were never recorded, one indented line each.
pub(crate) fn list_unseen(unseen: &[UnseenName]) -> Vec<String> {
    unseen.iter().map(|name| format!("  {name}")).collect()
}

/// Describes the events of a file that no rule listens to, one line for each name.
pub(crate) fn describe_unheard(unheard: &UnheardEventsModel) -> Vec<String> {
    let mut lines: Vec<String> = unheard
        .names
        .iter()
        .map(|one| format!("warning: {}: {}", count_noun(one.events, "event"), one.hint))
        .collect();
    let listed: u64 = unheard.names.iter().map(|one| one.events).sum();
    if listed < unheard.events {
        lines.push(format!(
            "warning: no rule listens to {} more events of other names",
            group_thousands(unheard.events - listed)
        ));
    }
    lines
}
