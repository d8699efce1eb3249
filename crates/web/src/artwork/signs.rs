//! The signs in the middle of badges, each in a square of 24 units.

use accolade::ArtSign;

/// Glyph: a filled path and a stroked path. Either may be empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Glyph {
    pub(super) filled: &'static str,
    pub(super) line: &'static str,
}

const fn filled_glyph(filled: &'static str) -> Glyph {
    Glyph { filled, line: "" }
}

pub(super) const QUESTION: Glyph = Glyph {
    filled: "M12 18a2 2 0 1 0 .01 4A2 2 0 0 0 12 18z",
    line: "M7.2 8.2a4.9 4.9 0 1 1 7.3 4.2c-1.8 1.1-2.5 1.9-2.5 3.2",
};
pub(super) const STAR: Glyph =
    filled_glyph("M12 1.6l3.2 6.7 7.3 1-5.3 5.1 1.3 7.3L12 18.2l-6.5 3.5 1.3-7.3L1.5 9.3l7.3-1z");
pub(super) const BOLT: Glyph = filled_glyph("M14 1.5L3.8 13.6h6.4L8.6 22.5 20.2 9.6h-7z");
pub(super) const HEART: Glyph = filled_glyph(
    "M12 21.5C4.8 16 2 12.4 2 8.6 2 5.6 4.3 3.2 7.2 3.2c1.9 0 3.7 1 4.8 2.7 1.1-1.7 2.9-2.7 4.8-2.7C19.7 3.2 22 5.6 22 \
     8.6c0 3.8-2.8 7.4-10 12.9z",
);
pub(super) const FLAME: Glyph = filled_glyph(
    "M12.6 1.5c.7 4 5.9 6.2 5.9 12 0 4.4-2.9 8.5-6.7 8.5S5 18.6 5 14.3c0-3.2 1.9-4.8 2.6-7.3 1.4.8 2.3 \
     1.9 2.6 3.4 1.8-2.1 2.6-5.3 2.4-8.9z",
);
pub(super) const SPEECH: Glyph = filled_glyph(
    "M4.5 3.5h15a2.5 2.5 0 0 1 2.5 2.5v8.5a2.5 2.5 0 0 1-2.5 2.5h-7.3l-5.2 5v-5H4.5A2.5 2.5 0 0 1 2 14.5V6a2.5 2.5 0 0 \
     1 2.5-2.5z",
);
pub(super) const PENCIL: Glyph = filled_glyph(
    "M15.2 5.1l3.7 3.7L7.9 19.8l-5.4 1.7 1.7-5.4zM16.6 3.7l1.5-1.5a1.6 1.6 0 0 1 2.3 0l1.4 1.4a1.6 1.6 0 0 1 0 2.3l-1.5 1.5z",
);
pub(super) const CHECK: Glyph = filled_glyph("M9.3 20L2 12.7l3-3 4.3 4.3L19 4.3l3 3z");
pub(super) const ARROW: Glyph = filled_glyph("M12 2l9.5 10h-5.3v9.5H7.8V12H2.5z");
pub(super) const CROWN: Glyph =
    filled_glyph("M3.3 17.5L1.8 6.8l5.7 4L12 3.5l4.5 7.3 5.7-4-1.5 10.7zM3.5 19h17v2.5h-17z");
pub(super) const BOOK: Glyph = filled_glyph(
    "M11.3 6.7C9.2 5.2 6 4.6 2 4.8v13.8c4-.2 7.2.4 9.3 1.9zM12.7 6.7c2.1-1.5 5.3-2.1 9.3-1.9v13.8c-4-.2-7.2.4-9.3 1.9z",
);
pub(super) const COMPASS: Glyph =
    filled_glyph("M12 1l2.9 8.1L23 12l-8.1 2.9L12 23l-2.9-8.1L1 12l8.1-2.9z");
