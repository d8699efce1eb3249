//! The keys of criteria.

use super::shared::{ANY_NUMBER, WHERE, ZONE, optional_key, required_key};
use crate::catalog::read::shapes::{KeyShape, TableShape, ValueShape, VariantShapes};

const WITHIN: KeyShape = optional_key(
    "within",
    ValueShape::Window,
    "Only events in this window count: the duration up to now (`90s`, `15m`, `12h`, `7d`, `2w`) or \
     the current `day`, `week`, `month` or `year`.",
);
const AT_LEAST: KeyShape = optional_key(
    "at_least",
    ValueShape::Number,
    "The target. Left out where the badge's tiers set it.",
);
const AT_LEAST_OR_ONE: KeyShape = optional_key(
    "at_least",
    ValueShape::Number,
    "The target; 1 when absent. Left out where the badge's tiers set it.",
);
const PER: KeyShape = optional_key(
    "per",
    ValueShape::Expression,
    "An expression over the event, such as `event.post`: the criterion is evaluated separately for \
     each of its values.",
);
const PER_ALL: KeyShape = optional_key(
    "per",
    ValueShape::Expression,
    "An expression over the event: all criteria inside are evaluated together, separately for each \
     of its values.",
);
const AGES: &[(&str, &str)] = &[
    ("day", "complete days"),
    ("week", "complete weeks"),
    ("month", "complete months"),
    ("year", "complete years"),
];
static A_CRITERION: ValueShape = ValueShape::Variants(&CRITERION);
static EVENTS_OR_KEYS: [ValueShape; 2] = [
    ValueShape::OneOrMore(&ValueShape::ListenedEventName),
    ValueShape::Variants(&CRITERION),
];

// A constant cannot refer to a static that contains it; a constant function can.
const fn source_key() -> KeyShape {
    required_key(
        "on",
        ValueShape::Either(&EVENTS_OR_KEYS),
        "The name of an event, a list of names, or a criterion with `per`, to aggregate the keys \
         for which it holds.",
    )
}

const fn criteria_list() -> ValueShape {
    ValueShape::List(&A_CRITERION, 1, ANY_NUMBER)
}

/// A condition over a player's timeline.
pub(in crate::catalog) static CRITERION: VariantShapes = VariantShapes {
    name: "criterion",
    title: "a criterion",
    doc: "A condition over a player's timeline, with a current value and a target. Exactly one \
          kind.",
    forms: &[
        TableShape {
            name: "count",
            title: "a `count` criterion",
            doc: "The number of events.",
            keys: &[
                required_key(
                    "count",
                    ValueShape::Either(&EVENTS_OR_KEYS),
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
        TableShape {
            name: "sum",
            title: "a `sum` criterion",
            doc: "The sum of a number over events.",
            keys: &[
                required_key(
                    "sum",
                    ValueShape::Expression,
                    "The number to add up: an expression over the event.",
                ),
                source_key(),
                WHERE,
                PER,
                WITHIN,
                ZONE,
                AT_LEAST,
            ],
        },
        TableShape {
            name: "max",
            title: "a `max` criterion",
            doc: "The greatest value of a number over events.",
            keys: &[
                required_key(
                    "max",
                    ValueShape::Expression,
                    "The number to compare: an expression over the event.",
                ),
                source_key(),
                WHERE,
                PER,
                WITHIN,
                ZONE,
                AT_LEAST,
            ],
        },
        TableShape {
            name: "latest",
            title: "a `latest` criterion",
            doc: "A number from the last event.",
            keys: &[
                required_key(
                    "latest",
                    ValueShape::Expression,
                    "The number to read from the last event: an expression over the event.",
                ),
                source_key(),
                WHERE,
                PER,
                WITHIN,
                ZONE,
                AT_LEAST,
            ],
        },
        TableShape {
            name: "distinct",
            title: "a `distinct` criterion",
            doc: "The number of distinct values in events.",
            keys: &[
                required_key(
                    "distinct",
                    ValueShape::Expression,
                    "The value to distinguish: an expression over the event.",
                ),
                source_key(),
                WHERE,
                PER,
                WITHIN,
                ZONE,
                AT_LEAST_OR_ONE,
            ],
        },
        TableShape {
            name: "holds-badge",
            title: "a `badge` criterion",
            doc: "The number of awards held of a badge.",
            keys: &[
                required_key("badge", ValueShape::Reference, "The id of the badge."),
                optional_key(
                    "tier",
                    ValueShape::Reference,
                    "The tier whose awards count. All tiers when absent.",
                ),
                AT_LEAST_OR_ONE,
            ],
        },
        TableShape {
            name: "balance",
            title: "a `points` criterion",
            doc: "The balance of a currency.",
            keys: &[
                required_key("points", ValueShape::Reference, "The id of the currency."),
                optional_key(
                    "at_least",
                    ValueShape::Number,
                    "The target, which may be zero or negative. Left out where the badge's tiers \
                     set it.",
                ),
            ],
        },
        TableShape {
            name: "age",
            title: "an `age` criterion",
            doc: "The time since the player joined.",
            keys: &[
                required_key(
                    "age",
                    ValueShape::Word(AGES),
                    "The unit of time. It is counted from the player's attribute `joined`, or from \
                     the first event if that is not set.",
                ),
                AT_LEAST_OR_ONE,
            ],
        },
        TableShape {
            name: "unlocked",
            title: "an `unlocked` criterion",
            doc: "Holds while an unlockable is open.",
            keys: &[required_key(
                "unlocked",
                ValueShape::Reference,
                "The id of the unlockable.",
            )],
        },
        TableShape {
            name: "manual",
            title: "a `manual` criterion",
            doc: "A number that only `progress` actions change.",
            keys: &[
                required_key("manual", ValueShape::True, "Always `true`."),
                AT_LEAST_OR_ONE,
            ],
        },
        TableShape {
            name: "all",
            title: "an `all` criterion",
            doc: "Holds if all criteria hold.",
            keys: &[
                required_key("all", criteria_list(), "The criteria."),
                PER_ALL,
            ],
        },
        TableShape {
            name: "any",
            title: "an `any` criterion",
            doc: "Holds if at least one criterion holds.",
            keys: &[
                required_key("any", criteria_list(), "The criteria."),
                PER_ALL,
            ],
        },
        TableShape {
            name: "some",
            title: "a `some` criterion",
            doc: "Holds if a minimum number of criteria hold.",
            keys: &[
                required_key("some", criteria_list(), "The criteria."),
                optional_key(
                    "at_least",
                    ValueShape::Number,
                    "The number of criteria that must hold. Left out where the badge's tiers set \
                     it.",
                ),
                PER_ALL,
            ],
        },
        TableShape {
            name: "not",
            title: "a `not` criterion",
            doc: "Holds if a criterion does not hold.",
            keys: &[required_key(
                "not",
                ValueShape::Variants(&CRITERION),
                "The criterion.",
            )],
        },
    ],
    both_help: "to ask for both, write `all = [{ … }, { … }]`",
};
