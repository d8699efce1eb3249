//! The keys of `art`.

use super::shared::optional_key;
use crate::catalog::art::MAX_ART_RANK;
use crate::catalog::read::shapes::{TableShape, ValueShape};

pub(super) static ART: TableShape = TableShape {
    name: "art",
    title: "`art`",
    doc: "The picture that is drawn for a badge without images. Keys that are absent are derived \
          from the id and the category.",
    keys: &[
        optional_key("shape", ValueShape::Word(SHAPES), "The outline."),
        optional_key(
            "color",
            ValueShape::Word(COLORS),
            "The color of the enamel.",
        ),
        optional_key("sign", ValueShape::Word(SIGNS), "The sign in the middle."),
        optional_key(
            "rank",
            ValueShape::Integer(1, MAX_ART_RANK as i64),
            "The rank among related badges, from 1 to 4: a rim of bronze, silver, gold or diamond. \
             It has no effect on tiers, which have metals of their own.",
        ),
    ],
};

const SHAPES: &[(&str, &str)] = &[
    ("hexagon", "a hexagon"),
    ("shield", "a shield"),
    ("medal", "a round medal on a ribbon"),
    ("star", "a star with eight rays"),
    ("rosette", "a rosette with two ribbons"),
    ("gem", "a rhombus"),
];

const COLORS: &[(&str, &str)] = &[
    ("green", "green enamel"),
    ("blue", "blue enamel"),
    ("rose", "rose enamel"),
    ("violet", "violet enamel"),
    ("teal", "teal enamel"),
    ("orange", "orange enamel"),
    ("pink", "pink enamel"),
    ("olive", "olive enamel"),
    ("slate", "slate enamel"),
    ("amber", "amber enamel"),
    ("sky", "sky enamel"),
];

const SIGNS: &[(&str, &str)] = &[
    ("arrow", "an arrow that points up"),
    ("bolt", "a bolt of lightning"),
    ("book", "an open book"),
    ("bulb", "a light bulb"),
    ("calendar", "a calendar"),
    ("camera", "a camera"),
    ("chart", "a bar chart"),
    ("check", "a check mark"),
    ("clock", "a clock"),
    ("code", "angle brackets"),
    ("coin", "a coin"),
    ("compass", "a compass star"),
    ("crown", "a crown"),
    ("cup", "a cup"),
    ("eye", "an eye"),
    ("flag", "a flag"),
    ("flame", "a flame"),
    ("gear", "a gear"),
    ("gem", "a cut gem"),
    ("gift", "a wrapped gift"),
    ("globe", "a globe"),
    ("heart", "a heart"),
    ("key", "a key"),
    ("leaf", "a leaf"),
    ("magnifier", "a magnifying glass"),
    ("mountain", "two mountains"),
    ("music", "a musical note"),
    ("note", "a written page"),
    ("paw", "a paw"),
    ("pencil", "a pencil"),
    ("people", "two people"),
    ("puzzle", "a puzzle piece"),
    ("question", "a question mark"),
    ("rocket", "a rocket"),
    ("shield", "a shield"),
    ("speech", "a speech bubble"),
    ("star", "a star"),
    ("sun", "a sun"),
    ("target", "a target"),
    ("tools", "a wrench"),
    ("tree", "a tree"),
    ("trophy", "a trophy"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::art::{ArtColor, ArtShape, ArtSign};

    #[test]
    fn the_grammar_lists_exactly_the_choices() {
        let words = |listed: &[(&'static str, &str)]| -> Vec<&str> {
            listed.iter().map(|(word, _)| *word).collect()
        };
        assert_eq!(
            words(SHAPES),
            ArtShape::ALL
                .iter()
                .map(|shape| shape.as_str())
                .collect::<Vec<_>>()
        );
        assert_eq!(
            words(COLORS),
            ArtColor::ALL
                .iter()
                .map(|color| color.as_str())
                .collect::<Vec<_>>()
        );
        assert_eq!(
            words(SIGNS),
            ArtSign::ALL
                .iter()
                .map(|sign| sign.as_str())
                .collect::<Vec<_>>()
        );
    }
}
