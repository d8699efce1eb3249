//! Table of results.

use std::fmt;

/// Lines of a name, a figure and its comparison.
#[derive(Debug, Default)]
pub struct ResultTable(Vec<[String; 3]>);

impl ResultTable {
    /// Adds a line.
    pub fn add_line(
        &mut self,
        name: impl Into<String>,
        figure: impl Into<String>,
        comparison: impl Into<String>,
    ) {
        self.0.push([name.into(), figure.into(), comparison.into()]);
    }
}

impl fmt::Display for ResultTable {
    // Markdown, for `docs/performance.md`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = ["Measure", "Figure", "Compared with"].map(str::to_owned);
        let width = |column: usize| {
            let cells = self
                .0
                .iter()
                .chain([&head])
                .map(|line| line[column].chars().count());
            cells.max().unwrap_or_default()
        };
        let widths = [width(0), width(1), width(2)];
        let rule = widths.map(|width| "-".repeat(width));
        for line in [&head, &rule].into_iter().chain(&self.0) {
            let [one, two, three] = line;
            let [first, second, third] = widths;
            writeln!(f, "| {one:first$} | {two:second$} | {three:third$} |")?;
        }
        Ok(())
    }
}

/// Formats a rate per second: `12,300/s`.
pub fn format_rate(count: usize, seconds: f64) -> String {
    format!("{}/s", group_thousands(count as f64 / seconds))
}

/// Formats a whole number with thousands separators.
pub fn group_thousands(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Formats a duration in a suitable unit.
pub fn format_duration(seconds: f64) -> String {
    match seconds {
        _ if seconds < 1e-6 => format!("{:.0} ns", seconds * 1e9),
        _ if seconds < 1e-3 => format!("{:.2} µs", seconds * 1e6),
        _ => format!("{:.2} ms", seconds * 1e3),
    }
}
