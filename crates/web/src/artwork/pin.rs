//! Badges as enamel pins: ribbon, metal rim, patterned enamel, glyph, gloss and studs.

use std::f64::consts::PI;
use std::fmt::Write as _;

use accolade::BadgeArt;

use super::drawing::{format_number, point_on_circle};
use super::family::BadgeFamily;
use super::glyphs;
use super::paint::{ENAMELS, Enamel, Metal, NIGHT, color_enamel};
use super::pattern::Pattern;
use super::seed::Seed;
use super::shapes::PinShape;
use super::signs::{Glyph, QUESTION, sign_glyph};

/// Properties that determine the picture of a badge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pin<'t> {
    /// Badge id.
    pub(crate) id: &'t str,
    /// Category id; empty for none.
    pub(crate) category: &'t str,
    /// Choices of the catalog.
    pub(crate) art: BadgeArt,
    /// Metal of the tier.
    pub(crate) metal: Metal,
    /// True if the badge is not earned yet.
    pub(crate) locked: bool,
}

impl Pin<'_> {
    /// Draws the picture.
    pub(crate) fn to_svg(self) -> String {
        // Related badges differ in their rims only.
        let family = BadgeFamily::from_id(self.id);
        let mut seed = Seed::new("badge", &family.name);
        let shape = *seed.pick(&PinShape::ALL);
        let rank = self.art.rank.or(family.rank);
        let parts = PinParts {
            shape: self.art.shape.map_or(shape, PinShape::from),
            pattern: *seed.pick(&Pattern::ALL),
            turn: PI * seed.next_below(12) as f64 / 48.0,
            glyph: self
                .art
                .sign
                .map_or_else(|| glyphs::select_glyph(&family.name), sign_glyph),
            enamel: self.art.color.map_or_else(
                || Seed::new("category", self.category).pick(&ENAMELS),
                color_enamel,
            ),
            metal: match self.metal {
                _ if self.locked => Metal::Plain,
                Metal::Plain => rank.map_or(Metal::Plain, Metal::from_rank),
                metal => metal,
            },
            // Depends on all properties: a page may show the same badge in several metals.
            id_prefix: Seed::new("picture", &format!("{self:?}")).id_prefix(),
        };
        if self.locked {
            parts.draw_locked()
        } else {
            parts.draw_earned("")
        }
    }
}

/// Draws the picture of every secret badge. It is constant, so that it reveals nothing.
pub(crate) fn draw_secret() -> String {
    let parts = PinParts {
        shape: PinShape::Hexagon,
        pattern: Pattern::Facets,
        turn: 0.2,
        glyph: QUESTION,
        enamel: &NIGHT,
        metal: Metal::Plain,
        id_prefix: "a-secret".to_owned(),
    };
    parts.draw_earned(STARS)
}

/// Night sky around the question mark.
const STARS: &str = "<g fill=\"#fff\"><circle cx=\"-24\" cy=\"-20\" r=\"1.2\" fill-opacity=\".8\"/>\
    <circle cx=\"27\" cy=\"-15\" r=\".9\" fill-opacity=\".7\"/><circle cx=\"-29\" cy=\"9\" r=\".8\" fill-opacity=\".6\"/>\
    <circle cx=\"24\" cy=\"20\" r=\"1.3\" fill-opacity=\".7\"/><circle cx=\"-14\" cy=\"30\" r=\"1\" fill-opacity=\".6\"/>\
    <circle cx=\"10\" cy=\"-33\" r=\"1\" fill-opacity=\".7\"/><circle cx=\"33\" cy=\"3\" r=\".7\" fill-opacity=\".5\"/></g>";

struct PinParts<'t> {
    shape: PinShape,
    pattern: Pattern,
    turn: f64,
    glyph: Glyph,
    enamel: &'t Enamel,
    metal: Metal,
    /// Prefix of the ids within the SVG. It is unique, because a page may inline several pictures.
    id_prefix: String,
}

