//! The keys of badges.

use super::{
    CRITERION, FIXED_POINTS, ID, IMAGES, IN_CATEGORY, NAME, SINCE, UNTIL, WAS, optional, required,
};
use crate::catalog::read::shape::{Form, Shape};
use crate::limits;

pub(super) static BADGE: Form = Form {
    name: "badge",
    title: "a badge",
    doc: "What players earn and show.",
    keys: &[
        ID,
        WAS,
        NAME,
        optional(
            "description",
            Shape::Text,
            "One sentence about it. In a badge with tiers, `{target}` stands for the tier's target.",
        ),
        IN_CATEGORY,
        optional(
            "visibility",
            Shape::Word(VISIBILITIES),
            "Who sees it before it is earned. `public` when absent.",
        ),
        optional(
            "images",
            Shape::Form(&IMAGES),
            "Its pictures; those of `[defaults]` when absent.",
        ),
        optional(
            "criterion",
            Shape::Variants(&CRITERION),
            "What earns it. A badge without one is awarded by hand only.",
        ),
        optional(
            "tiers",
            Shape::List(
                &Shape::Either(&[Shape::Number, Shape::Form(&TIER)]),
                1,
                limits::TIERS,
            ),
            "Its steps, with rising targets: numbers, which take their names from the default tiers, or tables.",
        ),
        optional(
            "repeat",
            Shape::Word(REPEATS),
            "How often it can be earned. `once` when absent.",
        ),
        optional(
            "temporary",
            Shape::Bool,
            "Whether it comes and goes with its criterion. It pays no points then. `false` when absent.",
        ),
        optional(
            "points",
            FIXED_POINTS,
            "Points paid with each award. In a badge with tiers, with each tier that names none of its own.",
        ),
        optional(
            "requires",
            Shape::OneOrMore(&Shape::Reference),
            "The id of a badge that must be held first, or a list of ids.",
        ),
        SINCE,
        UNTIL,
    ],
};

const VISIBILITIES: &[(&str, &str)] = &[
    ("public", "everybody sees it"),
    (
        "secret",
        "listed, but its name, description and picture are replaced until it is earned",
    ),
    ("invisible", "not listed until it is earned"),
];

const REPEATS: &[(&str, &str)] = &[
    ("once", "once for each tier"),
    ("per-key", "once for each value of the criterion's `per`"),
    ("again", "every time that the target is reached again"),
];

static TIER: Form = Form {
    name: "tier",
    title: "a tier",
    doc: "A step inside a badge.",
    keys: &[
        required("at", Shape::Number, "The criterion's target for this tier."),
        optional(
            "id",
            Shape::Id,
            "Its name. The default tier at the same position when absent.",
        ),
        optional(
            "points",
            FIXED_POINTS,
            "Points paid with it, in place of the badge's own.",
        ),
    ],
};
