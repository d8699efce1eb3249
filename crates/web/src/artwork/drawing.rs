//! Geometry and SVG path helpers.

use std::fmt::Write as _;

/// Coordinates `(x, y)` in SVG user units.
pub(super) type Point = (f64, f64);

/// Returns the point at an angle, in radians, on a circle around the origin.
pub(super) fn point_on_circle(radius: f64, angle: f64) -> Point {
    (radius * angle.cos(), radius * angle.sin())
}

/// Formats a number with at most two decimal places.
pub(super) fn format_number(number: f64) -> String {
    // More digits would be invisible, and a picture has hundreds of numbers.
    let text = format!("{number:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" {
        "0".to_owned()
    } else {
        text.to_owned()
    }
}

/// Builds a closed path through corners.
pub(super) fn closed_path(corners: &[Point]) -> String {
    let mut path = String::new();
    for (number, (x, y)) in corners.iter().enumerate() {
        let letter = if number == 0 { 'M' } else { 'L' };
        let _ = write!(path, "{letter}{} {}", format_number(*x), format_number(*y));
    }
    path + "Z"
}

/// Builds a closed path with rounded corners.
pub(super) fn rounded_path(corners: &[Point], radius: f64) -> String {
    let mut path = String::new();
    for (number, &corner) in corners.iter().enumerate() {
        let before = corners[(number + corners.len() - 1) % corners.len()];
        let after = corners[(number + 1) % corners.len()];
        let (from, to) = (
            move_towards(corner, before, radius),
            move_towards(corner, after, radius),
        );
        let letter = if number == 0 { 'M' } else { 'L' };
        let _ = write!(
            path,
            "{letter}{} {}Q{} {} {} {}",
            format_number(from.0),
            format_number(from.1),
            format_number(corner.0),
            format_number(corner.1),
            format_number(to.0),
            format_number(to.1)
        );
    }
    path + "Z"
}

/// Moves from one point towards another, by a distance but at most halfway.
fn move_towards(from: Point, to: Point, way: f64) -> Point {
    let length = (to.0 - from.0).hypot(to.1 - from.1);
    let part = (way / length).min(0.5);
    (
        from.0 + (to.0 - from.0) * part,
        from.1 + (to.1 - from.1) * part,
    )
}
