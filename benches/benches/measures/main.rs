//! Everything that is measured, and the table of it. `docs/performance.md` says what each line means.

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

/// The allocator of the binary, so that what is measured is what `accolade import` does.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A part of the table: its name, and what adds its lines.
type Part = (&'static str, fn(&Extent, &mut Table));

/// In this order: the states are weighed by the growth of the process, and so come first.
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
