//! Outlines of badges, centered on the origin, about 100 units wide and high.

use std::f64::consts::PI;

use accolade::ArtShape;

use super::drawing::{Point, point_on_circle, rounded_path};

/// Outline of a badge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PinShape {
    Hexagon,
    Shield,
    Medal,
    Star,
    Rosette,
    Gem,
}

impl From<ArtShape> for PinShape {
    fn from(shape: ArtShape) -> Self {
        match shape {
            ArtShape::Hexagon => Self::Hexagon,
            ArtShape::Shield => Self::Shield,
            ArtShape::Medal => Self::Medal,
            ArtShape::Star => Self::Star,
            ArtShape::Rosette => Self::Rosette,
            ArtShape::Gem => Self::Gem,
        }
    }
}

impl PinShape {
    pub(super) const ALL: [Self; 6] = [
        Self::Hexagon,
        Self::Shield,
        Self::Medal,
        Self::Star,
        Self::Rosette,
        Self::Gem,
    ];

    /// Returns the outline as an SVG path.
    pub(super) fn outline(self) -> String {
        match self {
            Self::Hexagon => rounded_path(&polygon_corners(6, 52.0), 9.0),
            Self::Shield => SHIELD.to_owned(),
            Self::Medal => circle_path(43.0),
            Self::Star => rounded_path(&star_corners(8, 53.0, 42.0), 6.0),
            Self::Rosette => rounded_path(&star_corners(20, 46.0, 41.5), 3.0),
            Self::Gem => rounded_path(&polygon_corners(4, 57.0), 17.0),
        }
    }

    /// Returns the position of its center in the picture. Shapes with a ribbon are off-center.
    pub(super) fn center_point(self) -> Point {
        match self {
            Self::Medal => (64.0, 76.0),
            Self::Rosette => (64.0, 55.0),
            Self::Shield => (64.0, 63.0),
            _ => (64.0, 64.0),
        }
    }

    /// Returns the scale of the glyph, relative to its usual size.
    pub(super) fn glyph_scale(self) -> f64 {
        match self {
            Self::Hexagon | Self::Shield => 1.0,
            Self::Medal | Self::Rosette => 0.9,
            Self::Star => 0.88,
            Self::Gem => 0.86,
        }
    }

    /// Returns the distance of the studs from the center.
    pub(super) fn stud_distance(self) -> f64 {
        match self {
            Self::Hexagon | Self::Gem => 31.0,
            Self::Shield => 30.0,
            Self::Medal | Self::Rosette | Self::Star => 28.5,
        }
    }

    /// Returns the paths of its ribbon, each with true if it is in shadow.
    pub(super) fn ribbon(self) -> &'static [(&'static str, bool)] {
        match self {
            Self::Medal => &[
                ("M30 4 H54 L74 44 H46 Z", false),
                ("M98 4 H74 L54 44 H82 Z", true),
            ],
            Self::Rosette => &[
                ("M40 78 L26 122 L42 115 L54 126 L64 88 Z", false),
                ("M88 78 L102 122 L86 115 L74 126 L64 88 Z", true),
            ],
            _ => &[],
        }
    }
}

const SHIELD: &str = "M0 -53 C13 -45 28 -41 45 -40 Q48 -40 48 -36 C49 6 34 36 3 53 Q0 55 -3 53 C-34 36 -49 6 -48 -36 \
    Q-48 -40 -45 -40 C-28 -41 -13 -45 0 -53 Z";

fn circle_path(radius: f64) -> String {
    format!(
        "M0 -{radius} A{radius} {radius} 0 1 1 0 {radius} A{radius} {radius} 0 1 1 0 -{radius} Z"
    )
}

/// Returns the corners of a regular polygon with a corner at the top.
fn polygon_corners(corners: usize, radius: f64) -> Vec<Point> {
    (0..corners)
        .map(|corner| {
            point_on_circle(
                radius,
                -PI / 2.0 + 2.0 * PI * corner as f64 / corners as f64,
            )
        })
        .collect()
}

/// Returns the corners of a star.
fn star_corners(rays: usize, outer: f64, inner: f64) -> Vec<Point> {
    let radius = |corner: usize| {
        if corner.is_multiple_of(2) {
            outer
        } else {
            inner
        }
    };
    (0..rays * 2)
        .map(|corner| point_on_circle(radius(corner), -PI / 2.0 + PI * corner as f64 / rays as f64))
        .collect()
}
