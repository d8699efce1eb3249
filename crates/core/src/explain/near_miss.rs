//! Near misses: events that almost counted.

use serde::Serialize;

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
