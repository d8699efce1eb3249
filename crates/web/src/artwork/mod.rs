//! Generated pictures of badges and players. The same id always has the same picture.
//!
//! A badge is an enamel pin. Its category determines the color of the enamel, its id the shape,
//! the pattern and the glyph, and its tier the metal. Badges contain no text, and avatars contain
//! only escaped initials, so that ids and names cannot inject markup.

mod avatar;
mod drawing;
mod glyphs;
mod paint;
mod pattern;
mod pin;
mod seed;
mod shapes;
mod urls;

pub(crate) use avatar::draw_avatar;
pub(crate) use paint::Metal;
pub(crate) use pin::{Pin, draw_secret};
pub(crate) use urls::{art_url, avatar_url};
