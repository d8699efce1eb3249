//! All measurements and their table. `docs/performance.md` explains each line.

mod extent;
mod fold;
mod http;
mod ingest;
mod late;
mod one_more;
mod publish;
mod replay;
mod states;
mod why;

use std::process::ExitCode;
use std::time::Duration;

use accolade_benches::table::Table;
use criterion::Criterion;

use extent::Extent;

/// Allocator of the `accolade` binary, so that the measurements match it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Name of a part of the table, and the function that adds its lines.
type Part = (&'static str, fn(&Extent, &mut Table));

/// Parts in order. The states come first, because their size is measured by the growth of the
/// process.
const PARTS: [Part; 11] = [
    ("states", states::measure),
    ("ingest", ingest::measure),
    ("fold", fold::measure),
    ("one-more", one_more::measure),
    ("late", late::measure),
    ("replay", replay::measure),
    ("publish", publish::measure),
    ("why", why::measure),
    ("http-events", http::events::measure),
    ("http-pages", http::pages::measure),
    ("http-memory", http::memory::measure),
];

fn main() -> ExitCode {
    if let Some(ending) = http::server::run() {
        return ending;
    }
    let mut criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();
    fold::single(&mut criterion);
    states::single(&mut criterion);
    criterion.final_summary();

    let extent = Extent::from_environment();
    let mut table = Table::default();
    for (name, measure) in PARTS {
        if extent.wants(name) {
            eprintln!("measuring {name} side by side …");
            measure(&extent, &mut table);
        }
    }
    println!("\n{table}");
    ExitCode::SUCCESS
}
