//! Events: what players did, as sent and as recorded.

use std::fmt;

use serde::Deserialize;

use crate::limits;
use crate::time::{Timestamp, TimestampError};
use crate::value::{Props, PropsError, Value};

/// Names that begin like this belong to the engine: acts by hand and the events that rules derive.
pub const RESERVED_PREFIX: &str = "accolade.";

/// An event in a player's timeline.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Its id, unique for the player; what makes it idempotent (S12).
    pub id: String,
    /// Who did it.
    pub player: String,
    /// What was done.
    pub name: String,
    /// When.
    pub at: Timestamp,
    /// Its rank among events at the same instant (S1).
    pub order: i64,
    /// What else is known about it.
    pub props: Props,
}

impl Event {
    /// Its place in the timeline.
    pub fn position(&self) -> Position {
        Position {
            at: self.at,
            order: self.order,
            id: self.id.clone(),
        }
    }
}

/// A place in a timeline: ordered by instant, then `order`, then id bytewise (S1).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The instant.
    pub at: Timestamp,
    /// The rank among events at the same instant.
    pub order: i64,
    /// The event's id.
    pub id: String,
}

/// An event as an application sends it.
///
/// ```
/// use accolade_core::event::NewEvent;
///
/// let event = NewEvent::new("ada", "comment.posted").id("comment-1").prop("length", 40);
/// assert!(event.check().is_ok());
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct NewEvent {
    /// Its id; made up by the engine when absent, and then a repeated delivery cannot be recognised.
    pub id: Option<String>,
    /// Who did it.
    pub player: String,
    /// What was done.
    pub name: String,
    /// When; the moment of recording when absent.
    pub at: Option<Timestamp>,
    /// Its rank among events at the same instant.
    pub order: i64,
    /// What else is known about it.
    pub props: Props,
}

/// Why an event cannot be recorded. Nothing of it is kept.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum EventError {
    /// The text is no JSON object with the fields of an event.
    #[error("not an event: {0}")]
    Json(String),
    /// The properties break a rule.
    #[error("props: {0}")]
    Props(#[from] PropsError),
    /// `at` is no instant, or one out of range.
    #[error("at: {0}")]
    At(#[from] TimestampError),
    /// A text is empty.
    #[error("`{0}` is empty; it needs at least one character")]
    Empty(&'static str),
    /// A text is longer than its limit.
    #[error("`{field}` has {length} bytes; the limit is {limit}")]
    TooLong {
        /// Which field.
        field: &'static str,
        /// Its bytes.
        length: usize,
        /// The most that it may have.
        limit: usize,
    },
    /// A text holds a control character.
    #[error("`{0}` holds a control character; ids and names are plain text")]
    Control(&'static str),
    /// The name is reserved for acts and derived events (S18).
    #[error(
        "`{0}` is reserved: names that begin with `accolade.` are for acts by hand and for what rules derive"
    )]
    Reserved(String),
    /// The event lies too far ahead of the clock (S10).
    #[error("`at` is {at}, more than the allowed {ahead_seconds} s ahead of the clock ({now})")]
    Future {
        /// When the event claims to happen.
        at: Timestamp,
        /// The clock.
        now: Timestamp,
        /// What is allowed.
        ahead_seconds: i64,
    },
}

impl NewEvent {
    /// An event without id, time and properties.
    pub fn new(player: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            id: None,
            player: player.into(),
            name: name.into(),
            at: None,
            order: 0,
            props: Props::default(),
        }
    }

    /// Gives it an id, which makes sending it again harmless.
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Says when it happened.
    #[must_use]
    pub fn at(mut self, at: Timestamp) -> Self {
        self.at = Some(at);
        self
    }

    /// Ranks it among events at the same instant; 0 when not called.
    #[must_use]
    pub fn order(mut self, order: i64) -> Self {
        self.order = order;
        self
    }

    /// Adds a property.
    #[must_use]
    pub fn prop(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.props.insert(name, value.into());
        self
    }

    /// Reads an event line: `{"id","player","name","at","order","props"}`, of which `player` and `name` are required.
    ///
    /// # Errors
    /// When the text is no such object, has unknown or repeated fields, or breaks a limit.
    pub fn from_json(line: &[u8]) -> Result<Self, EventError> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Line {
            id: Option<String>,
            player: String,
            name: String,
            at: Option<String>,
            order: Option<i64>,
            #[serde(default)]
            props: Option<Props>,
        }
        let text = std::str::from_utf8(line).map_err(|error| {
            EventError::Json(format!(
                "invalid UTF-8 at byte {} of the line",
                error.valid_up_to() + 1
            ))
        })?;
        let line: Line =
            serde_json::from_str(text).map_err(|error| EventError::Json(readable(&error)))?;
        let at = line.at.map(|at| at.parse()).transpose()?;
        let props = line.props.unwrap_or_default();
        let event = Self {
            id: line.id,
            player: line.player,
            name: line.name,
            at,
            order: line.order.unwrap_or(0),
            props,
        };
        event.check()?;
        Ok(event)
    }

    /// Checks everything that does not need a clock.
    ///
    /// # Errors
    /// When an id or a name is empty, too long or holds control characters, or the properties are too large.
    pub fn check(&self) -> Result<(), EventError> {
        if let Some(id) = &self.id {
            check_text("id", id, limits::ID_BYTES)?;
        }
        check_text("player", &self.player, limits::ID_BYTES)?;
        check_text("name", &self.name, limits::NAME_BYTES)?;
        self.props.check()?;
        Ok(())
    }

    /// Whether its name is the engine's own.
    pub fn is_reserved(&self) -> bool {
        self.name.starts_with(RESERVED_PREFIX)
    }

    /// Refuses an event that lies more than `ahead` microseconds after `now`.
    ///
    /// # Errors
    /// When it does.
    pub fn check_clock(&self, now: Timestamp, ahead: i64) -> Result<(), EventError> {
        match self.at {
            Some(at) if at > now.plus(ahead) => Err(EventError::Future {
                at,
                now,
                ahead_seconds: ahead / crate::time::SECOND,
            }),
            _ => Ok(()),
        }
    }
}

