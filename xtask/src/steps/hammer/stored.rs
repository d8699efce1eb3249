//! Stored data after a run, read by the command line after all servers have ended.

use serde_json::Value;

use super::observations::{RecordName, ShownOutcome};
use crate::steps::service::ServiceSetup;

/// Event or action as `accolade export events` shows it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct StoredEvent {
    pub(super) name: RecordName,
    pub(super) json: Value,
}

/// Everything that a run leaves.
#[derive(Debug, Default)]
pub(super) struct StoredData {
    pub(super) events: Vec<StoredEvent>,
    /// The whole feed.
    pub(super) feed: Vec<ShownOutcome>,
}

impl StoredData {
    /// Exports the events and the feed.
    pub(super) fn load(setup: &ServiceSetup) -> Result<Self, String> {
        let events = parse_lines(&setup.run_command(&["export", "events"])?)?;
        Ok(Self {
            events: events
                .into_iter()
                .map(StoredEvent::from_json)
                .collect::<Result<_, _>>()?,
            feed: load_feed(setup)?,
        })
    }
}

impl StoredEvent {
    fn from_json(json: Value) -> Result<Self, String> {
        match (json["player"].as_str(), json["id"].as_str()) {
            (Some(player), Some(id)) => Ok(Self {
                name: (player.to_owned(), id.to_owned()),
                json,
            }),
            _ => Err(format!("an exported event without player or id: {json}")),
        }
    }
}

/// Reads the number of the last outcome in the feed so far; 0 if there is none.
pub(super) fn load_last_seq(setup: &ServiceSetup) -> Result<u64, String> {
    Ok(load_feed(setup)?.last().map_or(0, |shown| shown.seq))
}

fn load_feed(setup: &ServiceSetup) -> Result<Vec<ShownOutcome>, String> {
    let limit = u32::MAX.to_string();
    let outcomes = parse_lines(&setup.run_command(&["feed", "--json", "--limit", &limit])?)?;
    outcomes.iter().map(ShownOutcome::from_json).collect()
}

fn parse_lines(text: &str) -> Result<Vec<Value>, String> {
    let lines = text.lines().map(|line| {
        serde_json::from_str(line).map_err(|error| format!("a line without JSON: {error}: {line}"))
    });
    lines.collect()
}
