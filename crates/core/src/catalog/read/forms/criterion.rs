//! The keys of criteria.

use super::{ANY_NUMBER, WHERE, ZONE, optional, required};
use crate::catalog::read::shape::{Form, Key, Shape, Variants};

const WITHIN: Key = optional(
    "within",
    Shape::Window,
    "Only what happened in this window counts: back from now (`90s`, `15m`, `12h`, `7d`, `2w`) or in the current \
     `day`, `week`, `month` or `year`.",
);
const AT_LEAST: Key = optional(
    "at_least",
    Shape::Number,
    "What must be reached. Left out where the badge's tiers say it.",
);
const AT_LEAST_OR_ONE: Key = optional(
    "at_least",
    Shape::Number,
    "What must be reached; 1 when absent. Left out where the badge's tiers say it.",
);
const PER: Key = optional(
    "per",
    Shape::Expression,
    "An expression over the event, such as `event.post`: judged separately for each of its values.",
);
const PER_ALL: Key = optional(
    "per",
    Shape::Expression,
    "An expression over the event: all criteria inside are judged together, separately for each of its values.",
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

// Constants cannot refer to what is made of them, but functions can.
const fn of() -> Key {
    required(
        "of",
        Shape::Either(&EVENTS_OR_KEYS),
        "The name of an event, a list of names, or a criterion with `per`: then the aggregate is over the keys for \
         which that criterion holds.",
    )
}

const fn several() -> Shape {
    Shape::List(&A_CRITERION, 1, ANY_NUMBER)
}

/// A condition over a player's timeline.
pub(in crate::catalog) static CRITERION: Variants = Variants {
    name: "criterion",
    title: "a criterion",
    doc: "A condition over a player's timeline, with a current value and a target. Exactly one kind.",
    forms: &[
        Form {
            name: "count",
            title: "a `count` criterion",
            doc: "How many events happened.",
            keys: &[
                required(
                    "count",
                    Shape::Either(&EVENTS_OR_KEYS),
                    "The name of an event, a list of names, or a criterion with `per`: then it counts the keys for \
                     which that criterion holds.",
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
                    "The number to add up, an expression over the event.",
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
                    "The number to compare, an expression over the event.",
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
            doc: "A number as the last event says it.",
            keys: &[
                required(
                    "latest",
                    Shape::Expression,
                    "The number to read from the last event, an expression over the event.",
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
            doc: "How many different values events carry.",
            keys: &[
                required(
                    "distinct",
                    Shape::Expression,
                    "The value to tell apart, an expression over the event.",
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
            doc: "How many awards of a badge are held.",
            keys: &[
                required("badge", Shape::Reference, "The id of the badge."),
                optional(
                    "tier",
                    Shape::Reference,
                    "Only awards of this tier. Those of any tier when absent.",
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
                    "The balance that must be reached, which may be zero or negative. Left out where the badge's tiers \
                     say it.",
                ),
            ],
        },
        Form {
            name: "age",
            title: "an `age` criterion",
            doc: "How long the player has been there.",
            keys: &[
                required(
                    "age",
                    Shape::Word(AGES),
                    "The unit that is counted, since the attribute `joined` of the player, or else since the first \
                     event.",
                ),
                AT_LEAST_OR_ONE,
            ],
        },
        Form {
            name: "unlocked",
            title: "an `unlocked` criterion",
            doc: "Whether an unlockable is open.",
            keys: &[required(
                "unlocked",
                Shape::Reference,
                "The id of the unlockable.",
            )],
        },
        Form {
            name: "manual",
            title: "a `manual` criterion",
            doc: "A number that only acts of progress change.",
            keys: &[
                required("manual", Shape::True, "Always `true`."),
                AT_LEAST_OR_ONE,
            ],
        },
        Form {
            name: "all",
            title: "an `all` criterion",
            doc: "Every one of several criteria holds.",
            keys: &[required("all", several(), "The criteria."), PER_ALL],
        },
        Form {
            name: "any",
            title: "an `any` criterion",
            doc: "At least one of several criteria holds.",
            keys: &[required("any", several(), "The criteria."), PER_ALL],
        },
        Form {
            name: "some",
            title: "a `some` criterion",
            doc: "At least so many of several criteria hold.",
            keys: &[
                required("some", several(), "The criteria."),
                optional(
                    "at_least",
                    Shape::Number,
                    "How many of them must hold. Left out where the badge's tiers say it.",
                ),
                PER_ALL,
            ],
        },
        Form {
            name: "not",
            title: "a `not` criterion",
            doc: "A criterion does not hold.",
            keys: &[required(
                "not",
                Shape::Variants(&CRITERION),
                "The criterion.",
            )],
        },
    ],
    both: "to ask for both, write `all = [{ … }, { … }]`",
};