/// Checks an id or a name: not empty, within its limit, plain text.
///
/// # Errors
/// When it is not.
pub fn check_text(field: &'static str, text: &str, limit: usize) -> Result<(), EventError> {
    if text.is_empty() {
        return Err(EventError::Empty(field));
    }
    if text.len() > limit {
        return Err(EventError::TooLong {
            field,
            length: text.len(),
            limit,
        });
    }
    if text.chars().any(char::is_control) {
        return Err(EventError::Control(field));
    }
    Ok(())
}

/// A JSON error in the words of somebody who looks at one line.
fn readable(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let message = text
        .rsplit_once(" at line ")
        .map_or(text.as_str(), |(message, _)| message);
    match error.column() {
        0 => message.to_owned(),
        column => format!("{message} (column {column})"),
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {} {} by {}",
            self.at, self.id, self.name, self.player
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_or_refused_with_a_reason() {
        let long = "x".repeat(300);
        let deep = format!(
            "{{\"player\":\"a\",\"name\":\"n\",\"props\":{{\"x\":{}1{}}}}}",
            "[".repeat(10_000),
            "]".repeat(10_000)
        );
        for (line, expected) in [
            (r#"{"player":"ada","name":"comment.posted"}"#, None),
            (
                r#"{"id":"1","player":"ada","name":"n","at":"2026-01-01T00:00:00Z","order":2,"props":{"a":[1,2.5,null]}}"#,
                None,
            ),
            (r#"{"player":"ada","name":"n","props":null}"#, None),
            ("", Some("EOF")),
            ("nonsense", Some("expected")),
            (r#"{"player":"ada"}"#, Some("missing field `name`")),
            (r#"{"player":7,"name":"n"}"#, Some("expected a string")),
            (
                r#"{"player":"ada","name":"n","palyer":"x"}"#,
                Some("unknown field `palyer`"),
            ),
            (
                r#"{"player":"ada","name":"n","name":"m"}"#,
                Some("duplicate field `name`"),
            ),
            (
                r#"{"player":"ada","name":"n","props":{"a":1,"a":2}}"#,
                Some("`a`"),
            ),
            (
                r#"{"player":"ada","name":"n","props":{"a":NaN}}"#,
                Some("expected value"),
            ),
            (r#"{"player":"","name":"n"}"#, Some("`player` is empty")),
            (
                &format!(r#"{{"player":"ada","name":"{long}"}}"#),
                Some("`name` has 300 bytes; the limit is 128"),
            ),
            (
                r#"{"player":"a\u0000b","name":"n"}"#,
                Some("control character"),
            ),
            (
                r#"{"player":"ada","name":"n","at":"0000-01-01T00:00:00Z"}"#,
                Some("out of range"),
            ),
            (
                r#"{"player":"ada","name":"n","at":5}"#,
                Some("expected a string"),
            ),
            (&deep, Some("16")),
        ] {
            let error = NewEvent::from_json(line.as_bytes())
                .err()
                .map(|error| error.to_string());
            match expected {
                None => assert_eq!(error, None, "{line:.80}"),
                Some(part) => {
                    assert!(
                        error.as_ref().is_some_and(|error| error.contains(part)),
                        "{line:.80}: {error:?}"
                    )
                }
            }
        }
        let error = NewEvent::from_json(b"{\"player\":\"\xff\"}").unwrap_err();
        assert!(
            error.to_string().contains("invalid UTF-8 at byte 12"),
            "{error}"
        );
    }

    #[test]
    fn s1_positions_order_by_instant_then_order_then_id() {
        let position = |at: i64, order, id: &str| Position {
            at: Timestamp::from_micros(at).unwrap(),
            order,
            id: id.into(),
        };
        let sorted = [
            position(1, 5, "z"),
            position(2, -1, "z"),
            position(2, 0, "a"),
            position(2, 0, "b"),
            position(2, 1, "a"),
        ];
        assert!(sorted.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
