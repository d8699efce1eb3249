//! The picture of a badge or an award for links that are shared: 1200 × 630 pixels.

use std::fmt::Write as _;

use super::paint::Metal;
use super::typeface::{FAMILY, Weight, keep_drawable, measure_text, wrap_text};
use crate::filters::escape_markup;

/// Width and height that social networks expect.
pub(crate) const SHARE_SIZE: (u32, u32) = (1200, 630);

/// Left edge and width of the text.
const TEXT_LEFT: f32 = 560.0;
const TEXT_WIDTH: f32 = 560.0;

/// The contents of the picture.
#[derive(Debug, Clone)]
pub(crate) struct ShareCard<'t> {
    /// Line above the title, such as `Ada earned`.
    pub(crate) kicker: &'t str,
    /// Name of the badge.
    pub(crate) title: &'t str,
    /// Tier and its metal; no tier if empty.
    pub(crate) tier: (&'t str, Metal),
    pub(crate) description: &'t str,
    /// Line below, such as `Only 1.7% of players have it`.
    pub(crate) rarity: &'t str,
    /// Name of the community.
    pub(crate) site: &'t str,
    /// Picture of the badge as SVG of 128 × 128 units.
    pub(crate) picture: &'t str,
}

impl ShareCard<'_> {
    /// Draws the picture as SVG.
    pub(crate) fn to_svg(&self) -> String {
        let mut svg = String::from(OPENING);
        let inner = strip_svg_element(self.picture);
        let _ = write!(
            svg,
            "<g transform=\"translate(72 107) scale(3.25)\">{inner}</g>"
        );
        let blocks = self.layout_text();
        let height: f32 = blocks.iter().map(|block| block.height).sum();
        let mut y = (540.0 - height) / 2.0 + 10.0;
        for block in &blocks {
            block.draw(&mut svg, y);
            y += block.height;
        }
        self.draw_site(&mut svg);
        svg + "</svg>"
    }

    fn layout_text(&self) -> Vec<TextBlock> {
        let (tier, metal) = self.tier;
        // As on the pages, whose style sheet does this.
        let tier: String = tier
            .char_indices()
            .flat_map(|(at, char)| match at {
                0 => char.to_uppercase().collect::<Vec<char>>(),
                _ => vec![char],
            })
            .collect();
        let (fill, tier_color) = pill_colors(metal);
        let text = |size, weight, color, leading| TextStyle {
            size,
            weight,
            color,
            leading,
            pill: None,
        };
        let pill = TextStyle {
            pill: Some(fill),
            ..text(26.0, Weight::Bold, tier_color, 1.7)
        };
        let title = text(fit_title(self.title), Weight::Bold, LIGHT, 1.2);
        [
            (self.kicker, text(36.0, Weight::Regular, SOFT, 1.2), 1, 0.0),
            (self.title, title, 3, 6.0),
            (tier.as_str(), pill, 1, 22.0),
            (
                self.description,
                text(30.0, Weight::Regular, LIGHT, 1.32),
                3,
                18.0,
            ),
            (
                self.rarity,
                text(26.0, Weight::Regular, GOLD, 1.32),
                1,
                16.0,
            ),
        ]
        .into_iter()
        .filter_map(|(text, style, most, gap)| Some((keep_drawable(text)?, style, most, gap)))
        .flat_map(|(text, style, most, gap)| {
            let lines = wrap_text(&text, style.size, style.weight, TEXT_WIDTH, most);
            lines
                .into_iter()
                .enumerate()
                .map(move |(line, text)| TextBlock {
                    text,
                    style,
                    height: style.size * style.leading + if line == 0 { gap } else { 0.0 },
                })
        })
        .collect()
    }

    fn draw_site(&self, svg: &mut String) {
        let site = keep_drawable(self.site);
        let _ = write!(
            svg,
            "<g transform=\"translate({TEXT_LEFT} 548) scale(1.2)\">{MARK}</g>"
        );
        let lines = site.map(|site| wrap_text(&site, 28.0, Weight::Bold, TEXT_WIDTH - 56.0, 1));
        let style = TextStyle {
            size: 28.0,
            weight: Weight::Bold,
            color: LIGHT,
            leading: 1.0,
            pill: None,
        };
        for line in lines.unwrap_or_default() {
            write_text(svg, &line, (TEXT_LEFT + 54.0, 577.0), style);
        }
    }
}

/// Appearance of a text.
#[derive(Clone, Copy)]
struct TextStyle {
    size: f32,
    weight: Weight,
    color: &'static str,
    /// Height of a line as a multiple of the size.
    leading: f32,
    /// Background of a pill; `None` for plain text.
    pill: Option<&'static str>,
}

