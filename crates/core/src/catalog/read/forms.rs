//! The grammar of the catalog language: every key with its shape and its documentation.

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

/// The shape of a whole document.
pub(super) static DOCUMENT: Shape = Shape::Form(&CATALOG);

pub(in crate::catalog) static CATALOG: Form = Form {
    name: "catalog",
    title: "the catalog",
    doc: "An Accolade catalog: all rules of a gamification in one document.",
    keys: &[
        optional("name", Shape::Text, "The name of the catalog."),
        optional(
            "zone",
            Shape::Zone,
            "The IANA time zone, such as `Europe/Paris`, of days and weeks in rules that name no \
             zone of their own. UTC when absent.",
        ),
        optional(
            "defaults",
            Shape::Form(&DEFAULTS),
            "Fallback values for badges.",
        ),
        optional(
            "currency",
            Shape::List(&Shape::Form(&CURRENCY), 0, ANY_NUMBER),
            "Kinds of points.",
        ),
        optional(
            "category",
            Shape::List(&Shape::Form(&CATEGORY), 0, ANY_NUMBER),
            "Categories that group rules.",
        ),
        optional(
            "limit",
            Shape::List(&Shape::Variants(&SHARED_LIMIT), 0, ANY_NUMBER),
            "Limits that several earnings share by naming their id.",
        ),
        optional(
            "earning",
            Shape::List(&Shape::Form(&EARNING), 0, ANY_NUMBER),
            "Rules that turn events into points.",
        ),
        optional(
            "badge",
            Shape::List(&Shape::Form(&BADGE), 0, ANY_NUMBER),
            "Badges, with their criteria and their appearance.",
        ),
        optional(
            "unlockable",
            Shape::List(&Shape::Form(&UNLOCKABLE), 0, ANY_NUMBER),
            "Features or permissions that open for a player when a criterion holds.",
        ),
        optional(
            "test",
            Shape::List(&Shape::Form(&TEST), 0, ANY_NUMBER),
            "Tests of the catalog: a history and the expected result.",
        ),
    ],
};

static DEFAULTS: Form = Form {
    name: "defaults",
    title: "`[defaults]`",
    doc: "Fallback values for badges.",
    keys: &[
        optional(
            "tiers",
            Shape::List(&Shape::Id, 1, limits::TIERS),
            "Names of tiers that are written as bare numbers, lowest first. `bronze`, `silver`, \
             `gold`, `diamond` when absent.",
        ),
        optional(
            "images",
            Shape::Form(&IMAGES),
            "Images of badges that set none of their own.",
        ),
    ],
};

static IMAGES: Form = Form {
    name: "images",
    title: "`images`",
    doc: "The images of a badge, each a URL or a path that the application understands.",
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
    "The identity of the rule: lower-case letters, digits and `-`. Awards refer to it, so keep it \
     stable when renaming.",
);
const WAS: Key = optional(
    "was",
    Shape::OneOrMore(&Shape::Id),
    "A former id, or a list of former ids. Holdings under them are carried over.",
);
const NAME: Key = optional("name", Shape::Text, "The display name. The id when absent.");
const DESCRIPTION: Key = optional("description", Shape::Text, "A description of one sentence.");
const IN_CATEGORY: Key = optional("category", Shape::Reference, "The id of its category.");
const SINCE: Key = optional(
    "since",
    Shape::Instant,
    "Events before this time do not count, and the rule has no effect before it.",
);
const UNTIL: Key = optional(
    "until",
    Shape::Instant,
    "Events from this time on do not count, and the rule has no effect from it on.",
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
        optional("icon", Shape::Text, "An image or a symbol."),
        optional(
            "expires",
            Shape::Window,
            "The lifetime of points: a duration after they were earned (`90d`, `52w`), or the rest \
             of the `day`, `week`, `month` or `year` in which they were earned. Unlimited when \
             absent.",
        ),
        IN_CATEGORY,
    ],
};

static CATEGORY: Form = Form {
    name: "category",
    title: "a category",
    doc: "A category that groups rules.",
    keys: &[ID, NAME, DESCRIPTION],
};

const ZONE: Key = optional(
    "zone",
    Shape::Word(ZONES),
    "The time zone of days, weeks, months and years. The catalog's when absent.",
);

const ZONES: &[(&str, &str)] = &[
    ("player", "the player's time zone"),
    ("catalog", "the catalog's time zone"),
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
    doc: "A feature or permission that opens for a player when a criterion holds.",
    keys: &[
        ID,
        WAS,
        NAME,
        DESCRIPTION,
        IN_CATEGORY,
        required(
            "criterion",
            Shape::Variants(&CRITERION),
            "The criterion that opens it.",
        ),
        optional(
            "relock",
            Shape::Bool,
            "Closes it again when its criterion no longer holds, and at `until`. `false` when \
             absent.",
        ),
        SINCE,
        UNTIL,
    ],
};
