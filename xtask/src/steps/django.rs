//! Tests of the Django example against a running service.

use std::process::Command;

use super::House;
use super::python::Environment;
use super::service::Service;
use crate::tally::{self, Tally};

/// Folder of the example, relative to the root.
pub(crate) const PROJECT: &str = "examples/django";

/// Runs the tests of the example and counts them.
pub(crate) fn run(house: &House) -> Tally {
    Tally::of(tests(house))
}

fn tests(house: &House) -> Result<Tally, String> {
    if tally::run(&mut house.cargo(&["build", "--quiet", "--workspace", "--bins"])).failed > 0 {
        return Err("cannot build the binary".to_owned());
    }
    let project = house.root.join(PROJECT);
    let python = Environment::with(
        &project.join("requirements.txt"),
        &[],
        &house.scratch("django-python"),
    )?;
    let service = Service::start(
        &house.path("accolade"),
        &project.join("accolade.toml"),
        &house.scratch("django"),
        &[],
    )?;
    let mut django = python.python();
    django.args(["manage.py", "test"]).current_dir(&project);
    django
        .env("ACCOLADE_URL", service.url())
        .env("ACCOLADE_KEY", service.key("club", "record,read,actions")?);
    let (output, succeeded) = printed(&mut django)?;
    println!("{output}");
    match count(&output) {
        Some(tally) if succeeded == (tally.failed == 0) => Ok(tally),
        _ => Err(format!(
            "the tests did not finish; log of the service:\n{}",
            service.log()
        )),
    }
}

/// Runs a command. Returns its standard error, where Python's tests report, and true if it
/// succeeded.
pub(super) fn printed(command: &mut Command) -> Result<(String, bool), String> {
    let output = command
        .output()
        .map_err(|error| format!("cannot run {command:?}: {error}"))?;
    Ok((
        String::from_utf8_lossy(&output.stderr).into_owned(),
        output.status.success(),
    ))
}

/// Parses `Ran 12 tests in 3.4s` and `FAILED (failures=1, errors=2)`. Skipped tests prove nothing,
/// so they count as failed.
pub(super) fn count(printed: &str) -> Option<Tally> {
    let ran: u64 = printed
        .lines()
        .find_map(|line| line.strip_prefix("Ran ")?.split(' ').next()?.parse().ok())?;
    let verdict = printed
        .lines()
        .rev()
        .find(|line| line.starts_with("OK") || line.starts_with("FAILED"))?;
    let kinds = verdict
        .split_once('(')
        .map_or("", |(_, rest)| rest.trim_end_matches(')'));
    let counts = kinds
        .split(", ")
        .filter_map(|kind| kind.split_once('=')?.1.parse::<u64>().ok());
    // A test with several failing subtests counts once.
    let failed = counts.sum::<u64>().min(ran);
    Some(Tally {
        passed: ran - failed,
        failed,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn python_tests_are_counted_from_their_last_lines() {
        let table = [
            (
                "....\nRan 4 tests in 0.1s\n\nOK\nDestroying test database\n",
                Some((4, 0)),
            ),
            (
                "F.E\nRan 3 tests in 0.1s\n\nFAILED (failures=1, errors=1)\n",
                Some((1, 2)),
            ),
            ("..s\nRan 3 tests in 0.1s\n\nOK (skipped=1)\n", Some((2, 1))),
            ("Ran 1 test in 0.1s\n\nOK\n", Some((1, 0))),
            ("Traceback (most recent call last):\n", None),
            ("Ran many tests\nOK\n", None),
        ];
        for (printed, expected) in table {
            assert_eq!(
                count(printed),
                expected.map(|(passed, failed)| Tally { passed, failed }),
                "{printed}"
            );
        }
    }
}
