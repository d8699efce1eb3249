//! Colors: metals of tiers and enamels of categories.

use accolade::ArtColor;
use serde::Serialize;

/// Metal of a badge, determined by its tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Metal {
    /// Enamel instead of metal, for badges without tiers.
    Plain,
    Bronze,
    Silver,
    Gold,
    Diamond,
}

impl Metal {
    /// Returns the metal of a tier, by its name or else by its position among the tiers.
    pub(crate) fn from_tier(tier: &str, place: Option<usize>) -> Self {
        // A name that is a metal wins over the position, because tiers can begin with silver.
        match (tier.to_lowercase().as_str(), place) {
            ("bronze", _) => Self::Bronze,
            ("silver", _) => Self::Silver,
            ("gold", _) => Self::Gold,
            ("diamond" | "platinum", _) => Self::Diamond,
            ("", _) | (_, None) => Self::Plain,
            (_, Some(0)) => Self::Bronze,
            (_, Some(1)) => Self::Silver,
            (_, Some(2)) => Self::Gold,
            (_, Some(_)) => Self::Diamond,
        }
    }

    /// Returns the metal of a rank, from 1 for bronze to 4 for diamond.
    pub(super) fn from_rank(rank: u8) -> Self {
        match rank {
            0 => Self::Plain,
            1 => Self::Bronze,
            2 => Self::Silver,
            3 => Self::Gold,
            _ => Self::Diamond,
        }
    }

    /// Parses the name of a metal. Returns `Plain` for unknown names.
    pub(crate) fn parse_name(word: &str) -> Self {
        Self::from_tier(word, None)
    }

    /// Returns the name used in style sheets and URLs.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Bronze => "bronze",
            Self::Silver => "silver",
            Self::Gold => "gold",
            Self::Diamond => "diamond",
        }
    }

    /// Returns the number of studs, which distinguish metals without relying on color.
    pub(super) fn stud_count(self) -> u32 {
        match self {
            Self::Plain => 0,
            Self::Bronze => 1,
            Self::Silver => 2,
            Self::Gold => 3,
            Self::Diamond => 4,
        }
    }

    /// Returns the gradient of the rim, from the lit to the shaded edge.
    pub(super) fn sheen(self, enamel: &Enamel) -> [&'static str; 5] {
        match self {
            Self::Plain => [
                enamel.light,
                enamel.bright,
                enamel.middle,
                enamel.bright,
                enamel.deep,
            ],
            Self::Bronze => ["#fbdcb8", "#d0905a", "#8f5529", "#dfa872", "#6a3917"],
            Self::Silver => ["#ffffff", "#c9d2d9", "#8a97a1", "#e8edf1", "#67737d"],
            Self::Gold => ["#fff6cf", "#f2c34e", "#b27f13", "#ffe18a", "#8c5d08"],
            Self::Diamond => ["#ffffff", "#c4f0fc", "#62bedb", "#ecfcff", "#3b8fb2"],
        }
    }
}

/// Shades of an enamel, from the lightest to the deepest.
pub(super) struct Enamel {
    pub(super) light: &'static str,
    pub(super) bright: &'static str,
    pub(super) middle: &'static str,
    pub(super) deep: &'static str,
}

const fn enamel(
    light: &'static str,
    bright: &'static str,
    middle: &'static str,
    deep: &'static str,
) -> Enamel {
    Enamel {
        light,
        bright,
        middle,
        deep,
    }
}

/// Enamels of categories and avatars.
pub(super) const ENAMELS: [Enamel; 11] = [
    enamel("#c5f2e0", "#35b488", "#0e7456", "#06382b"),
    enamel("#cfe0ff", "#4d86e0", "#214da3", "#0c1f4a"),
    enamel("#ffd3de", "#de5277", "#9f1d43", "#460b20"),
    enamel("#e6d9fb", "#9a70da", "#6034a3", "#2a134b"),
    enamel("#c6f1f4", "#37aeb8", "#0c707b", "#05333b"),
    enamel("#ffdec6", "#ea8540", "#ab4614", "#481a07"),
    enamel("#fbd5f1", "#d36bb8", "#96327f", "#47133c"),
    enamel("#e4f0bd", "#93b23f", "#59741c", "#26310e"),
    enamel("#d8e4ef", "#7894ae", "#3f556b", "#172330"),
    enamel("#fdeab8", "#dda92f", "#9c6c0a", "#432d03"),
    enamel("#c9ebff", "#38a3db", "#0a659c", "#072c49"),
];

/// Returns the enamel of a color that a catalog names.
pub(super) fn color_enamel(color: ArtColor) -> &'static Enamel {
    &ENAMELS[match color {
        ArtColor::Green => 0,
        ArtColor::Blue => 1,
        ArtColor::Rose => 2,
        ArtColor::Violet => 3,
        ArtColor::Teal => 4,
        ArtColor::Orange => 5,
        ArtColor::Pink => 6,
        ArtColor::Olive => 7,
        ArtColor::Slate => 8,
        ArtColor::Amber => 9,
        ArtColor::Sky => 10,
    }]
}

/// Enamel of secret badges.
pub(super) const NIGHT: Enamel = enamel("#c9d3ea", "#54628c", "#2a3358", "#0e1229");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tier_has_the_metal_of_its_name_or_else_of_its_position() {
        for (tier, place, metal) in [
            ("gold", Some(0), Metal::Gold),
            ("Silver", None, Metal::Silver),
            ("beginner", Some(0), Metal::Bronze),
            ("100", Some(1), Metal::Silver),
            ("expert", Some(7), Metal::Diamond),
            ("", Some(0), Metal::Plain),
            ("<script>", None, Metal::Plain),
        ] {
            assert_eq!(Metal::from_tier(tier, place), metal, "{tier}");
        }
    }
}
