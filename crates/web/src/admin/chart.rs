//! Layout of bar charts over time. Templates only draw the computed coordinates.

use serde::Serialize;

// Dimensions are in SVG user units.
const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 220.0;
/// Margin for the labels of the scale.
const MARGIN_LEFT: f64 = 52.0;
/// Margin for the dates.
const MARGIN_BOTTOM: f64 = 24.0;
const MARGIN_TOP: f64 = 10.0;
/// Share of its slot that a column fills; the rest is the gap.
const COLUMN_SHARE: f64 = 0.72;
/// Approximate number of dates below the columns.
const DATE_COUNT: usize = 6;

/// Value of one day or month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct ChartPoint {
    /// Day or month: `2026-06-01`, `2026-06`.
    pub(super) label: String,
    pub(super) value: i64,
}

/// Bar chart over time.
#[derive(Debug, Clone, Serialize)]
pub(super) struct BarChart {
    /// Id within the page.
    pub(super) id: String,
    pub(super) title: String,
    /// Total or maximum of all columns, as text.
    pub(super) summary: String,
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) columns: Vec<ChartColumn>,
    pub(super) lines: Vec<ScaleLine>,
    pub(super) points: Vec<ChartPoint>,
}

/// Column of a chart.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ChartColumn {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) label: String,
    pub(super) value: i64,
    /// Position of its date label, if it has one.
    pub(super) date_at: Option<f64>,
}

/// Horizontal line of the scale.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ScaleLine {
    pub(super) y: f64,
    pub(super) value: String,
    pub(super) from: f64,
    pub(super) to: f64,
}

impl BarChart {
    /// Lays out a chart of points in chronological order. Negative values are drawn as zero.
    pub(super) fn new(id: &str, title: &str, summary: String, points: Vec<ChartPoint>) -> Self {
        let highest = points
            .iter()
            .map(|point| point.value)
            .max()
            .unwrap_or_default()
            // Charts without values need a scale, too, and must not divide by zero.
            .max(1);
        let step = choose_scale_step(highest);
        // Saturating, because a value can be as large as an i64.
        let top = highest
            .div_euclid(step)
            .saturating_add(i64::from(highest % step != 0))
            .saturating_mul(step);
        let height = HEIGHT - MARGIN_TOP - MARGIN_BOTTOM;
        let at = |value: i64| {
            round_coordinate(MARGIN_TOP + height * (1.0 - value.max(0) as f64 / top as f64))
        };
        let place = (WIDTH - MARGIN_LEFT) / points.len().max(1) as f64;
        // Labels of all columns would overlap.
        let every = points.len().div_ceil(DATE_COUNT).max(1);
        let column = |(index, point): (usize, &ChartPoint)| {
            let x = MARGIN_LEFT + place * index as f64 + place * (1.0 - COLUMN_SHARE) / 2.0;
            let y = at(point.value);
            ChartColumn {
                x: round_coordinate(x),
                y,
                width: round_coordinate(place * COLUMN_SHARE),
                height: round_coordinate(MARGIN_TOP + height - y),
                label: point.label.clone(),
                value: point.value,
                date_at: index.is_multiple_of(every).then(|| round_coordinate(x)),
            }
        };
        let line = |value: i64| ScaleLine {
            y: at(value),
            value: format_short(value),
            from: MARGIN_LEFT,
            to: WIDTH,
        };
        let steps = std::iter::successors(Some(0_i64), |value| {
            // Checked, because `top` can be the largest number.
            value.checked_add(step).filter(|next| *next <= top)
        });
        Self {
            id: id.to_owned(),
            title: title.to_owned(),
            summary,
            width: WIDTH,
            height: HEIGHT,
            columns: points.iter().enumerate().map(column).collect(),
            lines: steps.map(line).collect(),
            points,
        }
    }
}

/// Returns a round step width such that three to five steps reach the highest value.
fn choose_scale_step(highest: i64) -> i64 {
    let mut power: i64 = 1;
    loop {
        for factor in [1, 2, 5] {
            let Some(step) = power.checked_mul(factor) else {
                return i64::MAX;
            };
            if highest.div_euclid(step) < 4 {
                return step;
            }
        }
        let Some(next) = power.checked_mul(10) else {
            return i64::MAX;
        };
        power = next;
    }
}

/// Abbreviates a number: `1.2k`, `3M`.
fn format_short(value: i64) -> String {
    let of = |unit: i64, name: &str| match value % unit {
        0 => format!("{}{name}", value / unit),
        _ => format!("{:.1}{name}", value as f64 / unit as f64),
    };
    match value {
        1_000_000_000.. => of(1_000_000_000, "G"),
        1_000_000.. => of(1_000_000, "M"),
        1_000.. => of(1_000, "k"),
        _ => value.to_string(),
    }
}

fn round_coordinate(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(values: &[i64]) -> BarChart {
        let point = |value: &i64| ChartPoint {
            label: "2026-06-01".into(),
            value: *value,
        };
        BarChart::new(
            "events",
            "Events",
            String::new(),
            values.iter().map(point).collect(),
        )
    }

    #[test]
    fn columns_are_as_high_as_their_values_and_stay_inside() {
        let BarChart { columns, lines, .. } = chart(&[0, 50, 100, -3]);
        assert_eq!(columns[0].height, 0.0);
        assert!((columns[2].height - 2.0 * columns[1].height).abs() < 0.02);
        assert_eq!(columns[3].height, 0.0);
        assert!(
            columns
                .iter()
                .all(|column| column.y >= MARGIN_TOP && column.x + column.width <= WIDTH)
        );
        assert_eq!(
            lines
                .iter()
                .map(|line| line.value.as_str())
                .collect::<Vec<_>>(),
            ["0", "50", "100"]
        );
    }

    #[test]
    fn nothing_and_very_much_can_be_drawn() {
        for values in [&[][..], &[0], &[i64::MAX, i64::MIN], &[1; 1_000]] {
            let BarChart { columns, .. } = chart(values);
            assert!(
                columns
                    .iter()
                    .all(|column| column.height.is_finite() && column.height >= 0.0),
                "{values:?}"
            );
        }
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!(
            [0, 999, 1_000, 1_500, 2_000_000].map(format_short),
            ["0", "999", "1k", "1.5k", "2M"]
        );
    }
}
