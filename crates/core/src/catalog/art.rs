//! Choices for the pictures that are drawn for badges without images.

use serde::{Deserialize, Serialize};

/// `art = { … }`: the choices for the picture of a badge. Everything that is absent is derived from
/// the id and the category.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct BadgeArt {
    /// The outline.
    pub shape: Option<ArtShape>,
    /// The color of the enamel.
    pub color: Option<ArtColor>,
    /// The sign in the middle.
    pub sign: Option<ArtSign>,
    /// The rank among related badges, from 1 to 4, which determines the metal of the rim. Tiers
    /// have metals of their own.
    pub rank: Option<u8>,
}

/// The highest rank of a badge.
pub const MAX_ART_RANK: u8 = 4;

crate::named_enum! {
    /// The outline of a drawn badge.
    #[derive(Deserialize)]
    #[serde(rename_all = "kebab-case")]
    pub enum ArtShape {
        /// A hexagon.
        Hexagon = "hexagon",
        /// A shield.
        Shield = "shield",
        /// A round medal on a ribbon.
        Medal = "medal",
        /// A star with eight rays.
        Star = "star",
        /// A rosette with two ribbons.
        Rosette = "rosette",
        /// A rhombus.
        Gem = "gem",
    }
}

crate::named_enum! {
    /// The color of a drawn badge.
    #[derive(Deserialize)]
    #[serde(rename_all = "kebab-case")]
    pub enum ArtColor {
        /// The enamel `green`.
        Green = "green",
        /// The enamel `blue`.
        Blue = "blue",
        /// The enamel `rose`.
        Rose = "rose",
        /// The enamel `violet`.
        Violet = "violet",
        /// The enamel `teal`.
        Teal = "teal",
        /// The enamel `orange`.
        Orange = "orange",
        /// The enamel `pink`.
        Pink = "pink",
        /// The enamel `olive`.
        Olive = "olive",
        /// The enamel `slate`.
        Slate = "slate",
        /// The enamel `amber`.
        Amber = "amber",
        /// The enamel `sky`.
        Sky = "sky",
    }
}

crate::named_enum! {
    /// The sign in the middle of a drawn badge.
    #[derive(Deserialize)]
    #[serde(rename_all = "kebab-case")]
    pub enum ArtSign {
        /// The sign `arrow`.
        Arrow = "arrow",
        /// The sign `bolt`.
        Bolt = "bolt",
        /// The sign `book`.
        Book = "book",
        /// The sign `bulb`.
        Bulb = "bulb",
        /// The sign `calendar`.
        Calendar = "calendar",
        /// The sign `camera`.
        Camera = "camera",
        /// The sign `chart`.
        Chart = "chart",
        /// The sign `check`.
        Check = "check",
        /// The sign `clock`.
        Clock = "clock",
        /// The sign `code`.
        Code = "code",
        /// The sign `coin`.
        Coin = "coin",
        /// The sign `compass`.
        Compass = "compass",
        /// The sign `crown`.
        Crown = "crown",
        /// The sign `cup`.
        Cup = "cup",
        /// The sign `eye`.
        Eye = "eye",
        /// The sign `flag`.
        Flag = "flag",
        /// The sign `flame`.
        Flame = "flame",
        /// The sign `gear`.
        Gear = "gear",
        /// The sign `gem`.
        Gem = "gem",
        /// The sign `gift`.
        Gift = "gift",
        /// The sign `globe`.
        Globe = "globe",
        /// The sign `heart`.
        Heart = "heart",
        /// The sign `key`.
        Key = "key",
        /// The sign `leaf`.
        Leaf = "leaf",
        /// The sign `magnifier`.
        Magnifier = "magnifier",
        /// The sign `mountain`.
        Mountain = "mountain",
        /// The sign `music`.
        Music = "music",
        /// The sign `note`.
        Note = "note",
        /// The sign `paw`.
        Paw = "paw",
        /// The sign `pencil`.
        Pencil = "pencil",
        /// The sign `people`.
        People = "people",
        /// The sign `puzzle`.
        Puzzle = "puzzle",
        /// The sign `question`.
        Question = "question",
        /// The sign `rocket`.
        Rocket = "rocket",
        /// The sign `shield`.
        Shield = "shield",
        /// The sign `speech`.
        Speech = "speech",
        /// The sign `star`.
        Star = "star",
        /// The sign `sun`.
        Sun = "sun",
        /// The sign `target`.
        Target = "target",
        /// The sign `tools`.
        Tools = "tools",
        /// The sign `tree`.
        Tree = "tree",
        /// The sign `trophy`.
        Trophy = "trophy",
    }
}
