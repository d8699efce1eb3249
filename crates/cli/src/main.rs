//! The `accolade` binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    accolade_cli::run()
}
