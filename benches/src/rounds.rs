//! Paired measurements: two candidates take turns, so that other load on the machine affects both.

use std::time::{Duration, Instant};

/// Measures the duration of some work.
pub fn time_work(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

/// Times of two candidates that take turns, one pair per round.
#[derive(Debug, Clone, Default)]
pub struct PairedTimes {
    rounds: Vec<(f64, f64)>,
}

impl PairedTimes {
    /// Runs the two candidates in turns; their order alternates from round to round. Each returns
    /// its own duration, so that its preparation does not count.
    pub fn measure_in_turns(
        rounds: usize,
        mut one: impl FnMut() -> Duration,
        mut other: impl FnMut() -> Duration,
    ) -> Self {
        let round = |number: usize| match number % 2 {
            0 => {
                let first = one().as_secs_f64();
                (first, other().as_secs_f64())
            }
            _ => {
                let second = other().as_secs_f64();
                (one().as_secs_f64(), second)
            }
        };
        Self {
            rounds: (0..rounds).map(round).collect(),
        }
    }

    /// Returns the median time of the first, in seconds.
    pub fn first_median(&self) -> f64 {
        median(self.rounds.iter().map(|(one, _)| *one))
    }

    /// Returns the median time of the second, in seconds.
    pub fn second_median(&self) -> f64 {
        median(self.rounds.iter().map(|(_, other)| *other))
    }

    /// Returns the median ratio of the second's time to the first's.
    pub fn median_ratio(&self) -> f64 {
        median(self.rounds.iter().map(|(one, other)| other / one))
    }
}

/// Returns the median; the upper one of two middle numbers.
pub fn median(numbers: impl Iterator<Item = f64>) -> f64 {
    percentile(numbers, 50)
}

/// Returns the given percentile.
pub fn percentile(numbers: impl Iterator<Item = f64>, percent: usize) -> f64 {
    let mut numbers: Vec<f64> = numbers.collect();
    numbers.sort_by(f64::total_cmp);
    numbers[(numbers.len() * percent / 100).min(numbers.len() - 1)]
}
