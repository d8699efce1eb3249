//! Tasks of the project. `cargo xtask` lists them.

mod markdown;
mod results;
mod steps;
mod stress;
mod tidy;
mod tutorial;

use std::path::Path;
use std::process::ExitCode;

use steps::StepSelection;

const HELP: &str = "\
cargo xtask test [STEP]  run the checks required for a change, or only one step
cargo xtask test --all   run these and the long steps, which build and install the packages
cargo xtask test --from  go on with a step and all that follow it, also long ones: STEP
cargo xtask tutorial     follow docs/tutorial.md with an installed binary: PROGRAM
cargo xtask newcomer     install and follow README.md and docs/tutorial.md: ROUTE (debian, archive, source)
cargo xtask dist         build the packages that users install into target/dist (on Linux)
cargo xtask tidy         check the invariants of the sources: imports, purity, style, links
cargo xtask language     measure names, texts and module cycles: FOLDER (of another checkout)
cargo xtask simulate     run random sequences of operations: --seeds N (10000), --from SEED
cargo xtask crash        kill a process under load: --times N (200), --seed SEED
cargo xtask hammer       kill a service under load over HTTP: --kills N (60), --servers 1 or 2, --seed SEED";

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask is a folder of the workspace");
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let good = match arguments
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        ["test"] => steps::run_steps(root, StepSelection::Ordinary),
        ["test", "--all"] => steps::run_steps(root, StepSelection::All),
        ["test", "--from", step] => steps::run_steps(root, StepSelection::From(step)),
        ["test", step] => steps::run_steps(root, StepSelection::Named(step)),
        ["tutorial", program] => steps::tutorial::run_task(root, Path::new(program)),
        ["newcomer", routes @ ..] => steps::newcomer::run_task(root, routes),
        ["dist"] => steps::packaging::run_task(root),
        ["tidy"] => tidy::run_checks(root).failed == 0,
        ["language"] => tidy::print_figures(root),
        ["language", folder] => tidy::print_figures(Path::new(folder)),
        ["simulate", options @ ..] => stress::SIMULATE.run_release(root, options),
        ["crash", options @ ..] => stress::CRASH.run_release(root, options),
        ["hammer", options @ ..] => steps::hammer::run_task(root, options),
        [] | ["help" | "--help" | "-h"] => {
            println!("{HELP}");
            true
        }
        _ => {
            eprintln!("task `{}` not found\n{HELP}", arguments.join(" "));
            false
        }
    };
    if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
