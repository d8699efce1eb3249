//! How much is measured.

use std::env;

/// The variable that says how much, in percent.
const VARIABLE: &str = "ACCOLADE_BENCH_PERCENT";

/// How much is measured, and of what.
pub(crate) struct Extent {
    percent: u64,
    filters: Vec<String>,
}

impl Extent {
    /// From the arguments and the environment. Without `--bench`, which `cargo bench` gives, it is a trial: as little
    /// as shows that everything runs.
    pub(crate) fn from_environment() -> Self {
        let arguments: Vec<String> = env::args().skip(1).collect();
        let is_trial = !arguments.iter().any(|argument| argument == "--bench")
            || arguments
                .iter()
                .any(|argument| argument == "--test" || argument == "--list");
        let percent = env::var(VARIABLE).map_or(100, |percent| match percent.parse() {
            Ok(percent) => percent,
            Err(_) => panic!("{VARIABLE} is `{percent}`; it must be a whole number such as 10"),
        });
        let filters = arguments
            .into_iter()
            .filter(|argument| !argument.starts_with('-'))
            .collect();
        Self {
            percent: if is_trial { 0 } else { percent },
            filters,
        }
    }

    /// Whether a part is asked for: all are when none is named.
    pub(crate) fn wants(&self, part: &str) -> bool {
        self.filters.is_empty()
            || self
                .filters
                .iter()
                .any(|filter| part.contains(filter.as_str()))
    }

    /// So much of a size, and no less than the least that makes sense.
    pub(crate) fn of(&self, size: u64, least: u64) -> u64 {
        (size * self.percent / 100).max(least)
    }

    /// So many rounds.
    pub(crate) fn rounds(&self, rounds: usize) -> usize {
        if self.percent == 0 { 1 } else { rounds }
    }
}
