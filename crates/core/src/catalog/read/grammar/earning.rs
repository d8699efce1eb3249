//! The keys of earnings and limits.

use super::shared::{
    ANY_AMOUNT, DESCRIPTION, ID, IN_CATEGORY, NAME, SINCE, UNTIL, WAS, WHERE, ZONE, optional_key,
    required_key,
};
use crate::catalog::read::shapes::{KeyShape, TableShape, ValueShape, VariantShapes};

const POSITIVE: ValueShape = ValueShape::Integer(1, i64::MAX);
const LIMIT_POINTS: KeyShape = required_key(
    "points",
    POSITIVE,
    "The maximum of points of each currency in a period. Points in excess of it are not paid.",
);
const LIMIT_TIMES: KeyShape = required_key(
    "times",
    POSITIVE,
    "The maximum number of payments in a period.",
);
const LIMIT_PER: KeyShape = required_key(
    "per",
    ValueShape::Word(LIMIT_PERIODS),
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

pub(in crate::catalog::read) static LIMIT: VariantShapes = VariantShapes {
    name: "limit",
    title: "a limit",
    doc: "The maximum that earnings pay in a period, in points or in payments.",
    forms: &[
        TableShape {
            name: "limit-points",
            title: "a limit in points",
            doc: "A maximum of points in a period.",
            keys: &[LIMIT_POINTS, LIMIT_PER, ZONE],
        },
        TableShape {
            name: "limit-times",
            title: "a limit in times",
            doc: "A maximum of payments in a period.",
            keys: &[LIMIT_TIMES, LIMIT_PER, ZONE],
        },
    ],
    both_help: ONE_LIMIT_ONLY,
};

pub(super) static SHARED_LIMIT: VariantShapes = VariantShapes {
    name: "shared-limit",
    title: "a limit",
    doc: "A limit that several earnings share by naming its id.",
    forms: &[
        TableShape {
            name: "shared-limit-points",
            title: "a limit in points",
            doc: "A maximum of points in a period, for all earnings that name it together.",
            // The first key distinguishes the forms, so it comes before the id. Limits have no
            // `was`, because no stored data refers to them by id.
            keys: &[LIMIT_POINTS, ID, LIMIT_PER, ZONE],
        },
        TableShape {
            name: "shared-limit-times",
            title: "a limit in times",
            doc: "A maximum of payments in a period, for all earnings that name it together.",
            keys: &[LIMIT_TIMES, ID, LIMIT_PER, ZONE],
        },
    ],
    both_help: ONE_LIMIT_ONLY,
};

pub(super) static EARNING: TableShape = TableShape {
    name: "earning",
    title: "an earning",
    doc: "A rule that turns events into points.",
    keys: &[
        ID,
        WAS,
        NAME,
        DESCRIPTION,
        IN_CATEGORY,
        required_key(
            "on",
            ValueShape::OneOrMore(&ValueShape::ListenedEventName),
            "The name of the event that it pays for, or a list of names.",
        ),
        WHERE,
        required_key(
            "points",
            ValueShape::Map(
                &ValueShape::Reference,
                &ValueShape::Either(&[ANY_AMOUNT, ValueShape::Expression]),
                1,
            ),
            "The amount of points by currency: a whole number, or an expression over the event \
             such as `event.km * 2`, truncated toward zero.",
        ),
        optional_key(
            "limit",
            ValueShape::Either(&[ValueShape::Reference, ValueShape::Variants(&LIMIT)]),
            "The maximum that it pays in a period: a limit of its own, or the id of a shared \
             `[[limit]]`.",
        ),
        optional_key(
            "cooldown",
            ValueShape::Duration,
            "The minimum time between two payments, such as `1h`.",
        ),
        SINCE,
        UNTIL,
    ],
};
