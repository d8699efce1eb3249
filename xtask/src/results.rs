//! Numbers of passed and failed checks, counted from the output of commands.

use std::fmt;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::ops::AddAssign;
use std::process::{Command, Stdio};

/// Numbers of passed and failed checks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct CheckCounts {
    /// Number of passed checks.
    pub(crate) passed: u64,
    /// Number of failed checks.
    pub(crate) failed: u64,
}

impl CheckCounts {
    /// Counts one check.
    pub(crate) fn single(good: bool) -> Self {
        Self {
            passed: u64::from(good),
            failed: u64::from(!good),
        }
    }

    /// Unwraps a result. An error is printed and counts as a failed check.
    pub(crate) fn from_result(attempt: Result<Self, String>) -> Self {
        attempt.unwrap_or_else(|error| {
            eprintln!("{error}");
            Self::single(false)
        })
    }

    /// Parses a line such as `test result: ok. 12 passed; 0 failed; 0 ignored`.
    fn parse_line(line: &str) -> Option<Self> {
        let (_, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
        let mut counts = counts.split("; ");
        let passed = counts.next()?.strip_suffix(" passed")?.parse().ok()?;
        let failed = counts.next()?.strip_suffix(" failed")?.parse().ok()?;
        Some(Self { passed, failed })
    }

    /// Counts the tests that a command ran, or one check if it ran none. A command that failed
    /// never counts as all passed.
    fn from_command(tests: Option<Self>, good: bool) -> Self {
        match tests {
            None => Self::single(good),
            Some(tests) if good || tests.failed > 0 => tests,
            // For example, a test binary that crashed after its last line.
            Some(tests) => Self { failed: 1, ..tests },
        }
    }
}

impl AddAssign for CheckCounts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl fmt::Display for CheckCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// Runs a command, prints its output, and counts the results.
pub(crate) fn run_counted(command: &mut Command) -> CheckCounts {
    match stream_output(command) {
        Ok(tally) => tally,
        Err(error) => {
            eprintln!("cannot run {command:?}: {error}");
            CheckCounts::single(false)
        }
    }
}

fn stream_output(command: &mut Command) -> io::Result<CheckCounts> {
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let output = child.stdout.take().expect("standard output is piped");
    let tests = copy_lines(output, io::stdout())?;
    Ok(CheckCounts::from_command(tests, child.wait()?.success()))
}

/// Copies output line by line. Returns the sum of the test results in it, if there are any.
fn copy_lines(from: impl Read, mut to: impl Write) -> io::Result<Option<CheckCounts>> {
    let mut from = BufReader::new(from);
    let mut sum = None;
    let mut line = Vec::new();
    while from.read_until(b'\n', &mut line)? > 0 {
        to.write_all(&line)?;
        if let Some(tally) = CheckCounts::parse_line(&String::from_utf8_lossy(&line)) {
            *sum.get_or_insert_with(CheckCounts::default) += tally;
        }
        line.clear();
    }
    Ok(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(passed: u64, failed: u64) -> CheckCounts {
        CheckCounts { passed, failed }
    }

    #[test]
    fn lines_of_test_results_are_counted_and_others_are_not() {
        let table = [
            (
                "test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured",
                Some(tally(12, 0)),
            ),
            (
                "test result: FAILED. 3 passed; 2 failed; 0 ignored",
                Some(tally(3, 2)),
            ),
            ("test result: ok. many passed; 0 failed", None),
            (
                "test that test result: ok. 12 passed; 0 failed; is printed ... ok",
                None,
            ),
            ("running 12 tests", None),
        ];
        for (line, expected) in table {
            assert_eq!(CheckCounts::parse_line(line), expected, "{line}");
        }
    }

    #[test]
    fn output_passes_through_unchanged_and_is_summed() {
        let printed = "test result: ok. 2 passed; 0 failed; 0 ignored\nnoise é\n\
            test result: FAILED. 1 passed; 3 failed; 0 ignored\nend";
        let mut out = Vec::new();
        assert_eq!(
            copy_lines(printed.as_bytes(), &mut out).unwrap(),
            Some(tally(3, 3))
        );
        assert_eq!(out, printed.as_bytes());
        assert_eq!(copy_lines(&b"no tests here"[..], &mut out).unwrap(), None);
    }

    #[test]
    fn a_command_that_fails_never_counts_as_all_passed() {
        let table = [
            (None, true, tally(1, 0)),
            (None, false, tally(0, 1)),
            (Some(tally(5, 0)), true, tally(5, 0)),
            (Some(tally(5, 2)), false, tally(5, 2)),
            (Some(tally(5, 0)), false, tally(5, 1)),
        ];
        for (tests, good, expected) in table {
            assert_eq!(
                CheckCounts::from_command(tests, good),
                expected,
                "{tests:?} {good}"
            );
        }
    }

    #[test]
    fn the_sum_has_the_format_that_the_runner_expects() {
        assert_eq!(tally(7, 1).to_string(), "7 passed, 1 failed");
    }

    #[test]
    fn a_command_that_does_not_exist_is_a_failure() {
        assert_eq!(
            run_counted(&mut Command::new("a-missing-program")),
            tally(0, 1)
        );
    }
}
