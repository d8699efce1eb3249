//! Comparison of what clients observed with what is stored.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::observations::{Observations, RecordName, ShownOutcome};
use super::stored::StoredData;
use super::workload::{Workload, WorkloadEvent};

/// Numbers of events and actions that clients created. Others must not be stored.
#[derive(Debug, Clone, Copy)]
pub(super) struct CreatedCounts {
    pub(super) events: u64,
    pub(super) actions: u64,
    pub(super) imported: u64,
}

/// Compares everything. Returns all differences, at most a few of each kind.
pub(super) fn find_differences(
    observations: &Observations,
    stored: &StoredData,
    workload: &Workload,
    created: CreatedCounts,
) -> Vec<String> {
    let mut found = observations.differences.clone();
    found.extend(compare_events(observations, stored, workload, created));
    found.extend(compare_outcomes(observations, &stored.feed));
    for (name, outcomes) in &observations.readers {
        found.extend(compare_reader(name, outcomes, &stored.feed));
    }
    found
}

/// Checks that each acknowledged and imported event is stored once, as it was sent, and that
/// nothing else is.
fn compare_events(
    observations: &Observations,
    stored: &StoredData,
    workload: &Workload,
    created: CreatedCounts,
) -> Vec<String> {
    let mut found = Vec::new();
    let mut names = BTreeSet::new();
    for event in &stored.events {
        if !names.insert(&event.name) {
            found.push(format!("{:?} is stored twice", event.name));
        }
    }
    let imported: Vec<RecordName> = (0..created.imported)
        .map(|number| workload.imported_event(number).name())
        .collect();
    for name in observations.receipts.keys() {
        if !names.contains(name) {
            found.push(format!("{name:?} was acknowledged and is not stored"));
        }
    }
    for name in &imported {
        if !names.contains(name) {
            found.push(format!("{name:?} was imported and is not stored"));
        }
    }
    let sent: BTreeMap<RecordName, Option<WorkloadEvent>> = (0..created.events)
        .map(|number| workload.event(number))
        .chain((0..created.imported).map(|number| workload.imported_event(number)))
        .map(|event| (event.name(), Some(event)))
        .chain((0..created.actions).map(|number| (workload.action(number).name(), None)))
        .collect();
    for event in &stored.events {
        match sent.get(&event.name) {
            None => found.push(format!("{:?} is stored and was never sent", event.name)),
            Some(Some(original)) if !is_same_event(&original.json, &event.json) => {
                found.push(format!(
                    "an event is not stored as it was sent:\n  {}\n  {}",
                    original.json, event.json
                ));
            }
            Some(_) => {}
        }
    }
    let new = (names.len() as u64).saturating_sub(created.imported);
    if observations.accepted > new {
        found.push(format!(
            "{} events and actions were accepted, and {new} are stored",
            observations.accepted
        ));
    }
    found
}

/// Compares an event as it was sent with its export, in which the defaults may be left out.
fn is_same_event(sent: &Value, stored: &Value) -> bool {
    let order = |event: &Value| event["order"].as_i64().unwrap_or(0);
    let props = |event: &Value| match &event["props"] {
        Value::Object(props) if !props.is_empty() => Some(props.clone()),
        _ => None,
    };
    ["id", "player", "name", "at"]
        .iter()
        .all(|field| sent[*field] == stored[*field])
        && order(sent) == order(stored)
        && props(sent) == props(stored)
}

/// Checks that each outcome of a receipt is in the feed with the same content, that it belongs to
/// one receipt, and that the receipts hold every outcome of their events.
fn compare_outcomes(observations: &Observations, feed: &[ShownOutcome]) -> Vec<String> {
    let mut found = Vec::new();
    let by_seq: BTreeMap<u64, &str> = feed
        .iter()
        .map(|shown| (shown.seq, shown.json.as_str()))
        .collect();
    let mut owners: BTreeMap<u64, &RecordName> = BTreeMap::new();
    for (name, receipt) in &observations.receipts {
        for shown in receipt.outcomes.iter().flatten() {
            match by_seq.get(&shown.seq) {
                None => found.push(format!(
                    "the receipt of {name:?} has an outcome that is not in the feed: {}",
                    shown.json
                )),
                Some(json) if *json != shown.json => found.push(format!(
                    "the receipt of {name:?} and the feed differ:\n  {}\n  {json}",
                    shown.json
                )),
                Some(_) => {}
            }
            if let Some(other) = owners.insert(shown.seq, name) {
                let seq = shown.seq;
                found.push(format!(
                    "{name:?} and {other:?} have the same outcome {seq}"
                ));
            }
        }
    }
    for shown in feed {
        let Some(name) = find_trigger(shown) else {
            continue;
        };
        let listed = observations
            .receipts
            .get(&name)
            .is_some_and(|receipt| receipt.outcomes.is_some());
        if listed && owners.get(&shown.seq) != Some(&&name) {
            found.push(format!(
                "the receipt of {name:?} lacks an outcome of the feed: {}",
                shown.json
            ));
        }
    }
    found
}

/// Finds the event or action whose receipt must hold an outcome. Outcomes of late events may be the
/// net of several of them, and those of time have no receipt.
fn find_trigger(shown: &ShownOutcome) -> Option<RecordName> {
    let json: Value = serde_json::from_str(&shown.json).ok()?;
    let cause = json["caused_by"].as_str().or(json["event"].as_str())?;
    let player = json["player"].as_str()?;
    ["event", "action", "retract"]
        .contains(&json["trigger"].as_str()?)
        .then(|| (player.to_owned(), cause.to_owned()))
}

/// Checks that a reader received every number of the feed once, in order, and with equal content.
/// Outcomes after its last number may be missing: time may have caused them after it ended.
fn compare_reader(name: &str, outcomes: &[ShownOutcome], feed: &[ShownOutcome]) -> Option<String> {
    for (position, (shown, stored)) in outcomes.iter().zip(feed).enumerate() {
        if shown != stored {
            return Some(format!(
                "outcome {position} of the reader {name} is not that of the feed:\n  {}\n  {}",
                shown.json, stored.json
            ));
        }
    }
    let (count, stored) = (outcomes.len(), feed.len());
    (count > stored)
        .then(|| format!("the reader {name} received {count} outcomes, and the feed has {stored}"))
}

#[cfg(test)]
mod tests;