impl PinParts<'_> {
    /// Draws an earned badge, with `behind` between the pattern and the glyph.
    fn draw_earned(&self, behind: &str) -> String {
        let Self {
            shape,
            pattern,
            enamel,
            id_prefix: name,
            ..
        } = self;
        let (x, y) = shape.center_point();
        let outline = shape.outline();
        let middle = format!("translate({} {})", format_number(x), format_number(y));
        let mut svg = String::from(SVG_OPENING);
        let _ = write!(
            svg,
            "<defs>{}<clipPath id=\"{name}c\"><use href=\"#{name}o\" transform=\"scale(.83)\"/></clipPath>",
            self.draw_gradients()
        );
        let _ = write!(svg, "<path id=\"{name}o\" d=\"{outline}\"/></defs>");
        for (cloth, in_shadow) in shape.ribbon() {
            let _ = write!(
                svg,
                "<path d=\"{cloth}\" fill=\"url(#{name}{})\"/>",
                if *in_shadow { "s" } else { "r" }
            );
        }
        let _ = write!(svg, "<g transform=\"{middle}\">");
        // Shadow, rim, inner edge (lit from the opposite side) and enamel, from back to front.
        let _ = write!(
            svg,
            "<use href=\"#{name}o\" y=\"3\" fill=\"#000\" fill-opacity=\".22\"/>"
        );
        let _ = write!(svg, "<use href=\"#{name}o\" fill=\"url(#{name}m)\"/>");
        let _ = write!(
            svg,
            "<use href=\"#{name}o\" transform=\"scale(.885)\" fill=\"url(#{name}i)\"/>"
        );
        let _ = write!(
            svg,
            "<use href=\"#{name}o\" transform=\"scale(.83)\" fill=\"url(#{name}e)\"/>"
        );
        let _ = write!(
            svg,
            "<g clip-path=\"url(#{name}c)\">{}{behind}",
            pattern.draw(self.turn)
        );
        if matches!(self.metal, Metal::Gold | Metal::Diamond) {
            // Inside the enamel: on the rim, white would look like a chip on a white page.
            svg += SPARKLES;
        }
        // Gloss from above.
        let _ = write!(
            svg,
            "<ellipse cx=\"-8\" cy=\"-44\" rx=\"62\" ry=\"38\" fill=\"url(#{name}g)\"/></g>"
        );
        let _ = write!(
            svg,
            "<use href=\"#{name}o\" transform=\"scale(.83)\" fill=\"none\" stroke=\"{}\" stroke-opacity=\".55\" stroke-width=\"1.2\"/>",
            enamel.deep
        );
        svg += &self.draw_glyph();
        svg += &self.draw_studs();
        svg += "</g>";
        svg + "</svg>"
    }

    /// Draws a locked badge as a grey outline.
    fn draw_locked(&self) -> String {
        let shape = self.shape;
        let (x, y) = shape.center_point();
        let outline = shape.outline();
        let mut svg = String::from(SVG_OPENING);
        for (cloth, _) in shape.ribbon() {
            let _ = write!(
                svg,
                "<path d=\"{cloth}\" fill=\"{LOCKED_GREY}\" fill-opacity=\".16\"/>"
            );
        }
        let _ = write!(
            svg,
            "<g transform=\"translate({} {})\">",
            format_number(x),
            format_number(y)
        );
        let _ = write!(
            svg,
            "<path d=\"{outline}\" fill=\"{LOCKED_GREY}\" fill-opacity=\".13\" stroke=\"{LOCKED_GREY}\" stroke-opacity=\".75\" stroke-width=\"2\"/>"
        );
        let _ = write!(
            svg,
            "<path d=\"{outline}\" transform=\"scale(.83)\" fill=\"none\" stroke=\"{LOCKED_GREY}\" stroke-opacity=\".5\" stroke-width=\"1.4\" stroke-dasharray=\"3 4\"/>"
        );
        let _ = write!(
            svg,
            "<g fill=\"{LOCKED_GREY}\" stroke=\"{LOCKED_GREY}\" fill-opacity=\".8\">{}</g></g>",
            self.draw_glyph_at(0.0)
        );
        svg + "</svg>"
    }

    fn draw_gradients(&self) -> String {
        let Self {
            enamel,
            metal,
            id_prefix: name,
            ..
        } = self;
        let [lit, light, dark, back, shadow] = metal.sheen(enamel);
        let mut drawn = String::new();
        for (part, across, stops) in [
            (
                "m",
                "x1=\"0\" y1=\"0\" x2=\"1\" y2=\"1\"",
                [lit, light, dark, back, shadow],
            ),
            (
                "i",
                "x1=\"1\" y1=\"1\" x2=\"0\" y2=\"0\"",
                [light, back, light, dark, shadow],
            ),
        ] {
            let _ = write!(drawn, "<linearGradient id=\"{name}{part}\" {across}>");
            for (stop, offset) in stops.iter().zip(["0", ".28", ".52", ".74", "1"]) {
                let _ = write!(drawn, "<stop offset=\"{offset}\" stop-color=\"{stop}\"/>");
            }
            drawn += "</linearGradient>";
        }
        for (part, from, to) in [
            ("r", enamel.bright, enamel.middle),
            ("s", enamel.middle, enamel.deep),
        ] {
            let _ = write!(
                drawn,
                "<linearGradient id=\"{name}{part}\" x1=\"0\" y1=\"0\" x2=\"1\" y2=\"0\"><stop stop-color=\"{from}\"/><stop offset=\"1\" stop-color=\"{to}\"/></linearGradient>"
            );
        }
        let _ = write!(
            drawn,
            "<radialGradient id=\"{name}e\" cx=\".38\" cy=\".28\" r=\".85\"><stop stop-color=\"{}\"/><stop offset=\".55\" stop-color=\"{}\"/><stop offset=\"1\" stop-color=\"{}\"/></radialGradient>",
            enamel.bright, enamel.middle, enamel.deep
        );
        let _ = write!(
            drawn,
            "<linearGradient id=\"{name}g\" x1=\"0\" y1=\"0\" x2=\"0\" y2=\"1\"><stop stop-color=\"#fff\" stop-opacity=\".42\"/><stop offset=\"1\" stop-color=\"#fff\" stop-opacity=\".04\"/></linearGradient>"
        );
        let [upper, lower] = match metal {
            Metal::Plain => ["#ffffff", enamel.light],
            _ => [lit, light],
        };
        let _ = write!(
            drawn,
            "<linearGradient id=\"{name}f\" x1=\"0\" y1=\"0\" x2=\"0\" y2=\"1\"><stop stop-color=\"{upper}\"/><stop offset=\"1\" stop-color=\"{lower}\"/></linearGradient>"
        );
        drawn
    }

    /// Draws the glyph in relief.
    fn draw_glyph(&self) -> String {
        let Self {
            id_prefix: name,
            enamel,
            ..
        } = self;
        let deep = enamel.deep;
        let shadow = format!(
            "<g fill=\"{deep}\" stroke=\"{deep}\" opacity=\".6\">{}</g>",
            self.draw_glyph_at(1.8)
        );
        let face = format!(
            "<g fill=\"url(#{name}f)\" stroke=\"{}\">{}</g>",
            self.metal.sheen(enamel)[0],
            self.draw_glyph_at(0.0)
        );
        shadow + &face
    }

    /// Draws the glyph, moved down by some units.
    fn draw_glyph_at(&self, below: f64) -> String {
        let scale = 1.85 * self.shape.glyph_scale();
        // The studs need room below the glyph.
        let up = if self.metal.stud_count() > 0 {
            3.5
        } else {
            0.0
        };
        let (x, y) = (-12.0 * scale, -12.0 * scale + below - up);
        let Glyph { filled, line } = self.glyph;
        let mut drawn = format!(
            "<g transform=\"translate({} {}) scale({})\">",
            format_number(x),
            format_number(y),
            format_number(scale)
        );
        let _ = write!(
            drawn,
            "<path d=\"{filled}\" fill-rule=\"evenodd\" stroke=\"none\"/>"
        );
        if !line.is_empty() {
            let _ = write!(
                drawn,
                "<path d=\"{line}\" fill=\"none\" stroke-width=\"3.2\" stroke-linecap=\"round\"/>"
            );
        }
        drawn + "</g>"
    }

    /// Draws the studs of the metal along the lower edge.
    fn draw_studs(&self) -> String {
        let studs = self.metal.stud_count();
        let mut drawn = String::new();
        for stud in 0..studs {
            let angle =
                PI / 2.0 + (f64::from(stud) - f64::from(studs.saturating_sub(1)) / 2.0) * -0.26;
            let (x, y) = point_on_circle(self.shape.stud_distance(), angle);
            let _ = write!(
                drawn,
                "<circle cx=\"{}\" cy=\"{}\" r=\"2.5\" fill=\"url(#{}m)\" stroke=\"{}\" stroke-width=\".8\"/>",
                format_number(x),
                format_number(y),
                self.id_prefix,
                self.enamel.deep
            );
        }
        drawn
    }
}