pub(super) const MOUNTAIN: Glyph = filled_glyph("M1 20.5L8.7 6.5l3.7 6.3 2.7-4.3L23 20.5z");
pub(super) const LEAF: Glyph = filled_glyph(
    "M21 3C10.3 3 3.9 7.6 3.9 14.4c0 1.2.2 2.3.6 3.3l7.7-7.1-6.2 9.1c1.1.6 2.4.9 3.9.9C16.9 20.6 21 13.9 21 3zM4.4 18.6L2.2 21.6l1.4 1 2.1-2.9z",
);
pub(super) const KEY: Glyph = filled_glyph(
    "M7.3 6.5a5.5 5.5 0 1 0 5.2 7.3h2.2v3.4h3.2v-3.4H22.8v-3.6H12.5A5.5 5.5 0 0 0 7.3 6.5zm0 3.5a2 2 0 1 1 0 4 2 2 0 0 1 0-4z",
);
pub(super) const TARGET: Glyph = filled_glyph(
    "M12 1.5a10.5 10.5 0 1 0 0 21 10.5 10.5 0 0 0 0-21zm0 3.7a6.8 6.8 0 1 1 0 13.6 6.8 6.8 0 0 1 0-13.6zm0 3.4a3.4 3.4 0 1 0 0 6.8 3.4 3.4 0 0 0 0-6.8z",
);
pub(super) const SUN: Glyph = filled_glyph(
    "M12 7a5 5 0 1 0 0 10 5 5 0 0 0 0-10zM10.9 1h2.2v4.2h-2.2zM10.9 18.8h2.2V23h-2.2zM1 10.9h4.2v2.2H1zM18.8 10.9H23v2.2h-4.2zM3.4 5L5 3.4l3 3L6.4 8zM19 3.4L20.6 5l-3 3L16 6.4zM3.4 19l3-3L8 17.6l-3 3zM16 17.6l1.6-1.6 3 3-1.6 1.6z",
);
pub(super) const EYE: Glyph = filled_glyph(
    "M12 4.5C6.3 4.5 2.6 8.7 1 12c1.6 3.3 5.3 7.5 11 7.5s9.4-4.2 11-7.5c-1.6-3.3-5.3-7.5-11-7.5zm0 3.2a4.3 4.3 0 1 1 0 8.6 4.3 4.3 0 0 1 0-8.6z",
);
pub(super) const PEOPLE: Glyph = filled_glyph(
    "M8.5 3.5a4.2 4.2 0 1 0 0 8.4 4.2 4.2 0 0 0 0-8.4zM1 20.5c0-4.4 3.2-7.2 7.5-7.2s7.5 2.8 7.5 7.2zM16.2 4.6a3.6 3.6 0 1 1-.9 7.1 6 6 0 0 0 .9-7.1zM17.8 20.5H23c0-3.7-2.3-6-5.8-6.3.5 1.7.7 3.8.6 6.3z",
);
pub(super) const GEM: Glyph = filled_glyph(
    "M6.3 3h4L8 8.7H2zM17.7 3h-4L16 8.7h6zM12 3l2.4 5.7H9.6zM2.3 10.2h5.8L11 20.7zM21.7 10.2h-5.8L13 20.7zM9.7 10.2h4.6L12 19.3z",
);
pub(super) const TROPHY: Glyph = filled_glyph(
    "M6.2 2.5h11.6v2H22v3.6c0 3.2-2 5.4-4.7 5.7a6.2 6.2 0 0 1-3.9 2.9v2.3h3.8v2.5H6.8V19h3.8v-2.3a6.2 6.2 0 0 1-3.9-2.9C4 13.5 2 11.3 2 8.1V4.5h4.2zM4.2 6.7v1.4c0 1.5.7 2.7 1.9 3.2V6.7zM19.8 6.7h-1.9v4.6c1.2-.5 1.9-1.7 1.9-3.2z",
);
pub(super) const BULB: Glyph = filled_glyph(
    "M12 1.5a7.3 7.3 0 0 0-4.3 13.2V17h8.6v-2.3A7.3 7.3 0 0 0 12 1.5zM8 18.4h8v1.8H8zM9.6 21.4h4.8c-.4.9-1.3 1.4-2.4 1.4s-2-.5-2.4-1.4z",
);
pub(super) const FLAG: Glyph = filled_glyph("M4.5 2h2.6v1.6H20.5l-3.2 4.9 3.2 4.9H7.1V22.5H4.5z");
pub(super) const CALENDAR: Glyph = filled_glyph(
    "M7 1.5h2.4v2.4h5.2V1.5H17v2.4h2.5A2.5 2.5 0 0 1 22 6.4v13.1a2.5 2.5 0 0 1-2.5 \
     2.5h-15A2.5 2.5 0 0 1 2 19.5V6.4a2.5 2.5 0 0 1 2.5-2.5H7zM4.4 9.6v9.2c0 \
     .4.3.8.8.8h13.6c.4 0 .8-.3.8-.8V9.6zM6.6 11.8h3v2.6h-3zM14.4 11.8h3v2.6h-3z",
);
pub(super) const CAMERA: Glyph = filled_glyph(
    "M8.6 3.5h6.8l1.6 2.8h3a2 2 0 0 1 2 2v10.2a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V8.3a2 2 0 0 1 \
     2-2h3zM12 8.2a5 5 0 1 0 0 10 5 5 0 0 0 0-10zm0 2.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5z",
);
pub(super) const CHART: Glyph =
    filled_glyph("M2.5 13h4.6v8.5H2.5zM9.7 8h4.6v13.5H9.7zM16.9 2.5h4.6v19h-4.6z");