/// One line of text.
struct TextBlock {
    text: String,
    style: TextStyle,
    /// Height with the space above.
    height: f32,
}

impl TextBlock {
    fn draw(&self, svg: &mut String, top: f32) {
        let (style, bottom) = (self.style, top + self.height);
        let Some(fill) = style.pill else {
            let baseline = bottom - style.size * 0.28;
            write_text(svg, &self.text, (TEXT_LEFT, baseline), style);
            return;
        };
        let width = measure_text(&self.text, style.size, style.weight) + 40.0;
        let _ = write!(
            svg,
            "<rect x=\"{TEXT_LEFT}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"44\" rx=\"22\" fill=\"{fill}\"/>",
            bottom - 44.0
        );
        write_text(svg, &self.text, (TEXT_LEFT + 20.0, bottom - 13.0), style);
    }
}

/// Returns the largest size in which a title fits into one line, or else into two.
fn fit_title(title: &str) -> f32 {
    let large = [84.0, 76.0, 68.0, 60.0];
    let fits_one_line = |size: &f32| measure_text(title, *size, Weight::Bold) <= TEXT_WIDTH;
    if let Some(size) = large.into_iter().find(fits_one_line) {
        return size;
    }
    let sizes = [72.0, 62.0];
    let fits = |size: &f32| {
        let lines = wrap_text(title, *size, Weight::Bold, TEXT_WIDTH, 3);
        lines.len() <= 2 && lines.iter().all(|line| !line.ends_with('…'))
    };
    sizes.into_iter().find(fits).unwrap_or(52.0)
}

fn write_text(svg: &mut String, text: &str, (x, y): (f32, f32), style: TextStyle) {
    let TextStyle {
        size,
        weight,
        color,
        ..
    } = style;
    let _ = write!(
        svg,
        "<text x=\"{x}\" y=\"{y:.1}\" font-family=\"{FAMILY}\" font-stretch=\"condensed\" font-size=\"{size}\" font-weight=\"{}\" fill=\"{color}\">{}</text>",
        weight.as_str(),
        escape_markup(text)
    );
}

/// Returns the contents of a generated SVG, which is one element without a prolog.
fn strip_svg_element(svg: &str) -> &str {
    let start = svg.find('>').map_or(0, |at| at + 1);
    svg[start..].strip_suffix("</svg>").unwrap_or_default()
}

/// Returns the background and the text color of the pill of a tier.
fn pill_colors(metal: Metal) -> (&'static str, &'static str) {
    match metal {
        Metal::Bronze => ("#33231a", "#efb583"),
        Metal::Silver => ("#e9edf0", "#2e383f"),
        Metal::Gold => ("#f2c766", "#2c1f00"),
        Metal::Diamond => ("#12303a", "#9fdef2"),
        Metal::Plain => ("#17332a", "#93e6c8"),
    }
}

/// Draws a shield for a README: a label and a message.
pub(crate) fn draw_shield(label: &str, message: &str) -> String {
    const SIZE: f32 = 11.0;
    let drawable = |text: &str| keep_drawable(text).unwrap_or_else(|| "–".to_owned());
    let (label, message) = (drawable(label), drawable(message));
    let width = |text: &str| measure_text(text, SIZE, Weight::Regular).ceil() * 1.12 + 12.0;
    let (left, right) = (width(&label) + 18.0, width(&message));
    let all = left + right;
    let (label, message) = (escape_markup(&label), escape_markup(&message));
    let text_left = 18.0 + (left - 18.0) / 2.0;
    let text_right = left + right / 2.0;
    // The browser may use another font than the one measured; `textLength` keeps the width.
    let length = |width: f32| format!("textLength=\"{:.0}\"", width - 12.0);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{all:.0}\" height=\"20\" role=\"img\" aria-label=\"{label}: {message}\"><title>{label}: {message}</title>\
         <clipPath id=\"r\"><rect width=\"{all:.0}\" height=\"20\" rx=\"4\"/></clipPath><g clip-path=\"url(#r)\"><rect width=\"{left:.0}\" height=\"20\" fill=\"#0c2f26\"/><rect x=\"{left:.0}\" width=\"{right:.0}\" height=\"20\" fill=\"#0b6b50\"/></g>\
         <g transform=\"translate(4 2) scale(.5)\">{MARK}</g>\
         <g fill=\"#fff\" text-anchor=\"middle\" font-family=\"Verdana,{FAMILY},sans-serif\" font-size=\"{SIZE}\"><text x=\"{text_left:.1}\" y=\"14\" {}>{label}</text><text x=\"{text_right:.1}\" y=\"14\" {}>{message}</text></g></svg>",
        length(left - 18.0),
        length(right)
    )
}

