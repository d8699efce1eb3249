//! `cargo xtask test`: the steps, their order, and hints for failures.

mod browser;
mod contract;
mod django;
mod python;
mod service;

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::tally::{self, Tally};
use crate::tidy;

/// Root of the sources, and folder of the build output.
pub(crate) struct House {
    pub(crate) root: PathBuf,
    pub(crate) built: PathBuf,
}

struct Step {
    name: &'static str,
    mend: &'static str,
    run: fn(&House) -> Tally,
}

/// Steps in order. Cheap ones come first.
// All build the whole workspace in the dev profile, so that nothing is built twice.
const STEPS: &[Step] = &[
    Step {
        name: "formatting",
        mend: "run `cargo fmt --all`",
        run: |house| tally::run(&mut house.cargo(&["fmt", "--all", "--check"])),
    },
    Step {
        name: "invariants",
        mend: "fix the lines named above; `cargo xtask tidy` runs this step alone",
        run: |house| tidy::run(&house.root),
    },
    Step {
        name: "clippy",
        mend: "fix the warnings above; benchmarks are checked here, too",
        run: |house| {
            tally::run(&mut house.cargo(&[
                "clippy",
                "--workspace",
                "--all-targets",
                "--",
                "-D",
                "warnings",
            ]))
        },
    },
    Step {
        name: "tests",
        mend: "run a single test with `cargo test -p PACKAGE NAME`",
        run: |house| tally::run(&mut house.cargo(&["test", "--workspace", "--no-fail-fast"])),
    },
    Step {
        name: "example and catalogs",
        mend: "run `cargo run --example embed`, or `cargo run -- check CATALOG` for the catalog \
               named above",
        run: examples_and_catalogs,
    },
    Step {
        name: "example in Django",
        mend: "fix the tests named above; they are in examples/django, and the service's log is in \
               target/debug/steps",
        run: django::run,
    },
    Step {
        name: "contract",
        mend: "fix the handler or its documentation; schemathesis shows above a request whose \
               response does not match docs/openapi.json, and a command that repeats it. The first \
               run needs python3 and the network to install schemathesis",
        run: contract::run,
    },
    Step {
        name: "browser",
        mend: "fix the pages or the tests named above; the tests are in xtask/browser, and \
               screenshots and the service's log are in target/debug/steps/browser",
        run: browser::run,
    },
    Step {
        name: "documentation",
        mend: "fix the warnings of rustdoc above",
        run: |house| {
            let arguments = ["doc", "--workspace", "--no-deps", "--lib"];
            tally::run(house.cargo(&arguments).env("RUSTDOCFLAGS", "-D warnings"))
        },
    },
];

/// Runs all steps until one fails, or only the named one. Returns true if all passed.
pub(crate) fn test(root: &Path, only: Option<&str>) -> bool {
    let Some(steps) = chosen(only) else {
        let names: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        eprintln!("step not found; the steps are: {}", names.join(", "));
        return false;
    };
    let house = match House::at(root) {
        Ok(house) => house,
        Err(error) => {
            eprintln!("cannot find the build folder: {error}");
            return false;
        }
    };
    let total = run(steps, &house);
    println!("\n{total}");
    total.failed == 0
}

/// Selects all steps, or the one with this name.
fn chosen(only: Option<&str>) -> Option<&'static [Step]> {
    let Some(name) = only else { return Some(STEPS) };
    let position = STEPS.iter().position(|step| step.name == name)?;
    Some(&STEPS[position..=position])
}

fn run(steps: &[Step], house: &House) -> Tally {
    let mut total = Tally::default();
    let mut summary = String::new();
    for step in steps {
        println!("=== {}", step.name);
        let start = Instant::now();
        let tally = (step.run)(house);
        total += tally;
        summary += &line(step.name, tally, start.elapsed());
        // Later steps would mostly fail for the same reason.
        if tally.failed > 0 {
            summary += &format!("\n{} failed: {}\n", step.name, step.mend);
            break;
        }
    }
    print!("\n{summary}");
    total
}

fn line(name: &str, tally: Tally, time: Duration) -> String {
    let word = if tally.failed == 0 { "ok" } else { "FAILED" };
    format!(
        "{word:<6} {name:<20} {:>6.1} s   {tally}\n",
        time.as_secs_f64()
    )
}