pub(super) const CLOCK: Glyph = filled_glyph(
    "M12 1.5a10.5 10.5 0 1 0 0 21 10.5 10.5 0 0 0 0-21zm-1.5 4.2h3v5.7l4 2.9-1.8 2.4-5.2-3.8z",
);
pub(super) const CODE: Glyph = filled_glyph(
    "M8.6 5.2l2.1 2.1L6 12l4.7 4.7-2.1 2.1L1.8 12zM15.4 5.2l-2.1 2.1L18 12l-4.7 4.7 2.1 \
     2.1L22.2 12z",
);
pub(super) const COIN: Glyph = filled_glyph(
    "M12 1.5a10.5 10.5 0 1 0 0 21 10.5 10.5 0 0 0 0-21zm0 2.8a7.7 7.7 0 1 1 0 15.4 7.7 7.7 0 \
     0 1 0-15.4zM12 6.4l1.7 3.6 4 .5-2.9 2.8.7 3.9-3.5-1.9-3.5 1.9.7-3.9-2.9-2.8 4-.5z",
);
pub(super) const CUP: Glyph = filled_glyph(
    "M3 8h14.5v1.5h1.3a3.4 3.4 0 0 1 0 6.8h-1.9A6 6 0 0 1 11.3 20H9.2A6.2 6.2 0 0 1 3 \
     13.8zM17.5 12v2h1.1a1 1 0 0 0 0-2zM2.5 21H18v1.6H2.5zM6 2h1.8v4H6zM9.4 \
     1h1.8v5H9.4zM12.8 2h1.8v4h-1.8z",
);
pub(super) const GEAR: Glyph = filled_glyph(
    "M10.3.7h3.4l.6 3 1.9.8 2.6-1.7 2.4 2.4-1.7 2.6.8 1.9 3 .6v3.4l-3 .6-.8 1.9 1.7 2.6-2.4 \
     2.4-2.6-1.7-1.9.8-.6 3h-3.4l-.6-3-1.9-.8-2.6 1.7-2.4-2.4 \
     1.7-2.6-.8-1.9-3-.6v-3.4l3-.6.8-1.9-1.7-2.6 2.4-2.4 2.6 1.7 1.9-.8zM12 8.3a3.7 3.7 0 1 \
     0 0 7.4 3.7 3.7 0 0 0 0-7.4z",
);
pub(super) const GIFT: Glyph = filled_glyph(
    "M6.8 1.8c2 0 3.8 1.4 5.2 3.6 1.4-2.2 3.2-3.6 5.2-3.6A2.7 2.7 0 0 1 19.5 \
     6H22v5H2V6h2.5a2.7 2.7 0 0 1 2.3-4.2zM3.2 12.4h7.6V22H3.2zM13.2 12.4h7.6V22h-7.6z",
);
pub(super) const GLOBE: Glyph = filled_glyph(
    "M12 1.5a10.5 10.5 0 1 0 0 21 10.5 10.5 0 0 0 0-21zM4.3 10.8h3.9c.2-2.1.7-4 1.5-5.5a7.7 \
     7.7 0 0 0-5.4 5.5zM10.6 10.8h2.8c-.3-2.6-.9-4.5-1.4-5.6-.5 1.1-1.1 3-1.4 5.6zM15.8 \
     10.8h3.9a7.7 7.7 0 0 0-5.4-5.5c.8 1.5 1.3 3.4 1.5 5.5zM4.3 13.2a7.7 7.7 0 0 0 5.4 \
     5.5c-.8-1.5-1.3-3.4-1.5-5.5zM10.6 13.2c.3 2.6.9 4.5 1.4 5.6.5-1.1 1.1-3 1.4-5.6zM15.8 \
     13.2c-.2 2.1-.7 4-1.5 5.5a7.7 7.7 0 0 0 5.4-5.5z",
);
pub(super) const MAGNIFIER: Glyph = filled_glyph(
    "M10 2a8 8 0 1 0 4.7 14.5l5 5 2.1-2.1-5-5A8 8 0 0 0 10 2zm0 3a5 5 0 1 1 0 10 5 5 0 0 1 \
     0-10z",
);
pub(super) const MUSIC: Glyph = filled_glyph(
    "M9 3.5L21 1.2v15.1a3.6 3.6 0 1 1-2.6-3.4V7.2l-6.8 1.3v10.3A3.6 3.6 0 1 1 9 15.4z",
);
pub(super) const NOTE: Glyph = filled_glyph(
    "M4.5 1.8h10L20 7.3v14.9H4.5zM7.3 9.6v2h9.6v-2zM7.3 13.6v2h9.6v-2zM7.3 17.6v2h6v-2z",
);
pub(super) const PAW: Glyph = filled_glyph(
    "M12 11.2c2.9 0 6.4 4.1 6.4 7.1 0 1.9-1.3 3-3 3-1.4 0-2.2-.7-3.4-.7s-2 .7-3.4.7c-1.7 \
     0-3-1.1-3-3 0-3 3.5-7.1 6.4-7.1zM4 8.2c1.4 0 2.6 1.4 2.6 3.1S5.4 14.2 4 \
     14.2s-2.5-1.2-2.5-2.9S2.6 8.2 4 8.2zM20 8.2c1.4 0 2.5 1.4 2.5 3.1s-1.1 2.9-2.5 \
     2.9-2.6-1.2-2.6-2.9 1.2-3.1 2.6-3.1zM8.6 2.2c1.5 0 2.7 1.6 2.7 3.6S10.1 9.2 8.6 9.2 6 \
     7.8 6 5.8s1.1-3.6 2.6-3.6zM15.4 2.2c1.5 0 2.6 1.6 2.6 3.6s-1.1 3.4-2.6 \
     3.4-2.7-1.4-2.7-3.4 1.2-3.6 2.7-3.6z",
);
pub(super) const PUZZLE: Glyph = filled_glyph(
    "M9.2 3.6a2.8 2.8 0 0 1 5.6 0c0 .6-.2 1-.4 1.4h5.1v5.1c.4-.2.8-.4 1.4-.4a2.8 2.8 0 0 1 0 \
     5.6c-.6 0-1-.2-1.4-.4V21h-5.6c.2-.4.4-.9.4-1.4a2.7 2.7 0 0 0-5.4 0c0 .5.2 1 .4 \
     1.4H3.5v-5.6c.4.2.9.4 1.4.4a2.7 2.7 0 0 0 0-5.4c-.5 0-1 \
     .2-1.4.4V5h6.1c-.2-.4-.4-.8-.4-1.4z",
);
pub(super) const ROCKET: Glyph = filled_glyph(
    "M12 1c3.6 2.4 5.4 6 5.4 10l2.9 3.4v5l-4.6-2.2H8.3l-4.6 2.2v-5L6.6 11c0-4 1.8-7.6 \
     5.4-10zm0 6.2a2.3 2.3 0 1 0 0 4.6 2.3 2.3 0 0 0 0-4.6zM9.6 18.8h4.8L12 23z",
);
pub(super) const SHIELD: Glyph = filled_glyph(
    "M12 1.5l8.5 3v6.6c0 5.2-3.3 9-8.5 11.4-5.2-2.4-8.5-6.2-8.5-11.4V4.5zm0 3.2v14.4c3.5-2 \
     5.6-4.6 5.6-8V6.6z",
);
pub(super) const TOOLS: Glyph = filled_glyph(
    "M16.5 1.6a6 6 0 0 0-6 8L2.2 17.9a2.5 2.5 0 0 0 0 3.5l.4.4a2.5 2.5 0 0 0 3.5 0l8.3-8.3a6 \
     6 0 0 0 7.7-7.8L18.4 9.4l-3.4-.8-.8-3.4 3.7-3.5a6 6 0 0 0-1.4-.1z",
);
pub(super) const TREE: Glyph =
    filled_glyph("M12 1l6.2 7.4h-2.6l5.2 6.2h-3l3.7 4.4h-8V23h-3v-4H2.5l3.7-4.4h-3l5.2-6.2H5.8z");

