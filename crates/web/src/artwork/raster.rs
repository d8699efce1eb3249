//! SVG as PNG. The result is the same on every machine, because no fonts of the system are used.

use std::sync::{Arc, OnceLock};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};

use super::typeface;

/// Error of drawing a picture.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RasterError {
    #[error("cannot read the generated SVG: {0}")]
    Svg(#[from] resvg::usvg::Error),
    #[error("the picture has no size")]
    Size,
    #[error("cannot write the PNG: {0}")]
    Png(String),
}

/// Draws an SVG as a PNG of this size. Takes some tens of milliseconds.
pub(crate) fn render_png(svg: &str, width: u32, height: u32) -> Result<Vec<u8>, RasterError> {
    let options = Options {
        fontdb: load_fonts(),
        font_family: typeface::FAMILY.to_owned(),
        ..Options::default()
    };
    let tree = Tree::from_str(svg, &options)?;
    let mut pixels = Pixmap::new(width, height).ok_or(RasterError::Size)?;
    resvg::render(&tree, Transform::identity(), &mut pixels.as_mut());
    pixels
        .encode_png()
        .map_err(|error| RasterError::Png(error.to_string()))
}

fn load_fonts() -> Arc<fontdb::Database> {
    static FONTS: OnceLock<Arc<fontdb::Database>> = OnceLock::new();
    let load = || {
        let mut fonts = fontdb::Database::new();
        for file in typeface::font_files() {
            fonts.load_font_source(fontdb::Source::Binary(Arc::new(file)));
        }
        Arc::new(fonts)
    };
    Arc::clone(FONTS.get_or_init(load))
}
