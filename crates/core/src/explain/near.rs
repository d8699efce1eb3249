//! Events that came near and did not count.

use serde::Serialize;

use super::rfc3339;
use crate::event::Event;
use crate::fold::SkipReason;
use crate::time::Timestamp;

/// An event that came near and did not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NearEvent {
    /// Its id.
    pub event: String,
    /// Its name.
    pub name: String,
    /// When it happened.
    #[serde(serialize_with = "rfc3339")]
    pub at: Timestamp,
    /// The rule, or the part of the criterion, that it did not count for, where there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// Why, as a word for programs: `condition_false`, `before_since`, `after_until`, `duplicate`, `outside_window`,
    /// `limit_reached`, `cooling_down`, `nothing_to_pay`, `retracted`, `reset`, `another_key`, `requires`, `revoked` or
    /// `error`.
    pub reason: &'static str,
    /// Why, for people.
    pub message: String,
    /// The act that made it stop counting, if one did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub act: Option<String>,
    /// How many points a limit kept from being paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cut: Option<i64>,
}

impl NearEvent {
    pub(super) fn new(
        event: &Event,
        part: Option<String>,
        reason: &'static str,
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
            act: None,
            cut: None,
        }
    }

    pub(super) fn skipped(event: &Event, part: Option<String>, reason: &SkipReason) -> Self {
        Self::new(event, part, reason.code(), reason.to_string())
    }

    pub(super) fn retracted(event: &Event, by: &str) -> Self {
        let near = Self::new(
            event,
            None,
            "retracted",
            format!("it was retracted by the act {by}"),
        );
        Self {
            act: Some(by.to_owned()),
            ..near
        }
    }
}
