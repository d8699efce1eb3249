//! Generated pictures of badges and players. The same id always has the same picture.
//!
//! A badge is an enamel pin. Its category determines the color of the enamel, its id the shape,
//! the pattern and the glyph, and its tier the metal. Badges contain no text. Avatars, share images
//! and shields contain only escaped text, so that ids and names cannot inject markup.

mod avatar;
mod drawing;
mod family;
mod glyphs;
mod paint;
mod pattern;
mod pin;
mod raster;
mod seed;
mod shapes;
mod share_card;
mod signs;
mod typeface;
mod urls;

pub(crate) use avatar::draw_avatar;
pub(crate) use paint::Metal;
pub(crate) use pin::{Pin, draw_secret};
pub(crate) use raster::{RasterError, render_png};
pub(crate) use share_card::{SHARE_SIZE, ShareCard, draw_shield};
pub(crate) use urls::{art_url, avatar_url};
