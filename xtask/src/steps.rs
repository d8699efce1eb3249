//! `cargo xtask test`: the steps, their order, and hints for failures. Long steps run only with
//! `--all`, or by their name.

mod api;
mod browser;
mod contract;
mod deployment;
mod django;
mod django_import;
mod generators;
pub(crate) mod hammer;
pub(crate) mod newcomer;
mod node;
pub(crate) mod packaging;
mod prose;
mod python;
mod recipes;
mod service;
mod site;
pub(crate) mod tutorial;

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::results::{self, CheckCounts};
use crate::tidy;

/// Root of the sources, and folder of the build output.
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    pub(crate) build_folder: PathBuf,
}

struct CheckStep {
    name: &'static str,
    fix: &'static str,
    run: fn(&Workspace) -> CheckCounts,
}

/// Steps in order. Cheap ones come first.
// All build the whole workspace in the dev profile, so that nothing is built twice.
const STEPS: &[CheckStep] = &[
    CheckStep {
        name: "formatting",
        fix: "run `cargo fmt --all`",
        run: |house| results::run_counted(&mut house.cargo_command(&["fmt", "--all", "--check"])),
    },
    CheckStep {
        name: "invariants",
        fix: "fix the lines named above; `cargo xtask tidy` runs this step alone",
        run: |house| tidy::run_checks(&house.root),
    },
    CheckStep {
        name: "prose",
        fix: "correct the words and sentences named above. Add a proper name to typos.toml, and a \
               correct sentence to the exceptions in xtask/prose/check_grammar.js, both with a \
               reason. The first run needs python3 and the network to install typos, Node.js and \
               Harper",
        run: prose::run_step,
    },
    CheckStep {
        name: "clippy",
        fix: "fix the warnings above; benchmarks are checked here, too",
        run: |house| {
            results::run_counted(&mut house.cargo_command(&[
                "clippy",
                "--workspace",
                "--all-targets",
                "--",
                "-D",
                "warnings",
            ]))
        },
    },
    CheckStep {
        name: "tests",
        fix: "run a single test with `cargo test -p PACKAGE NAME`",
        run: |house| {
            results::run_counted(&mut house.cargo_command(&[
                "test",
                "--workspace",
                "--no-fail-fast",
            ]))
        },
    },
    CheckStep {
        name: "example and catalogs",
        fix: "run `cargo run --example embed`, or `cargo run -- check CATALOG` for the catalog \
               named above",
        run: check_examples_and_catalogs,
    },
    CheckStep {
        name: "example in Django",
        fix: "fix the tests named above; they are in examples/django, and the service's log is in \
               target/debug/steps",
        run: django::run_step,
    },
    CheckStep {
        name: "import from Django",
        fix: "fix the tests named above; they are in xtask/django_import, and repeat the history \
               of the seed in TEST_SEED. The first run needs python3 and the network to \
               install Django and django-gamification",
        run: django_import::run_step,
    },
    CheckStep {
        name: "contract",
        fix: "fix the handler or its documentation; schemathesis shows above a request whose \
               response does not match docs/openapi.json, and a command that repeats it. The first \
               run needs python3 and the network to install schemathesis",
        run: contract::run_step,
    },
    CheckStep {
        name: "browser",
        fix: "fix the pages or the tests named above; the tests are in xtask/browser, and \
               screenshots and the service's log are in target/debug/steps/browser",
        run: browser::run_step,
    },
    CheckStep {
        name: "cookbook",
        fix: "correct the recipe in docs/cookbook.md at the line named above",
        run: recipes::run_step,
    },
    CheckStep {
        name: "tutorial",
        fix: "correct docs/tutorial.md at the line named above, or the program; screenshots are in \
               target/debug/steps/tutorial, and the forms of blocks in xtask/src/tutorial/script.rs",
        run: tutorial::run_step,
    },
    CheckStep {
        name: "hammer",
        fix: "the first difference above says what a client observed and what is stored. \
               `cargo xtask hammer --seed S` with the seed above sends the same events again; more \
               --kills find a rare difference sooner",
        run: hammer::run_step,
    },
    CheckStep {
        name: "api",
        fix: "if the change of the public API is intended, renew docs/public-api.txt with \
               `ACCOLADE_RENEW=1 cargo xtask test api` and mention it in the changelog",
        run: api::run_step,
    },
    CheckStep {
        name: "documentation",
        fix: "fix the warnings of rustdoc above",
        run: |house| {
            let arguments = ["doc", "--workspace", "--no-deps", "--lib"];
            results::run_counted(
                house
                    .cargo_command(&arguments)
                    .env("RUSTDOCFLAGS", "-D warnings"),
            )
        },
    },
];

