//! Scale and selection of the measurements.

use std::env;

/// Environment variable with the scale, in percent.
const SCALE_VARIABLE: &str = "ACCOLADE_BENCH_PERCENT";

/// Scale and selection of the measurements.
pub(crate) struct BenchScale {
    percent: u64,
    filters: Vec<String>,
}

impl BenchScale {
    /// Reads the arguments and the environment. Without `--bench`, which `cargo bench` passes, the
    /// run is a trial that measures only enough to show that everything works.
    pub(crate) fn from_environment() -> Self {
        let arguments: Vec<String> = env::args().skip(1).collect();
        let is_trial = !arguments.iter().any(|argument| argument == "--bench")
            || arguments
                .iter()
                .any(|argument| argument == "--test" || argument == "--list");
        let percent = env::var(SCALE_VARIABLE).map_or(100, |percent| match percent.parse() {
            Ok(percent) => percent,
            Err(_) => {
                panic!("{SCALE_VARIABLE} is `{percent}`; it must be a whole number such as 10")
            }
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

    /// True if a part is selected. All parts are selected if none is named.
    pub(crate) fn is_selected(&self, part: &str) -> bool {
        self.filters.is_empty()
            || self
                .filters
                .iter()
                .any(|filter| part.contains(filter.as_str()))
    }

    /// Scales a size, but not below the smallest useful one.
    pub(crate) fn scale_size(&self, size: u64, minimum: u64) -> u64 {
        (size * self.percent / 100).max(minimum)
    }

    /// Returns the number of rounds; one in a trial.
    pub(crate) fn round_count(&self, rounds: usize) -> usize {
        if self.percent == 0 { 1 } else { rounds }
    }
}
