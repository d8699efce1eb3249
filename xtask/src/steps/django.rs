//! Tests of the Django example against a running service.

use std::process::Command;

use super::Workspace;
use super::python::PythonEnvironment;
use super::service::ServiceProcess;
use crate::results::CheckCounts;

/// Folder of the example, relative to the root.
pub(crate) const PROJECT_FOLDER: &str = "examples/django";

/// Runs the tests of the example and counts them.
pub(crate) fn run_step(house: &Workspace) -> CheckCounts {
    CheckCounts::from_result(try_run(house))
}

fn try_run(house: &Workspace) -> Result<CheckCounts, String> {
    build_binaries(house)?;
    let project = house.root.join(PROJECT_FOLDER);
    let python = PythonEnvironment::with_requirements(
        &project.join("requirements.txt"),
        &[],
        &house.step_folder("django-python"),
    )?;
    let service = ServiceProcess::start_empty(
        &house.program_path("accolade"),
        &project.join("accolade.toml"),
        &house.step_folder("django"),
        &[],
    )?;
    let mut django = python.python_command();
    django.args(["manage.py", "test"]).current_dir(&project);
    django.env("ACCOLADE_URL", service.url()).env(
        "ACCOLADE_KEY",
        service.create_key("club", "record,read,actions")?,
    );
    let (output, succeeded) = run_python_tests(&mut django)?;
    println!("{output}");
    match parse_counts(&output) {
        Some(tally) if succeeded == (tally.failed == 0) => Ok(tally),
        _ => Err(format!(
            "the tests did not finish; log of the service:\n{}",
            service.read_log()
        )),
    }
}

/// Builds the binaries of the workspace.
pub(super) fn build_binaries(house: &Workspace) -> Result<(), String> {
    match house.build_programs().failed {
        0 => Ok(()),
        _ => Err("cannot build the binary".to_owned()),
    }
}

/// Runs a command. Returns its standard error, where Python's tests report, and true if it
/// succeeded.
pub(super) fn run_python_tests(command: &mut Command) -> Result<(String, bool), String> {
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
pub(super) fn parse_counts(printed: &str) -> Option<CheckCounts> {
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
    Some(CheckCounts {
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
                parse_counts(printed),
                expected.map(|(passed, failed)| CheckCounts { passed, failed }),
                "{printed}"
            );
        }
    }
}
