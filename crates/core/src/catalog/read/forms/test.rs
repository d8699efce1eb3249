//! The keys of tests.

use super::{ANY_AMOUNT, ANY_NUMBER, optional, required};
use crate::catalog::read::shape::{Form, Shape};

/// The maximum number of events in one line.
const MOST_REPEATS: i64 = 100_000;

pub(super) static TEST: Form = Form {
    name: "test",
    title: "a test",
    doc: "A history and the expected result.",
    keys: &[
        required("name", Shape::Text, "The statement that the test proves."),
        required(
            "given",
            Shape::List(&Shape::Form(&TEST_EVENT), 0, ANY_NUMBER),
            "The events of the history.",
        ),
        optional(
            "now",
            Shape::Instant,
            "The time to which the clock advances after the history.",
        ),
        required(
            "expect",
            Shape::Map(&Shape::ForeignId, &Shape::Form(&EXPECTATION), 0),
            "The expected state by player.",
        ),
    ],
};

static TEST_EVENT: Form = Form {
    name: "test-event",
    title: "a line of `given`",
    doc: "An event, or a series of equal events.",
    keys: &[
        required("player", Shape::ForeignId, "The id of the player."),
        required(
            "name",
            Shape::Recorded,
            "The name of the event, or of a manual action such as `accolade.award`.",
        ),
        optional(
            "id",
            Shape::ForeignId,
            "The id of the event. Derived from its position when absent.",
        ),
        optional(
            "at",
            Shape::Instant,
            "The time of the event. One second after the previous event when absent.",
        ),
        optional(
            "repeat",
            Shape::Whole(1, MOST_REPEATS),
            "The number of events. 1 when absent.",
        ),
        optional(
            "every",
            Shape::Duration,
            "The time between repeated events. One second when absent.",
        ),
        optional("props", Shape::Props, "The properties of the event."),
    ],
};

static EXPECTATION: Form = Form {
    name: "expectation",
    title: "an expectation",
    doc: "The expected state of a player after the history.",
    keys: &[
        optional(
            "badges",
            Shape::List(&Shape::Award, 0, ANY_NUMBER),
            "Awards that must be held: `badge`, `badge:tier`, `badge@key` or `badge:tier@key`.",
        ),
        optional(
            "without",
            Shape::List(&Shape::Award, 0, ANY_NUMBER),
            "Awards that must not be held, written the same way.",
        ),
        optional(
            "points",
            Shape::Map(&Shape::Reference, &ANY_AMOUNT, 0),
            "Exact balances by currency.",
        ),
        optional(
            "unlocked",
            Shape::List(&Shape::Reference, 0, ANY_NUMBER),
            "Unlockables that must be open.",
        ),
        optional(
            "locked",
            Shape::List(&Shape::Reference, 0, ANY_NUMBER),
            "Unlockables that must be closed.",
        ),
        optional(
            "progress",
            Shape::Map(&Shape::Reference, &Shape::Number, 0),
            "The exact progress by badge.",
        ),
    ],
};
