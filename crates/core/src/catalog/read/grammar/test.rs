//! The keys of tests.

use super::shared::{ANY_AMOUNT, ANY_NUMBER, optional_key, required_key};
use crate::catalog::read::shapes::{TableShape, ValueShape};

/// The maximum number of events in one line.
// A whole test may have as many events (`MAX_EVENTS` in `testing`).
const MAX_REPEATS: i64 = 100_000;

pub(super) static TEST: TableShape = TableShape {
    name: "test",
    title: "a test",
    doc: "A history and the expected result.",
    keys: &[
        required_key(
            "name",
            ValueShape::Text,
            "The statement that the test proves.",
        ),
        required_key(
            "given",
            ValueShape::List(&ValueShape::Table(&TEST_EVENT), 0, ANY_NUMBER),
            "The events of the history.",
        ),
        optional_key(
            "now",
            ValueShape::Instant,
            "The time to which the clock advances after the history.",
        ),
        required_key(
            "expect",
            ValueShape::Map(
                &ValueShape::ApplicationId,
                &ValueShape::Table(&EXPECTATION),
                0,
            ),
            "The expected state by player.",
        ),
    ],
};

static TEST_EVENT: TableShape = TableShape {
    name: "test-event",
    title: "a line of `given`",
    doc: "An event, or a series of equal events.",
    keys: &[
        required_key("player", ValueShape::ApplicationId, "The id of the player."),
        required_key(
            "name",
            ValueShape::RecordedEventName,
            "The name of the event, or of a manual action such as `accolade.award`.",
        ),
        optional_key(
            "id",
            ValueShape::ApplicationId,
            "The id of the event. Derived from its position when absent.",
        ),
        optional_key(
            "at",
            ValueShape::Instant,
            "The time of the event. One second after the previous event when absent.",
        ),
        optional_key(
            "repeat",
            ValueShape::Integer(1, MAX_REPEATS),
            "The number of events. 1 when absent.",
        ),
        optional_key(
            "every",
            ValueShape::Duration,
            "The time between repeated events. One second when absent.",
        ),
        optional_key("props", ValueShape::Props, "The properties of the event."),
    ],
};

static EXPECTATION: TableShape = TableShape {
    name: "expectation",
    title: "an expectation",
    doc: "The expected state of a player after the history.",
    keys: &[
        optional_key(
            "badges",
            ValueShape::List(&ValueShape::Award, 0, ANY_NUMBER),
            "Awards that must be held: `badge`, `badge:tier`, `badge@key` or `badge:tier@key`.",
        ),
        optional_key(
            "without",
            ValueShape::List(&ValueShape::Award, 0, ANY_NUMBER),
            "Awards that must not be held, written the same way.",
        ),
        optional_key(
            "points",
            ValueShape::Map(&ValueShape::Reference, &ANY_AMOUNT, 0),
            "Exact balances by currency.",
        ),
        optional_key(
            "unlocked",
            ValueShape::List(&ValueShape::Reference, 0, ANY_NUMBER),
            "Unlockables that must be open.",
        ),
        optional_key(
            "locked",
            ValueShape::List(&ValueShape::Reference, 0, ANY_NUMBER),
            "Unlockables that must be closed.",
        ),
        optional_key(
            "progress",
            ValueShape::Map(&ValueShape::Reference, &ValueShape::Number, 0),
            "The exact progress by badge.",
        ),
    ],
};
