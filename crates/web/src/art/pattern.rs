//! What is cut into the enamel of a badge.

use std::f64::consts::PI;
use std::fmt::Write as _;

use super::drawing::{around, short, through};

/// A pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pattern {
    /// Planes of a cut stone.
    Facets,
    /// Planes around a table.
    Crystal,
    /// Rays from the middle.
    Rays,
    /// Fine rings, as engraved.
    Rings,
}

/// Beyond every outline.
const FAR: f64 = 80.0;
/// Where light comes from.
const LIGHT: f64 = -2.3;

impl Pattern {
    pub(super) const ALL: [Self; 4] = [Self::Facets, Self::Crystal, Self::Rays, Self::Rings];

    /// Its planes and lines, around the origin.
    pub(super) fn draw(self, turn: f64) -> String {
        match self {
            Self::Facets => facets(14, turn, 0.24),
            Self::Crystal => facets(8, turn, 0.2) + &table(8, turn),
            Self::Rays => rays(18, turn),
            Self::Rings => facets(10, turn, 0.12) + &rings(),
        }
    }
}

/// A fan of planes, each as light as its side is turned to the light.
fn facets(planes: usize, turn: f64, strength: f64) -> String {
    let mut drawn = String::new();
    for plane in 0..planes {
        let (from, to) = (angle(plane, planes, turn), angle(plane + 1, planes, turn));
        let lit = (((from + to) / 2.0) - LIGHT).cos();
        // Neighbours differ, so that edges show.
        let lit = lit + if plane.is_multiple_of(2) { 0.3 } else { -0.3 };
        drawn += &shade(
            &through(&[(0.0, 0.0), around(FAR, from), around(FAR, to)]),
            lit * strength,
        );
    }
    drawn
}

/// The flat middle of a cut stone.
fn table(planes: usize, turn: f64) -> String {
    let corners: Vec<_> = (0..planes)
        .map(|plane| around(25.0, angle(plane, planes, turn)))
        .collect();
    shade(&through(&corners), 0.16)
}

fn rays(rays: usize, turn: f64) -> String {
    let mut drawn = String::new();
    for ray in 0..rays {
        let (from, to) = (
            angle(ray * 2, rays * 2, turn),
            angle(ray * 2 + 1, rays * 2, turn),
        );
        drawn += &shade(
            &through(&[(0.0, 0.0), around(FAR, from), around(FAR, to)]),
            0.11,
        );
    }
    drawn
}

fn rings() -> String {
    let mut drawn = String::new();
    for ring in 0..6 {
        let radius = 17.0 + 6.0 * f64::from(ring);
        let _ = write!(
            drawn,
            "<circle r=\"{}\" fill=\"none\" stroke=\"#fff\" stroke-opacity=\".13\" stroke-width=\"1.4\"/>",
            short(radius)
        );
    }
    drawn
}

fn angle(plane: usize, planes: usize, turn: f64) -> f64 {
    turn + 2.0 * PI * plane as f64 / planes as f64
}

/// A plane in light, or below 0 in shadow.
fn shade(path: &str, light: f64) -> String {
    let colour = if light < 0.0 { "#000" } else { "#fff" };
    format!(
        "<path d=\"{path}\" fill=\"{colour}\" fill-opacity=\"{}\"/>",
        short(light.abs())
    )
}