/// Long steps, in order. They build the documentation site, and build and install what users
/// download, which takes minutes and changes rarely.
const LONG_STEPS: &[CheckStep] = &[
    CheckStep {
        name: "documentation site",
        fix: "correct the links named above; list new pages of docs in docs/SUMMARY.md. The first \
               run needs the network to install mdBook",
        run: site::run_step,
    },
    CheckStep {
        name: "generators",
        fix: "fix the schemas or the examples of the API, or the examples of the documents named \
               above; an example that names no operation must be listed in \
               xtask/generators/documentation.toml. The tools are configured in \
               xtask/generators, and the clients are in target/debug/steps/generators-node. The \
               first run needs python3 and the network to install the tools",
        run: generators::run_step,
    },
    CheckStep {
        name: "packaging",
        fix: "the first failed check above names the package and the command; `cargo xtask dist` \
               builds the packages alone",
        run: packaging::run_step,
    },
    CheckStep {
        name: "newcomer",
        fix: "correct README.md or docs/tutorial.md at the line named above, or the package; \
               `cargo xtask newcomer ROUTE` follows one route, and the forms of blocks are in \
               xtask/src/tutorial/script.rs",
        run: newcomer::run_step,
    },
    CheckStep {
        name: "deployment",
        fix: "correct docs/deploy.md at the line named above, or the archive; its parts are in \
               xtask/src/steps/deployment.rs, and the forms of blocks in \
               xtask/src/tutorial/script.rs",
        run: deployment::run_step,
    },
];

