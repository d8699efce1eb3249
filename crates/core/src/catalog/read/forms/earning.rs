//! The keys of earnings and limits.

use super::{
    ANY_AMOUNT, DESCRIPTION, ID, IN_CATEGORY, NAME, SINCE, UNTIL, WAS, WHERE, ZONE, optional,
    required,
};
use crate::catalog::read::shape::{Form, Key, Shape, Variants};

const POSITIVE: Shape = Shape::Whole(1, i64::MAX);
const LIMIT_POINTS: Key = required(
    "points",
    POSITIVE,
    "The maximum of points of each currency in a period. Points in excess of it are not paid.",
);
const LIMIT_TIMES: Key = required(
    "times",
    POSITIVE,
    "The maximum number of payments in a period.",
);
const LIMIT_PER: Key = required(
    "per",
    Shape::Word(LIMIT_PERIODS),
    "The period to which the maximum applies.",
);

const LIMIT_PERIODS: &[(&str, &str)] = &[
    ("day", "from midnight to midnight"),
    ("week", "from Monday to Sunday"),
    ("month", "a calendar month"),
    ("year", "a calendar year"),
    ("ever", "all time"),
];

const ONE_LIMIT_ONLY: &str = "leave one of them out";

pub(in crate::catalog::read) static LIMIT: Variants = Variants {
    name: "limit",
    title: "a limit",
    doc: "The maximum that earnings pay in a period, in points or in payments.",
    forms: &[
        Form {
            name: "limit-points",
            title: "a limit in points",
            doc: "A maximum of points in a period.",
            keys: &[LIMIT_POINTS, LIMIT_PER, ZONE],
        },
        Form {
            name: "limit-times",
            title: "a limit in times",
            doc: "A maximum of payments in a period.",
            keys: &[LIMIT_TIMES, LIMIT_PER, ZONE],
        },
    ],
    both: ONE_LIMIT_ONLY,
};

pub(super) static SHARED_LIMIT: Variants = Variants {
    name: "shared-limit",
    title: "a limit",
    doc: "A limit that several earnings share by naming its id.",
    forms: &[
        Form {
            name: "shared-limit-points",
            title: "a limit in points",
            doc: "A maximum of points in a period, for all earnings that name it together.",
            keys: &[LIMIT_POINTS, ID, LIMIT_PER, ZONE],
        },
        Form {
            name: "shared-limit-times",
            title: "a limit in times",
            doc: "A maximum of payments in a period, for all earnings that name it together.",
            keys: &[LIMIT_TIMES, ID, LIMIT_PER, ZONE],
        },
    ],
    both: ONE_LIMIT_ONLY,
};

pub(super) static EARNING: Form = Form {
    name: "earning",
    title: "an earning",
    doc: "A rule that turns events into points.",
    keys: &[
        ID,
        WAS,
        NAME,
        DESCRIPTION,
        IN_CATEGORY,
        required(
            "on",
            Shape::OneOrMore(&Shape::Listened),
            "The name of the event that it pays for, or a list of names.",
        ),
        WHERE,
        required(
            "points",
            Shape::Map(
                &Shape::Reference,
                &Shape::Either(&[ANY_AMOUNT, Shape::Expression]),
                1,
            ),
            "The amount of points by currency: a whole number, or an expression over the event \
             such as `event.km * 2`, truncated toward zero.",
        ),
        optional(
            "limit",
            Shape::Either(&[Shape::Reference, Shape::Variants(&LIMIT)]),
            "The maximum that it pays in a period: a limit of its own, or the id of a shared \
             `[[limit]]`.",
        ),
        optional(
            "cooldown",
            Shape::Duration,
            "The minimum time between two payments, such as `1h`.",
        ),
        SINCE,
        UNTIL,
    ],
};
