//! Patterns in the enamel of badges.

use std::f64::consts::PI;
use std::fmt::Write as _;

use super::drawing::{closed_path, format_number, point_on_circle};

/// Pattern in the enamel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pattern {
    /// Facets of a cut stone.
    Facets,
    /// Facets around a flat center.
    Crystal,
    /// Rays from the center.
    Rays,
    /// Fine engraved rings.
    Rings,
}

/// Radius beyond every outline.
const OUTER_RADIUS: f64 = 80.0;
/// Direction of the light, in radians.
const LIGHT_ANGLE: f64 = -2.3;

impl Pattern {
    pub(super) const ALL: [Self; 4] = [Self::Facets, Self::Crystal, Self::Rays, Self::Rings];

    /// Draws the pattern around the origin, rotated by `turn` radians.
    pub(super) fn draw(self, turn: f64) -> String {
        match self {
            Self::Facets => draw_facets(14, turn, 0.24),
            Self::Crystal => draw_facets(8, turn, 0.2) + &draw_table(8, turn),
            Self::Rays => draw_rays(18, turn),
            Self::Rings => draw_facets(10, turn, 0.12) + &draw_rings(),
        }
    }
}

/// Draws a fan of triangles, each shaded by its angle to the light.
fn draw_facets(planes: usize, turn: f64, strength: f64) -> String {
    let mut drawn = String::new();
    for plane in 0..planes {
        let (from, to) = (
            plane_angle(plane, planes, turn),
            plane_angle(plane + 1, planes, turn),
        );
        let lit = (((from + to) / 2.0) - LIGHT_ANGLE).cos();
        // Neighbors must differ in shade, or their edges would be invisible.
        let lit = lit + if plane.is_multiple_of(2) { 0.3 } else { -0.3 };
        drawn += &shade_path(
            &closed_path(&[
                (0.0, 0.0),
                point_on_circle(OUTER_RADIUS, from),
                point_on_circle(OUTER_RADIUS, to),
            ]),
            lit * strength,
        );
    }
    drawn
}

/// Draws the flat center of a cut stone.
fn draw_table(planes: usize, turn: f64) -> String {
    let corners: Vec<_> = (0..planes)
        .map(|plane| point_on_circle(25.0, plane_angle(plane, planes, turn)))
        .collect();
    shade_path(&closed_path(&corners), 0.16)
}

fn draw_rays(rays: usize, turn: f64) -> String {
    let mut drawn = String::new();
    for ray in 0..rays {
        let (from, to) = (
            plane_angle(ray * 2, rays * 2, turn),
            plane_angle(ray * 2 + 1, rays * 2, turn),
        );
        drawn += &shade_path(
            &closed_path(&[
                (0.0, 0.0),
                point_on_circle(OUTER_RADIUS, from),
                point_on_circle(OUTER_RADIUS, to),
            ]),
            0.11,
        );
    }
    drawn
}

fn draw_rings() -> String {
    let mut drawn = String::new();
    for ring in 0..6 {
        let radius = 17.0 + 6.0 * f64::from(ring);
        let _ = write!(
            drawn,
            "<circle r=\"{}\" fill=\"none\" stroke=\"#fff\" stroke-opacity=\".13\" stroke-width=\"1.4\"/>",
            format_number(radius)
        );
    }
    drawn
}

fn plane_angle(plane: usize, planes: usize, turn: f64) -> f64 {
    turn + 2.0 * PI * plane as f64 / planes as f64
}

/// Draws a path with an intensity of light; negative values are shadow.
fn shade_path(path: &str, light: f64) -> String {
    let color = if light < 0.0 { "#000" } else { "#fff" };
    format!(
        "<path d=\"{path}\" fill=\"{color}\" fill-opacity=\"{}\"/>",
        format_number(light.abs())
    )
}