const SVG_OPENING: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 128 128\" width=\"128\" height=\"128\" role=\"img\" aria-hidden=\"true\">";
/// Grey that is visible on light and dark backgrounds.
const LOCKED_GREY: &str = "#80908a";
const SPARKLES: &str = "<g fill=\"#fff\"><path d=\"M20 -24l1.5 5 5 1.5-5 1.5-1.5 5-1.5-5-5-1.5 5-1.5z\" fill-opacity=\".9\"/>\
    <path d=\"M-25 10l1 3.4 3.4 1-3.4 1-1 3.4-1-3.4-3.4-1 3.4-1z\" fill-opacity=\".75\"/></g>";

#[cfg(test)]
mod tests {
    use super::*;

    fn draw_pin(id: &str) -> String {
        Pin {
            id,
            category: "edits",
            art: BadgeArt::default(),
            metal: Metal::Gold,
            locked: false,
        }
        .to_svg()
    }

    #[test]
    fn pictures_are_deterministic_and_distinct() {
        assert_eq!(draw_pin("editor"), draw_pin("editor"));
        assert_ne!(draw_pin("editor"), draw_pin("critic"));
        let silver = Pin {
            id: "editor",
            category: "edits",
            art: BadgeArt::default(),
            metal: Metal::Silver,
            locked: false,
        }
        .to_svg();
        assert_ne!(draw_pin("editor"), silver);
    }

    #[test]
    fn ids_within_pictures_are_unique_across_pictures() {
        let names = |svg: &str| -> Vec<String> {
            svg.split(" id=\"")
                .skip(1)
                .filter_map(|rest| rest.split('"').next())
                .map(str::to_owned)
                .collect()
        };
        let (editor, critic) = (names(&draw_pin("editor")), names(&draw_pin("critic")));
        assert!(
            !editor.is_empty() && editor.iter().all(|name| !critic.contains(name)),
            "{editor:?} {critic:?}"
        );
    }

    #[test]
    fn ids_are_never_part_of_a_picture() {
        for locked in [false, true] {
            let hostile = Pin {
                id: "\"><script>",
                category: "'</svg>",
                art: BadgeArt::default(),
                metal: Metal::Plain,
                locked,
            }
            .to_svg();
            assert!(
                !hostile.contains("script") && hostile.matches("</svg>").count() == 1,
                "{hostile}"
            );
            assert!(
                !hostile.contains("style="),
                "the content policy forbids inline styles"
            );
        }
    }
}