/// Selection of steps for one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StepSelection<'a> {
    /// Steps that must pass for every change.
    Ordinary,
    /// The ordinary and the long steps.
    All,
    /// A step of either kind and all that follow it, to go on after a failure.
    From(&'a str),
    /// One step of either kind.
    Named(&'a str),
}

/// Runs the selected steps until one fails. Returns true if all passed.
pub(crate) fn run_steps(root: &Path, selection: StepSelection<'_>) -> bool {
    let steps = select_steps(selection);
    if steps.is_empty() {
        let names: Vec<&str> = select_steps(StepSelection::All)
            .iter()
            .map(|step| step.name)
            .collect();
        eprintln!("step not found; the steps are: {}", names.join(", "));
        return false;
    };
    let house = match Workspace::locate(root) {
        Ok(house) => house,
        Err(error) => {
            eprintln!("cannot find the build folder: {error}");
            return false;
        }
    };
    let total = run_selected(&steps, &house);
    println!("\n{total}");
    total.failed == 0
}

/// Selects steps in their order. Returns none if no step has the name.
fn select_steps(selection: StepSelection<'_>) -> Vec<&'static CheckStep> {
    let every = STEPS.iter().chain(LONG_STEPS);
    match selection {
        StepSelection::Ordinary => STEPS.iter().collect(),
        StepSelection::All => every.collect(),
        StepSelection::From(name) => every.skip_while(|step| step.name != name).collect(),
        StepSelection::Named(name) => every.filter(|step| step.name == name).collect(),
    }
}

fn run_selected(steps: &[&CheckStep], house: &Workspace) -> CheckCounts {
    let mut total = CheckCounts::default();
    let mut summary = String::new();
    for step in steps {
        println!("=== {}", step.name);
        let start = Instant::now();
        let tally = (step.run)(house);
        total += tally;
        summary += &summary_line(step.name, tally, start.elapsed());
        // Later steps would mostly fail for the same reason.
        if tally.failed > 0 {
            summary += &format!("\n{} failed: {}\n", step.name, step.fix);
            break;
        }
    }
    print!("\n{summary}");
    total
}

fn summary_line(name: &str, tally: CheckCounts, time: Duration) -> String {
    let word = if tally.failed == 0 { "ok" } else { "FAILED" };
    format!(
        "{word:<6} {name:<20} {:>6.1} s   {tally}\n",
        time.as_secs_f64()
    )
}

/// Builds binaries and examples, runs the embedding example, and checks every catalog.
fn check_examples_and_catalogs(house: &Workspace) -> CheckCounts {
    let mut total = house.build_programs();
    if total.failed > 0 {
        return total;
    }
    total += results::run_counted(&mut house.program_command("examples/embed"));
    match list_catalogs(&house.root) {
        Ok(paths) => {
            for path in paths {
                println!("accolade check {}", path.display());
                total +=
                    results::run_counted(house.program_command("accolade").arg("check").arg(path));
            }
        }
        Err(error) => {
            eprintln!("cannot list the catalogs: {error}");
            total += CheckCounts::single(false);
        }
    }
    total
}

/// Folder of the catalogs that are inside the binary.
const CATALOGS_FOLDER: &str = "crates/cli/catalogs";

/// Lists all catalogs of the project, relative to the root.
fn list_catalogs(root: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = vec![Path::new(django::PROJECT_FOLDER).join("accolade.toml")];
    for entry in fs::read_dir(root.join(CATALOGS_FOLDER))? {
        let name = PathBuf::from(entry?.file_name());
        if name
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            found.push(Path::new(CATALOGS_FOLDER).join(name));
        }
    }
    found.sort();
    Ok(found)
}

impl Workspace {
    fn locate(root: &Path) -> io::Result<Self> {
        let this = env::current_exe()?;
        let built = this
            .parent()
            .ok_or_else(|| io::Error::other("this program is not in a folder"))?;
        Ok(Self {
            root: root.to_owned(),
            build_folder: built.to_owned(),
        })
    }

    /// Builds the binaries and examples.
    // Always both, because a selection without examples has fewer features, for which Cargo would
    // build most crates once more.
    pub(crate) fn build_programs(&self) -> CheckCounts {
        let arguments = ["build", "--workspace", "--bins", "--examples"];
        results::run_counted(&mut self.cargo_command(&arguments))
    }

    /// Builds a command that runs cargo at the root.
    pub(crate) fn cargo_command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args(arguments).current_dir(&self.root);
        command
    }

    /// Builds a command that runs a program of the workspace, which must be built already.
    fn program_command(&self, name: &str) -> Command {
        let mut command = Command::new(self.program_path(name));
        command.current_dir(&self.root);
        command
    }

    /// Returns the path of a built program. It is in the same folder as this one.
    pub(crate) fn program_path(&self, name: &str) -> PathBuf {
        self.build_folder
            .join(format!("{name}{}", env::consts::EXE_SUFFIX))
    }

    /// Returns the path of a step's folder in the build output.
    pub(crate) fn step_folder(&self, name: &str) -> PathBuf {
        self.build_folder.join("steps").join(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_catalog_is_found_and_nothing_else() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join(CATALOGS_FOLDER)).unwrap();
        for name in ["b.toml", "a.toml", "README.md"] {
            fs::write(root.path().join(CATALOGS_FOLDER).join(name), "").unwrap();
        }
        let expected = [
            "crates/cli/catalogs/a.toml",
            "crates/cli/catalogs/b.toml",
            "examples/django/accolade.toml",
        ]
        .map(PathBuf::from);
        assert_eq!(list_catalogs(root.path()).unwrap(), expected);
    }

    #[test]
    fn a_step_is_reported_in_one_line_with_its_time() {
        let table = [
            (
                CheckCounts {
                    passed: 3,
                    failed: 0,
                },
                "ok     clippy                  1.5 s   3 passed, 0 failed\n",
            ),
            (
                CheckCounts {
                    passed: 0,
                    failed: 1,
                },
                "FAILED clippy                  1.5 s   0 passed, 1 failed\n",
            ),
        ];
        for (tally, expected) in table {
            assert_eq!(
                summary_line("clippy", tally, Duration::from_millis(1500)),
                expected
            );
        }
    }

    #[test]
    fn the_first_step_that_fails_is_the_last() {
        let step = |run| CheckStep {
            name: "made up",
            fix: "nothing",
            run,
        };
        let steps = [
            step(|_| CheckCounts {
                passed: 2,
                failed: 0,
            }),
            step(|_| CheckCounts {
                passed: 1,
                failed: 3,
            }),
            step(|_| unreachable!("a step before this one failed")),
        ];
        let steps: Vec<&CheckStep> = steps.iter().collect();
        let house = Workspace {
            root: PathBuf::new(),
            build_folder: PathBuf::new(),
        };
        assert_eq!(
            run_selected(&steps, &house),
            CheckCounts {
                passed: 3,
                failed: 3
            }
        );
        assert_eq!(
            run_selected(&steps[..1], &house),
            CheckCounts {
                passed: 2,
                failed: 0
            }
        );
    }

    fn selected_names(selection: StepSelection<'_>) -> Vec<&'static str> {
        select_steps(selection)
            .iter()
            .map(|step| step.name)
            .collect()
    }

    #[test]
    fn long_steps_run_last_and_only_on_request() {
        let ordinary = selected_names(StepSelection::Ordinary);
        let all = selected_names(StepSelection::All);
        assert!(!ordinary.contains(&"packaging"), "{ordinary:?}");
        assert_eq!(all[..ordinary.len()], ordinary);
        assert_eq!(all.len(), STEPS.len() + LONG_STEPS.len());
    }

    #[test]
    fn each_step_can_be_run_alone_by_its_name() {
        for name in ["clippy", "packaging"] {
            assert_eq!(selected_names(StepSelection::Named(name)), [name]);
        }
        assert!(selected_names(StepSelection::Named("no such step")).is_empty());
    }

    #[test]
    fn every_step_has_a_hint_and_a_unique_name() {
        let steps = select_steps(StepSelection::All);
        for (i, step) in steps.iter().enumerate() {
            assert!(!step.fix.is_empty(), "{}", step.name);
            assert!(
                steps[..i].iter().all(|other| other.name != step.name),
                "{}",
                step.name
            );
        }
    }
}
