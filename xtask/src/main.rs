//! The house's own tasks. `cargo xtask` lists them.

mod steps;
mod tally;
mod tidy;
mod trials;

use std::path::Path;
use std::process::ExitCode;

const HELP: &str = "\
cargo xtask test       everything that must pass before a change is taken; with the name of a step, only that one
cargo xtask tidy       only the house's invariants: imports, purity, style, links
cargo xtask simulate   random sequences of everything: --seeds N (10000), --from S
cargo xtask crash      a process killed under load: --times N (200), --seed S";

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask lies in the workspace");
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let good = match arguments
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        ["test"] => steps::test(root, None),
        ["test", step] => steps::test(root, Some(step)),
        ["tidy"] => tidy::run(root).failed == 0,
        ["simulate", options @ ..] => trials::SIMULATE.run(root, options),
        ["crash", options @ ..] => trials::CRASH.run(root, options),
        [] | ["help" | "--help" | "-h"] => {
            println!("{HELP}");
            true
        }
        _ => {
            eprintln!("no such task: {}\n{HELP}", arguments.join(" "));
            false
        }
    };
    if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
