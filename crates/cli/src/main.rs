//! The `accolade` binary.

use std::process::ExitCode;

/// An allocator that handles the many small strings of events faster than the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    accolade_cli::run()
}