/// Builds binaries and examples, runs the embedding example, and checks every catalog.
fn examples_and_catalogs(house: &House) -> Tally {
    let mut total = tally::run(&mut house.cargo(&["build", "--workspace", "--bins", "--examples"]));
    if total.failed > 0 {
        return total;
    }
    total += tally::run(&mut house.program("examples/embed"));
    match catalogs(&house.root) {
        Ok(paths) => {
            for path in paths {
                println!("accolade check {}", path.display());
                total += tally::run(house.program("accolade").arg("check").arg(path));
            }
        }
        Err(error) => {
            eprintln!("cannot list the catalogs: {error}");
            total += Tally::one(false);
        }
    }
    total
}

/// Lists all catalogs of the project, relative to the root.
fn catalogs(root: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = vec![
        Path::new(django::PROJECT).join("accolade.toml"),
        PathBuf::from("examples/stackexchange/catalog.toml"),
    ];
    for entry in fs::read_dir(root.join("catalogs"))? {
        let name = PathBuf::from(entry?.file_name());
        if name
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            found.push(Path::new("catalogs").join(name));
        }
    }
    found.sort();
    Ok(found)
}

impl House {
    fn at(root: &Path) -> io::Result<Self> {
        let this = env::current_exe()?;
        let built = this
            .parent()
            .ok_or_else(|| io::Error::other("this program is not in a folder"))?;
        Ok(Self {
            root: root.to_owned(),
            built: built.to_owned(),
        })
    }

    /// Builds a command that runs cargo at the root.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args(arguments).current_dir(&self.root);
        command
    }

    /// Builds a command that runs a program of the workspace, which must be built already.
    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.path(name));
        command.current_dir(&self.root);
        command
    }

    /// Returns the path of a built program. It is in the same folder as this one.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.built
            .join(format!("{name}{}", env::consts::EXE_SUFFIX))
    }

    /// Returns the path of a step's folder in the build output.
    pub(crate) fn scratch(&self, name: &str) -> PathBuf {
        self.built.join("steps").join(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_catalog_is_found_and_nothing_else() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("catalogs")).unwrap();
        for name in ["b.toml", "a.toml", "README.md"] {
            fs::write(root.path().join("catalogs").join(name), "").unwrap();
        }
        let examples = [
            "examples/django/accolade.toml",
            "examples/stackexchange/catalog.toml",
        ];
        let expected: Vec<PathBuf> = ["catalogs/a.toml", "catalogs/b.toml"]
            .iter()
            .chain(&examples)
            .map(PathBuf::from)
            .collect();
        assert_eq!(catalogs(root.path()).unwrap(), expected);
    }

    #[test]
    fn a_step_is_reported_in_one_line_with_its_time() {
        let table = [
            (
                Tally {
                    passed: 3,
                    failed: 0,
                },
                "ok     clippy                  1.5 s   3 passed, 0 failed\n",
            ),
            (
                Tally {
                    passed: 0,
                    failed: 1,
                },
                "FAILED clippy                  1.5 s   0 passed, 1 failed\n",
            ),
        ];
        for (tally, expected) in table {
            assert_eq!(line("clippy", tally, Duration::from_millis(1500)), expected);
        }
    }

    #[test]
    fn the_first_step_that_fails_is_the_last() {
        let step = |run| Step {
            name: "made up",
            mend: "nothing",
            run,
        };
        let steps = [
            step(|_| Tally {
                passed: 2,
                failed: 0,
            }),
            step(|_| Tally {
                passed: 1,
                failed: 3,
            }),
            step(|_| unreachable!("a step before this one failed")),
        ];
        let house = House {
            root: PathBuf::new(),
            built: PathBuf::new(),
        };
        assert_eq!(
            run(&steps, &house),
            Tally {
                passed: 3,
                failed: 3
            }
        );
        assert_eq!(
            run(&steps[..1], &house),
            Tally {
                passed: 2,
                failed: 0
            }
        );
    }

    #[test]
    fn a_step_can_be_run_alone_by_its_name() {
        assert_eq!(chosen(None).unwrap().len(), STEPS.len());
        let clippy: Vec<&str> = chosen(Some("clippy"))
            .unwrap()
            .iter()
            .map(|step| step.name)
            .collect();
        assert_eq!(clippy, ["clippy"]);
        assert!(chosen(Some("no such step")).is_none());
    }

    #[test]
    fn every_step_has_a_hint_and_a_unique_name() {
        for (i, step) in STEPS.iter().enumerate() {
            assert!(!step.mend.is_empty(), "{}", step.name);
            assert!(
                STEPS[..i].iter().all(|other| other.name != step.name),
                "{}",
                step.name
            );
        }
    }
}
