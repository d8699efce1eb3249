//! The keys of badges.

use super::criterion::CRITERION;
use super::shared::{
    FIXED_POINTS, ID, IMAGES, IN_CATEGORY, NAME, SINCE, UNTIL, WAS, optional_key, required_key,
};
use crate::catalog::read::shapes::{TableShape, ValueShape};
use crate::limits;

pub(in crate::catalog::read) static BADGE: TableShape = TableShape {
    name: "badge",
    title: "a badge",
    doc: "An achievement that players earn and show.",
    keys: &[
        ID,
        WAS,
        NAME,
        optional_key(
            "description",
            ValueShape::Text,
            "A description of one sentence. In a badge with tiers, `{target}` is replaced by the \
             tier's target.",
        ),
        IN_CATEGORY,
        optional_key(
            "visibility",
            ValueShape::Word(VISIBILITIES),
            "The visibility before it is earned. `public` when absent.",
        ),
        optional_key(
            "images",
            ValueShape::Table(&IMAGES),
            "The images of the badge; those of `[defaults]` when absent.",
        ),
        optional_key(
            "criterion",
            ValueShape::Variants(&CRITERION),
            "The criterion that earns it. A badge without one is only awarded manually.",
        ),
        optional_key(
            "tiers",
            ValueShape::List(
                &ValueShape::Either(&[ValueShape::Number, ValueShape::Table(&TIER)]),
                1,
                limits::TIERS,
            ),
            "Its tiers, with rising targets: numbers, which take their names from the default \
             tiers, or tables.",
        ),
        optional_key(
            "repeat",
            ValueShape::Word(REPEATS),
            "The number of times it can be earned. `once` when absent.",
        ),
        optional_key(
            "temporary",
            ValueShape::Bool,
            "Revokes the badge when its criterion no longer holds. A temporary badge pays no \
             points. `false` when absent.",
        ),
        optional_key(
            "points",
            FIXED_POINTS,
            "Points paid with each award. In a badge with tiers, they apply to each tier that sets \
             none of its own.",
        ),
        optional_key(
            "requires",
            ValueShape::OneOrMore(&ValueShape::Reference),
            "The id of a badge that the player must hold first, or a list of ids.",
        ),
        SINCE,
        UNTIL,
    ],
};

const VISIBILITIES: &[(&str, &str)] = &[
    ("public", "visible to all players"),
    (
        "secret",
        "listed, with name, description and image hidden until it is earned",
    ),
    ("invisible", "not listed until it is earned"),
];

const REPEATS: &[(&str, &str)] = &[
    ("once", "once for each tier"),
    ("per-key", "once for each value of the criterion's `per`"),
    ("again", "each time the target is reached again"),
];

static TIER: TableShape = TableShape {
    name: "tier",
    title: "a tier",
    doc: "A tier of a badge.",
    keys: &[
        required_key(
            "at",
            ValueShape::Number,
            "The criterion's target for this tier.",
        ),
        optional_key(
            "id",
            ValueShape::Id,
            "The name. The default tier at the same position when absent.",
        ),
        optional_key(
            "points",
            FIXED_POINTS,
            "Points paid with this tier instead of the badge's own.",
        ),
    ],
};
