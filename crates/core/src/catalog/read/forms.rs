//! Every key of the catalog language, with its shape and its meaning.

mod badge;
mod criterion;
mod earning;
mod test;

pub(in crate::catalog) use criterion::CRITERION;
pub(super) use earning::LIMIT;

use self::badge::BADGE;
use self::earning::{EARNING, SHARED_LIMIT};
use self::test::TEST;
use super::shape::{Form, Key, Shape};
use crate::limits;

const fn required(name: &'static str, shape: Shape, doc: &'static str) -> Key {
    Key {
        name,
        required: true,
        shape,
        doc,
    }
}

const fn optional(name: &'static str, shape: Shape, doc: &'static str) -> Key {
    Key {
        name,
        required: false,
        shape,
        doc,
    }
}

const ANY_NUMBER: usize = usize::MAX;
const ANY_AMOUNT: Shape = Shape::Whole(i64::MIN, i64::MAX);

/// What a text is to be.
pub(super) static DOCUMENT: Shape = Shape::Form(&CATALOG);

pub(in crate::catalog) static CATALOG: Form = Form {
    name: "catalog",
    title: "the catalog",
    doc: "An Accolade catalog: all rules of a gamification in one document.",
    keys: &[
        optional("name", Shape::Text, "What the catalog is called."),
        optional(
            "zone",
            Shape::Zone,
            "The IANA time zone, such as `Europe/Paris`, whose days and weeks count where a rule does not say \
             otherwise. UTC when absent.",
        ),
        optional(
            "defaults",
            Shape::Form(&DEFAULTS),
            "What definitions fall back to.",
        ),
        optional(
            "currency",
            Shape::List(&Shape::Form(&CURRENCY), 0, ANY_NUMBER),
            "Kinds of points.",
        ),
        optional(
            "category",
            Shape::List(&Shape::Form(&CATEGORY), 0, ANY_NUMBER),
            "Labels that group definitions.",
        ),
        optional(
            "limit",
            Shape::List(&Shape::Variants(&SHARED_LIMIT), 0, ANY_NUMBER),
            "Limits that several earnings share by naming them.",
        ),
        optional(
            "earning",
            Shape::List(&Shape::Form(&EARNING), 0, ANY_NUMBER),
            "Rules that turn events into points.",
        ),
        optional(
            "badge",
            Shape::List(&Shape::Form(&BADGE), 0, ANY_NUMBER),
            "Badges: what is earned, how, and how it looks.",
        ),
        optional(
            "unlockable",
            Shape::List(&Shape::Form(&UNLOCKABLE), 0, ANY_NUMBER),
            "What opens for a player at a condition.",
        ),
        optional(
            "test",
            Shape::List(&Shape::Form(&TEST), 0, ANY_NUMBER),
            "The catalog's own tests: a history, and what must come of it.",
        ),
    ],
};

static DEFAULTS: Form = Form {
    name: "defaults",
    title: "`[defaults]`",
    doc: "What definitions fall back to.",
    keys: &[
        optional(
            "tiers",
            Shape::List(&Shape::Id, 1, limits::TIERS),
            "Names of the tiers that are written as bare numbers, from the lowest. `bronze`, `silver`, `gold`, \
             `diamond` when absent.",
        ),
        optional(
            "images",
            Shape::Form(&IMAGES),
            "Pictures of badges that name none of their own.",
        ),
    ],
};

static IMAGES: Form = Form {
    name: "images",
    title: "`images`",
    doc: "The pictures of a badge, each a URL or a path that the application understands.",
    keys: &[
        optional("locked", Shape::Text, "Shown until the badge is earned."),
        optional("unlocked", Shape::Text, "Shown once the badge is earned."),
        optional(
            "secret",
            Shape::Text,
            "Shown in place of a secret badge until it is earned.",
        ),
    ],
};

const ID: Key = required(
    "id",
    Shape::Id,
    "The identity of the definition: lower-case letters, digits and `-`. What players hold hangs on it, so it stays \
     when the name changes.",
);
const WAS: Key = optional(
    "was",
    Shape::OneOrMore(&Shape::Id),
    "The id that it had before, or a list of all that it had: what players hold under them is carried over.",
);
const NAME: Key = optional(
    "name",
    Shape::Text,
    "How people read it. The id when absent.",
);
const DESCRIPTION: Key = optional("description", Shape::Text, "One sentence about it.");
const IN_CATEGORY: Key = optional(
    "category",
    Shape::Reference,
    "The id of the category it belongs to.",
);
const SINCE: Key = optional(
    "since",
    Shape::Instant,
    "Events before this time do not count, and nothing comes of the rule before it.",
);
const UNTIL: Key = optional(
    "until",
    Shape::Instant,
    "Events from this time on do not count, and nothing comes of the rule from it on.",
);

static CURRENCY: Form = Form {
    name: "currency",
    title: "a currency",
    doc: "A kind of points.",
    keys: &[
        ID,
        WAS,
        NAME,
        DESCRIPTION,
        optional("icon", Shape::Text, "A picture or a symbol."),
        optional(
            "expires",
            Shape::Window,
            "When points expire: so long after they were earned (`90d`, `52w`), or at the end of the `day`, `week`, \
             `month` or `year` in which they were. Never when absent.",
        ),
        IN_CATEGORY,
    ],
};

static CATEGORY: Form = Form {
    name: "category",
    title: "a category",
    doc: "A label that groups definitions.",
    keys: &[ID, NAME, DESCRIPTION],
};

const ZONE: Key = optional(
    "zone",
    Shape::Word(ZONES),
    "Whose days, weeks, months and years. The catalog's when absent.",
);

const ZONES: &[(&str, &str)] = &[
    ("player", "those of the player's own time zone"),
    ("catalog", "those of the catalog's time zone"),
];

const WHERE: Key = optional(
    "where",
    Shape::Expression,
    "A condition that an event must meet, such as `event.length >= 15`.",
);
const FIXED_POINTS: Shape = Shape::Map(&Shape::Reference, &ANY_AMOUNT, 1);

static UNLOCKABLE: Form = Form {
    name: "unlockable",
    title: "an unlockable",
    doc: "What opens for a player at a condition.",
    keys: &[
        ID,
        WAS,
        NAME,
        DESCRIPTION,
        IN_CATEGORY,
        required("when", Shape::Variants(&CRITERION), "What opens it."),
        optional(
            "relock",
            Shape::Bool,
            "Whether it shuts again when its condition no longer holds, and at `until`. `false` when absent.",
        ),
        SINCE,
        UNTIL,
    ],
};
