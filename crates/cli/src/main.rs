//! The `accolade` binary.

use std::process::ExitCode;

/// Events are many small texts, which this allocator is quicker with than the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    accolade_cli::run()
}