const LIGHT: &str = "#f2f8f5";
const SOFT: &str = "#b3cfc4";
const GOLD: &str = "#f2c766";

/// Background: the band of the pages, with light behind the badge.
const OPENING: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1200 630\" width=\"1200\" height=\"630\"><defs>\
    <linearGradient id=\"share-ground\" x1=\"0\" y1=\"0\" x2=\"1\" y2=\"1\"><stop stop-color=\"#12463a\"/><stop offset=\".55\" stop-color=\"#0c2f26\"/><stop offset=\"1\" stop-color=\"#071c17\"/></linearGradient>\
    <radialGradient id=\"share-light\"><stop stop-color=\"#fff\" stop-opacity=\".2\"/><stop offset=\"1\" stop-color=\"#fff\" stop-opacity=\"0\"/></radialGradient></defs>\
    <rect width=\"1200\" height=\"630\" fill=\"url(#share-ground)\"/><circle cx=\"280\" cy=\"315\" r=\"300\" fill=\"url(#share-light)\"/>\
    <rect y=\"622\" width=\"1200\" height=\"8\" fill=\"#f2c766\"/>";

/// The mark of the site, in 32 × 32 units.
const MARK: &str = "<path fill=\"#f2c766\" d=\"M16 1.5 28.6 8.8v14.4L16 30.5 3.4 23.2V8.8z\"/><path fill=\"#c58f22\" d=\"M16 1.5 28.6 8.8v14.4L16 30.5z\"/><path fill=\"#0c2f26\" d=\"M16 5.6 25 10.8v10.4l-9 5.2-9-5.2V10.8z\"/><path fill=\"#f2c766\" d=\"m16 9.2 2.1 4.3 4.7.7-3.4 3.3.8 4.7-4.2-2.2-4.2 2.2.8-4.7-3.4-3.3 4.7-.7z\"/>";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artwork::{Pin, render_png};

    fn draw(title: &str) -> String {
        let picture = Pin {
            id: "necromancer",
            category: "talk",
            art: accolade::BadgeArt::default(),
            metal: Metal::Gold,
            locked: false,
        };
        ShareCard {
            kicker: "Denis earned",
            title,
            tier: ("gold", Metal::Gold),
            description: "Answer a question more than 60 days later",
            rarity: "Only 1.7% of players have it",
            site: "Woodworkers",
            picture: &picture.to_svg(),
        }
        .to_svg()
    }

    #[test]
    fn a_share_image_is_a_png_of_the_expected_size_and_always_the_same() {
        let png = render_png(&draw("Necromancer"), SHARE_SIZE.0, SHARE_SIZE.1).unwrap();
        assert!(png.starts_with(b"\x89PNG"));
        // Width and height are in the first chunk.
        assert_eq!(png[16..24], [0, 0, 4, 176, 0, 0, 2, 118]);
        let again = render_png(&draw("Necromancer"), SHARE_SIZE.0, SHARE_SIZE.1).unwrap();
        assert!(png == again, "two renderings differ");
        let other = render_png(&draw("Reviver"), SHARE_SIZE.0, SHARE_SIZE.1).unwrap();
        assert!(png != other, "the title is not drawn");
    }

    #[test]
    fn names_are_escaped_and_shortened() {
        let svg = draw("<script>alert(1)</script>");
        assert!(!svg.contains("<script>"), "{svg}");
        let long = draw(&"An endless title ".repeat(20));
        assert!(long.contains('…'), "{long}");
        assert!(render_png(&long, 1200, 630).is_ok());
        let shield = draw_shield("\"<b>&", "12 badges");
        assert!(
            !shield.contains("<b>") && shield.contains("12 badges"),
            "{shield}"
        );
    }

    #[test]
    fn text_is_drawn_in_both_weights() {
        let draw = |text: &str, weight| {
            let style = TextStyle {
                size: 40.0,
                weight,
                color: LIGHT,
                leading: 1.0,
                pill: None,
            };
            let mut svg = String::from(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"200\" height=\"60\">",
            );
            write_text(&mut svg, text, (0.0, 40.0), style);
            render_png(&(svg + "</svg>"), 200, 60).unwrap()
        };
        let blank = draw("", Weight::Regular);
        let [regular, bold] = [Weight::Regular, Weight::Bold].map(|weight| draw("Ω", weight));
        assert!(regular != blank && bold != blank, "the font is not found");
        assert!(regular != bold, "the weights look the same");
    }
}
