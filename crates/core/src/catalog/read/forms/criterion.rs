//! The keys of criteria.

use super::{ANY_NUMBER, WHERE, ZONE, optional, required};
use crate::catalog::read::shape::{Form, Key, Shape, Variants};

const WITHIN: Key = optional(
    "within",
    Shape::Window,
    "Only events in this window count: the duration up to now (`90s`, `15m`, `12h`, `7d`, `2w`) or \
     the current `day`, `week`, `month` or `year`.",
);
const AT_LEAST: Key = optional(
    "at_least",
    Shape::Number,
    "The target. Left out where the badge's tiers set it.",
);
const AT_LEAST_OR_ONE: Key = optional(
    "at_least",
    Shape::Number,
    "The target; 1 when absent. Left out where the badge's tiers set it.",
);
const PER: Key = optional(
    "per",
    Shape::Expression,
    "An expression over the event, such as `event.post`: the criterion is evaluated separately for \
     each of its values.",
);
const PER_ALL: Key = optional(
    "per",
    Shape::Expression,
    "An expression over the event: all criteria inside are evaluated together, separately for each \
     of its values.",
);
const AGES: &[(&str, &str)] = &[
    ("day", "complete days"),
    ("week", "complete weeks"),
    ("month", "complete months"),
    ("year", "complete years"),
];
static A_CRITERION: Shape = Shape::Variants(&CRITERION);
static EVENTS_OR_KEYS: [Shape; 2] = [
    Shape::OneOrMore(&Shape::Listened),
    Shape::Variants(&CRITERION),
];

// A constant cannot refer to a static that contains it; a constant function can.
const fn of() -> Key {
    required(
        "on",
        Shape::Either(&EVENTS_OR_KEYS),
        "The name of an event, a list of names, or a criterion with `per`, to aggregate the keys \
         for which it holds.",
    )
}

const fn several() -> Shape {
    Shape::List(&A_CRITERION, 1, ANY_NUMBER)
}

/// A condition over a player's timeline.
pub(in crate::catalog) static CRITERION: Variants = Variants {
    name: "criterion",
    title: "a criterion",
    doc: "A condition over a player's timeline, with a current value and a target. Exactly one \
          kind.",
    forms: &[
        Form {
            name: "count",
            title: "a `count` criterion",
            doc: "The number of events.",
            keys: &[
                required(
                    "count",
                    Shape::Either(&EVENTS_OR_KEYS),
                    "The name of an event, a list of names, or a criterion with `per`, to count \
                     the keys for which it holds.",
                ),
                WHERE,
                PER,
                WITHIN,
                ZONE,
                AT_LEAST_OR_ONE,
            ],
        },
        Form {
            name: "sum",
            title: "a `sum` criterion",
            doc: "The sum of a number over events.",
            keys: &[
                required(
                    "sum",
                    Shape::Expression,
                    "The number to add up: an expression over the event.",
                ),
                of(),
                WHERE,
                PER,
                WITHIN,
                ZONE,
                AT_LEAST,
            ],
        },
        Form {
            name: "max",
            title: "a `max` criterion",
            doc: "The greatest value of a number over events.",
            keys: &[
                required(
                    "max",
                    Shape::Expression,
                    "The number to compare: an expression over the event.",
                ),
                of(),
                WHERE,
                PER,
                WITHIN,
                ZONE,
                AT_LEAST,
            ],
        },
        Form {
            name: "latest",
            title: "a `latest` criterion",
            doc: "A number from the last event.",
            keys: &[
                required(
                    "latest",
                    Shape::Expression,
                    "The number to read from the last event: an expression over the event.",
                ),
                of(),
                WHERE,
                PER,
                WITHIN,
                ZONE,
                AT_LEAST,
            ],
        },
        Form {
            name: "distinct",
            title: "a `distinct` criterion",
            doc: "The number of distinct values in events.",
            keys: &[
                required(
                    "distinct",
                    Shape::Expression,
                    "The value to distinguish: an expression over the event.",
                ),
                of(),
                WHERE,
                PER,
                WITHIN,
                ZONE,
                AT_LEAST_OR_ONE,
            ],
        },
        Form {
            name: "holds-badge",
            title: "a `badge` criterion",
            doc: "The number of awards held of a badge.",
            keys: &[
                required("badge", Shape::Reference, "The id of the badge."),
                optional(
                    "tier",
                    Shape::Reference,
                    "The tier whose awards count. All tiers when absent.",
                ),
                AT_LEAST_OR_ONE,
            ],
        },
        Form {
            name: "balance",
            title: "a `points` criterion",
            doc: "The balance of a currency.",
            keys: &[
                required("points", Shape::Reference, "The id of the currency."),
                optional(
                    "at_least",
                    Shape::Number,
                    "The target, which may be zero or negative. Left out where the badge's tiers \
                     set it.",
                ),
            ],
        },
        Form {
            name: "age",
            title: "an `age` criterion",
            doc: "The time since the player joined.",
            keys: &[
                required(
                    "age",
                    Shape::Word(AGES),
                    "The unit of time. It is counted from the player's attribute `joined`, or from \
                     the first event if that is not set.",
                ),
                AT_LEAST_OR_ONE,
            ],
        },
        Form {
            name: "unlocked",
            title: "an `unlocked` criterion",
            doc: "Holds while an unlockable is open.",
            keys: &[required(
                "unlocked",
                Shape::Reference,
                "The id of the unlockable.",
            )],
        },
        Form {
            name: "manual",
            title: "a `manual` criterion",
            doc: "A number that only `progress` actions change.",
            keys: &[
                required("manual", Shape::True, "Always `true`."),
                AT_LEAST_OR_ONE,
            ],
        },
        Form {
            name: "all",
            title: "an `all` criterion",
            doc: "Holds if all criteria hold.",
            keys: &[required("all", several(), "The criteria."), PER_ALL],
        },
        Form {
            name: "any",
            title: "an `any` criterion",
            doc: "Holds if at least one criterion holds.",
            keys: &[required("any", several(), "The criteria."), PER_ALL],
        },
        Form {
            name: "some",
            title: "a `some` criterion",
            doc: "Holds if a minimum number of criteria hold.",
            keys: &[
                required("some", several(), "The criteria."),
                optional(
                    "at_least",
                    Shape::Number,
                    "The number of criteria that must hold. Left out where the badge's tiers set \
                     it.",
                ),
                PER_ALL,
            ],
        },
        Form {
            name: "not",
            title: "a `not` criterion",
            doc: "Holds if a criterion does not hold.",
            keys: &[required(
                "not",
                Shape::Variants(&CRITERION),
                "The criterion.",
            )],
        },
    ],
    both: "to ask for both, write `all = [{ … }, { … }]`",
};
