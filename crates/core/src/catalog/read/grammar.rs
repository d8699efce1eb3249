//! The grammar of the catalog language: every key with its shape and its documentation.

mod art;
mod badge;
mod criterion;
mod earning;
mod shared;
mod test;

pub(super) use badge::BADGE;
pub(in crate::catalog) use criterion::CRITERION;
pub(super) use earning::LIMIT;

use self::earning::{EARNING, SHARED_LIMIT};
use self::shared::{
    ANY_NUMBER, DESCRIPTION, ID, IMAGES, IN_CATEGORY, NAME, SINCE, UNTIL, WAS, optional_key,
    required_key,
};
use self::test::TEST;
use super::shapes::{TableShape, ValueShape};
use crate::limits;

/// The shape of a whole document.
pub(super) static DOCUMENT: ValueShape = ValueShape::Table(&CATALOG);

pub(in crate::catalog) static CATALOG: TableShape = TableShape {
    name: "catalog",
    title: "the catalog",
    doc: "An Accolade catalog: all rules of a gamification in one document.",
    keys: &[
        optional_key("name", ValueShape::Text, "The name of the catalog."),
        optional_key(
            "zone",
            ValueShape::Zone,
            "The IANA time zone, such as `Europe/Paris`, of days and weeks in rules that name no \
             zone of their own. UTC when absent.",
        ),
        optional_key(
            "defaults",
            ValueShape::Table(&DEFAULTS),
            "Fallback values for badges.",
        ),
        optional_key(
            "currency",
            ValueShape::List(&ValueShape::Table(&CURRENCY), 0, ANY_NUMBER),
            "Kinds of points.",
        ),
        optional_key(
            "category",
            ValueShape::List(&ValueShape::Table(&CATEGORY), 0, ANY_NUMBER),
            "Categories that group rules.",
        ),
        optional_key(
            "key",
            ValueShape::List(&ValueShape::Table(&KEY), 0, ANY_NUMBER),
            "Labels and links for the keys of badges, such as titles and addresses of posts.",
        ),
        optional_key(
            "limit",
            ValueShape::List(&ValueShape::Variants(&SHARED_LIMIT), 0, ANY_NUMBER),
            "Limits that several earnings share by naming their id.",
        ),
        optional_key(
            "earning",
            ValueShape::List(&ValueShape::Table(&EARNING), 0, ANY_NUMBER),
            "Rules that turn events into points.",
        ),
        optional_key(
            "badge",
            ValueShape::List(&ValueShape::Table(&BADGE), 0, ANY_NUMBER),
            "Badges, with their criteria and their appearance.",
        ),
        optional_key(
            "unlockable",
            ValueShape::List(&ValueShape::Table(&UNLOCKABLE), 0, ANY_NUMBER),
            "Features or permissions that open for a player when a criterion holds.",
        ),
        optional_key(
            "test",
            ValueShape::List(&ValueShape::Table(&TEST), 0, ANY_NUMBER),
            "Tests of the catalog: a history and the expected result.",
        ),
    ],
};

static DEFAULTS: TableShape = TableShape {
    name: "defaults",
    title: "`[defaults]`",
    doc: "Fallback values for badges.",
    keys: &[
        optional_key(
            "tiers",
            ValueShape::List(&ValueShape::Id, 1, limits::TIERS),
            "Names of tiers that are written as bare numbers, lowest first. `bronze`, `silver`, \
             `gold`, `diamond` when absent.",
        ),
        optional_key(
            "images",
            ValueShape::Table(&IMAGES),
            "Images of badges that set none of their own.",
        ),
    ],
};

static CURRENCY: TableShape = TableShape {
    name: "currency",
    title: "a currency",
    doc: "A kind of points.",
    keys: &[
        ID,
        WAS,
        NAME,
        DESCRIPTION,
        optional_key("icon", ValueShape::Text, "An image or a symbol."),
        optional_key(
            "expires",
            ValueShape::Window,
            "The lifetime of points: a duration after they were earned (`90d`, `52w`), or the rest \
             of the `day`, `week`, `month` or `year` in which they were earned. Unlimited when \
             absent.",
        ),
        IN_CATEGORY,
    ],
};

static CATEGORY: TableShape = TableShape {
    name: "category",
    title: "a category",
    doc: "A category that groups rules.",
    // No `was`: no stored data refers to a category.
    keys: &[ID, NAME, DESCRIPTION],
};

static KEY: TableShape = TableShape {
    name: "key",
    title: "a key",
    doc: "A label and a link for the keys that come from one property. They are for display only.",
    keys: &[
        required_key(
            "property",
            ValueShape::Text,
            "The property that is the key: `post` for `per = \"event.post\"`.",
        ),
        optional_key(
            "label",
            ValueShape::Text,
            "The label, with `{key}` for the key and `{event.title}` for the property `title` of \
             the event. The property's name and the key, such as `post 10`, when absent or if the \
             event lacks a property.",
        ),
        optional_key(
            "link",
            ValueShape::Text,
            "The address of a page about it, with the same placeholders. It begins with the fixed \
             address of a site: `https://example.com/posts/{key}`.",
        ),
    ],
};

static UNLOCKABLE: TableShape = TableShape {
    name: "unlockable",
    title: "an unlockable",
    doc: "A feature or permission that opens for a player when a criterion holds.",
    keys: &[
        ID,
        WAS,
        NAME,
        DESCRIPTION,
        IN_CATEGORY,
        required_key(
            "criterion",
            ValueShape::Variants(&CRITERION),
            "The criterion that opens it.",
        ),
        optional_key(
            "relock",
            ValueShape::Bool,
            "Closes it again when its criterion no longer holds, and at `until`. `false` when \
             absent.",
        ),
        SINCE,
        UNTIL,
    ],
};
