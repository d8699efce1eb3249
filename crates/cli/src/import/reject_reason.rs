//! Reasons to reject the line of an event.

use accolade::Rejection;
use accolade_core::event::EventError;

/// Reason to reject a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum RejectReason {
    /// The line is longer than the limit.
    TooLong,
    /// The line is not a JSON object with the fields of an event.
    NotAnEvent,
    /// A field of the event is not valid.
    InvalidEvent,
    /// The event is a manual action, which needs an option.
    Action,
    /// The player was erased.
    ErasedPlayer,
    /// The action is not possible in the player's state.
    Refused,
}

impl RejectReason {
    /// Returns the name of the reason, in the plural, such as `invalid events`.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::TooLong => "lines too long",
            Self::NotAnEvent => "lines without an event",
            Self::InvalidEvent => "invalid events",
            Self::Action => "actions",
            Self::ErasedPlayer => "events of erased players",
            Self::Refused => "refused actions",
        }
    }

    /// Returns the name of the reason in JSON, such as `invalid_event`.
    pub(crate) fn json_name(self) -> &'static str {
        match self {
            Self::TooLong => "too_long",
            Self::NotAnEvent => "not_an_event",
            Self::InvalidEvent => "invalid_event",
            Self::Action => "action",
            Self::ErasedPlayer => "erased_player",
            Self::Refused => "refused",
        }
    }

    /// Returns the reason for the error of an event.
    pub(crate) fn from_event_error(error: &EventError) -> Self {
        match error {
            EventError::Json(_) => Self::NotAnEvent,
            EventError::Reserved(_) => Self::Action,
            _ => Self::InvalidEvent,
        }
    }

    /// Returns the reason for a rejection by the engine.
    pub(crate) fn from_rejection(rejection: &Rejection) -> Self {
        match rejection {
            Rejection::Invalid(error) => Self::from_event_error(error),
            Rejection::PlayerErased => Self::ErasedPlayer,
            _ => Self::Refused,
        }
    }
}

/// Line that is not sent to the engine.
#[derive(Debug)]
pub(crate) struct MalformedLine {
    /// Reason to reject the line.
    pub(crate) reason: RejectReason,
    /// Description of the problem.
    pub(crate) message: String,
}