/// Returns the glyph of a sign that a catalog names.
pub(super) fn sign_glyph(sign: ArtSign) -> Glyph {
    match sign {
        ArtSign::Arrow => ARROW,
        ArtSign::Bolt => BOLT,
        ArtSign::Book => BOOK,
        ArtSign::Bulb => BULB,
        ArtSign::Calendar => CALENDAR,
        ArtSign::Camera => CAMERA,
        ArtSign::Chart => CHART,
        ArtSign::Check => CHECK,
        ArtSign::Clock => CLOCK,
        ArtSign::Code => CODE,
        ArtSign::Coin => COIN,
        ArtSign::Compass => COMPASS,
        ArtSign::Crown => CROWN,
        ArtSign::Cup => CUP,
        ArtSign::Eye => EYE,
        ArtSign::Flag => FLAG,
        ArtSign::Flame => FLAME,
        ArtSign::Gear => GEAR,
        ArtSign::Gem => GEM,
        ArtSign::Gift => GIFT,
        ArtSign::Globe => GLOBE,
        ArtSign::Heart => HEART,
        ArtSign::Key => KEY,
        ArtSign::Leaf => LEAF,
        ArtSign::Magnifier => MAGNIFIER,
        ArtSign::Mountain => MOUNTAIN,
        ArtSign::Music => MUSIC,
        ArtSign::Note => NOTE,
        ArtSign::Paw => PAW,
        ArtSign::Pencil => PENCIL,
        ArtSign::People => PEOPLE,
        ArtSign::Puzzle => PUZZLE,
        ArtSign::Question => QUESTION,
        ArtSign::Rocket => ROCKET,
        ArtSign::Shield => SHIELD,
        ArtSign::Speech => SPEECH,
        ArtSign::Star => STAR,
        ArtSign::Sun => SUN,
        ArtSign::Target => TARGET,
        ArtSign::Tools => TOOLS,
        ArtSign::Tree => TREE,
        ArtSign::Trophy => TROPHY,
    }
}
