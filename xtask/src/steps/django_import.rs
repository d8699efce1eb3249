//! Tests of `accolade import-django` on tables that the real django-gamification creates and fills.

use super::Workspace;
use super::django;
use super::python::PythonEnvironment;
use crate::results::CheckCounts;

/// Folder of the tests, relative to the root.
const TESTS_FOLDER: &str = "xtask/django_import";

/// Runs the tests and counts them.
pub(crate) fn run_step(house: &Workspace) -> CheckCounts {
    CheckCounts::from_result(try_run(house))
}

fn try_run(house: &Workspace) -> Result<CheckCounts, String> {
    django::build_binaries(house)?;
    let tests = house.root.join(TESTS_FOLDER);
    let python = PythonEnvironment::with_requirements(
        &tests.join("requirements.txt"),
        &[],
        &house.step_folder("django-import-python"),
    )?;
    let mut command = python.python_command();
    command.args(["-m", "django", "test"]).current_dir(&tests);
    command
        .env("DJANGO_SETTINGS_MODULE", "settings")
        .env("TEST_PROGRAM", house.program_path("accolade"));
    let (output, succeeded) = django::run_python_tests(&mut command)?;
    println!("{output}");
    match django::parse_counts(&output) {
        Some(counts) if succeeded == (counts.failed == 0) => Ok(counts),
        _ => Err("the tests did not finish".to_owned()),
    }
}
