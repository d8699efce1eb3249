//! Measuring side by side: the machine may be busy with other things, but then it is for everybody who takes part.

use std::time::{Duration, Instant};

/// How long something takes.
pub fn time(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

/// The times of two that take turns, one pair for each round.
#[derive(Debug, Clone, Default)]
pub struct Pair {
    rounds: Vec<(f64, f64)>,
}

impl Pair {
    /// Lets the two take turns; who begins changes from round to round. Each says how long it took, so that what it
    /// prepares does not count.
    pub fn measure(
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

    /// The median time of the first, in seconds.
    pub fn one(&self) -> f64 {
        median(self.rounds.iter().map(|(one, _)| *one))
    }

    /// The median time of the second, in seconds.
    pub fn other(&self) -> f64 {
        median(self.rounds.iter().map(|(_, other)| *other))
    }

    /// The median over the rounds of the second's time divided by the first's.
    pub fn ratio(&self) -> f64 {
        median(self.rounds.iter().map(|(one, other)| other / one))
    }
}

/// The middle of some numbers, the upper one where there are two.
pub fn median(numbers: impl Iterator<Item = f64>) -> f64 {
    percentile(numbers, 50)
}

/// The number below which so many of a hundred lie.
pub fn percentile(numbers: impl Iterator<Item = f64>, percent: usize) -> f64 {
    let mut numbers: Vec<f64> = numbers.collect();
    numbers.sort_by(f64::total_cmp);
    numbers[(numbers.len() * percent / 100).min(numbers.len() - 1)]
}
