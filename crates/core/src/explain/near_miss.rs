//! Near misses: events that almost counted.

use serde::Serialize;

use super::event_words;
use super::truncated::Truncated;
use crate::event::Event;
use crate::fold::{SkipCode, SkipReason};
use crate::time::Timestamp;

/// An event that almost counted, and the reason why it did not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NearMiss {
    /// The id of the event.
    pub event: String,
    /// The name of the event.
    pub name: String,
    /// Instant of the event.
    pub at: Timestamp,
    /// The rule or the part of the criterion for which it did not count, if there are several.
    pub part: Option<String>,
    /// The reason for programs.
    pub reason: SkipCode,
    /// The reason in English.
    pub message: String,
    /// The id of the action that retracted or reset it.
    pub action: Option<String>,
    /// The number of points that a limit cut off.
    pub cut: Option<i64>,
}

impl NearMiss {
    pub(super) fn new(
        event: &Event,
        part: Option<String>,
        reason: SkipCode,
        message: String,
    ) -> Self {
        let (id, name) = (event.id.clone(), event.name.clone());
        Self {
            event: id,
            name,
            at: event.at,
            part,
            reason,
            message,
            action: None,
            cut: None,
        }
    }

    pub(super) fn from_skipped(event: &Event, part: Option<String>, reason: &SkipReason) -> Self {
        Self::new(event, part, reason.code(), reason.to_string())
    }

    pub(super) fn from_retracted(event: &Event, by: &str) -> Self {
        let near = Self::new(
            event,
            None,
            SkipCode::Retracted,
            format!("retracted by action {by}"),
        );
        Self {
            action: Some(by.to_owned()),
            ..near
        }
    }
}

/// Near misses that have the same name and the same reason.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NearMissGroup<'a> {
    /// The name of the events.
    pub name: &'a str,
    /// The rule or the part of the criterion, if there are several.
    pub part: Option<&'a str>,
    /// The reason for programs.
    pub reason: SkipCode,
    /// The reason in English; `None` if it differs from event to event.
    pub message: Option<&'a str>,
    /// The events, newest first.
    pub events: Vec<&'a NearMiss>,
}

impl NearMissGroup<'_> {
    /// Returns the reason in English, for one event or for several.
    pub fn reason_in_words(&self) -> String {
        let general = match self.reason {
            SkipCode::AnotherKey => "they belong to another key",
            SkipCode::CoolingDown => "the earning had paid too recently",
            SkipCode::LimitReached => "the limit for the period was reached",
            SkipCode::Reset => "a reset cleared them",
            SkipCode::Retracted => "they were retracted",
            _ => "see the events",
        };
        match (self.reason, self.message) {
            (SkipCode::ConditionFalse, Some(message)) => {
                match message.strip_prefix("condition not met: ") {
                    Some(condition) => format!("{condition} is false"),
                    None => message.to_owned(),
                }
            }
            (_, message) => message.unwrap_or(general).to_owned(),
        }
    }

    /// Counts the events in words: `81 votes received`.
    pub fn count_in_words(&self) -> String {
        let number = self.events.len();
        format!(
            "{number} {}",
            event_words::name_event(self.name, number != 1)
        )
    }
}

/// Groups near misses by reason, the largest group first.
pub fn group_near_misses(near: &Truncated<NearMiss>) -> Vec<NearMissGroup<'_>> {
    let mut groups: Vec<NearMissGroup<'_>> = Vec::new();
    for event in near.entries.iter().rev() {
        let belongs = |group: &&mut NearMissGroup<'_>| {
            group.name == event.name
                && group.part == event.part.as_deref()
                && group.reason == event.reason
                && (group.message.is_none() || group.message == Some(&event.message))
        };
        match groups.iter_mut().find(belongs) {
            Some(group) => group.events.push(event),
            None => groups.push(NearMissGroup {
                name: &event.name,
                part: event.part.as_deref(),
                reason: event.reason,
                message: Some(event.message.as_str()).filter(|_| !is_specific(event.reason)),
                events: vec![event],
            }),
        }
    }
    // A stable sort: groups of the same size stay in order of their newest event.
    groups.sort_by_key(|group| std::cmp::Reverse(group.events.len()));
    groups
}

/// True if the message names the key or the action of one event.
fn is_specific(reason: SkipCode) -> bool {
    matches!(
        reason,
        SkipCode::AnotherKey
            | SkipCode::CoolingDown
            | SkipCode::LimitReached
            | SkipCode::Reset
            | SkipCode::Retracted
    )
}
