//! The keys of tests.

use super::{ANY_AMOUNT, ANY_NUMBER, optional, required};
use crate::catalog::read::shape::{Form, Shape};

/// The most times that a line repeats its event.
const MOST_REPEATS: i64 = 100_000;

pub(super) static TEST: Form = Form {
    name: "test",
    title: "a test",
    doc: "A history, and what must come of it.",
    keys: &[
        required("name", Shape::Text, "What it shows."),
        required(
            "given",
            Shape::List(&Shape::Form(&TEST_EVENT), 0, ANY_NUMBER),
            "The history, line by line.",
        ),
        optional(
            "now",
            Shape::Instant,
            "The time to which the clock goes on after the history.",
        ),
        required(
            "expect",
            Shape::Map(&Shape::ForeignId, &Shape::Form(&EXPECTATION), 0),
            "What must hold of each player afterwards.",
        ),
    ],
};

static TEST_EVENT: Form = Form {
    name: "test-event",
    title: "a line of `given`",
    doc: "An event, or several alike.",
    keys: &[
        required("player", Shape::ForeignId, "Whose event."),
        required(
            "name",
            Shape::Recorded,
            "The name of the event, or of an act such as `accolade.award`.",
        ),
        optional(
            "id",
            Shape::ForeignId,
            "The event's id. Made up when absent.",
        ),
        optional(
            "at",
            Shape::Instant,
            "When it happened. A second after the event before it when absent.",
        ),
        optional(
            "repeat",
            Shape::Whole(1, MOST_REPEATS),
            "How many times. 1 when absent.",
        ),
        optional(
            "every",
            Shape::Duration,
            "The time between repeated events. A second when absent.",
        ),
        optional("props", Shape::Props, "The event's properties."),
    ],
};

static EXPECTATION: Form = Form {
    name: "expectation",
    title: "an expectation",
    doc: "What must hold of a player after a test's history.",
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
            "Unlockables that must be shut.",
        ),
        optional(
            "progress",
            Shape::Map(&Shape::Reference, &Shape::Number, 0),
            "The exact progress by badge.",
        ),
    ],
};
