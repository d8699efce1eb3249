//! Pictures for badges that have none, and for players: made of their ids alone, the same every time.
//!
//! A badge is an enamel pin. Its category gives the colour of the enamel, its id the shape, the pattern and the glyph, and
//! its tier the metal. All of it is shapes and gradients: no text of anybody gets into a badge, and only escaped initials
//! get into an avatar.

mod avatar;
mod drawing;
mod glyphs;
mod paint;
mod pattern;
mod pin;
mod seed;
mod shapes;

pub(crate) use avatar::avatar;
pub(crate) use paint::Metal;
pub(crate) use pin::{Pin, secret};
