//! Keys and values that several tables share.

use crate::catalog::read::shapes::{KeyShape, TableShape, ValueShape};

pub(super) const fn required_key(
    name: &'static str,
    shape: ValueShape,
    doc: &'static str,
) -> KeyShape {
    KeyShape {
        name,
        required: true,
        shape,
        doc,
    }
}

pub(super) const fn optional_key(
    name: &'static str,
    shape: ValueShape,
    doc: &'static str,
) -> KeyShape {
    KeyShape {
        name,
        required: false,
        shape,
        doc,
    }
}

// Lists without a limit of their own are bounded by the size of a catalog (S25).
pub(super) const ANY_NUMBER: usize = usize::MAX;
pub(super) const ANY_AMOUNT: ValueShape = ValueShape::Integer(i64::MIN, i64::MAX);

pub(super) static IMAGES: TableShape = TableShape {
    name: "images",
    title: "`images`",
    doc: "The images of a badge, each a URL or a path that the application understands.",
    keys: &[
        optional_key(
            "locked",
            ValueShape::Text,
            "Shown until the badge is earned.",
        ),
        optional_key(
            "unlocked",
            ValueShape::Text,
            "Shown once the badge is earned.",
        ),
        optional_key(
            "secret",
            ValueShape::Text,
            "Shown in place of a secret badge until it is earned.",
        ),
    ],
};

pub(super) const ID: KeyShape = required_key(
    "id",
    ValueShape::Id,
    "The identity of the rule: lower-case letters, digits and `-`. Awards refer to it, so keep it \
     stable when renaming.",
);
pub(super) const WAS: KeyShape = optional_key(
    "was",
    ValueShape::OneOrMore(&ValueShape::Id),
    "A former id, or a list of former ids. Holdings under them are carried over.",
);
pub(super) const NAME: KeyShape = optional_key(
    "name",
    ValueShape::Text,
    "The display name. The id when absent.",
);
pub(super) const DESCRIPTION: KeyShape = optional_key(
    "description",
    ValueShape::Text,
    "A description of one sentence.",
);
pub(super) const IN_CATEGORY: KeyShape =
    optional_key("category", ValueShape::Reference, "The id of its category.");
pub(super) const SINCE: KeyShape = optional_key(
    "since",
    ValueShape::Instant,
    "Events before this time do not count, and the rule has no effect before it.",
);
pub(super) const UNTIL: KeyShape = optional_key(
    "until",
    ValueShape::Instant,
    "Events from this time on do not count, and the rule has no effect from it on.",
);

pub(super) const ZONE: KeyShape = optional_key(
    "zone",
    ValueShape::Word(ZONES),
    "The time zone of days, weeks, months and years. The catalog's when absent.",
);

const ZONES: &[(&str, &str)] = &[
    ("player", "the player's time zone"),
    ("catalog", "the catalog's time zone"),
];

pub(super) const WHERE: KeyShape = optional_key(
    "where",
    ValueShape::Expression,
    "A condition that an event must meet, such as `event.length >= 15`.",
);
pub(super) const FIXED_POINTS: ValueShape = ValueShape::Map(&ValueShape::Reference, &ANY_AMOUNT, 1);
