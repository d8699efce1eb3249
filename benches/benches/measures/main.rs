//! All measurements and their table. `docs/performance.md` explains each line.

mod fold;
mod http;
mod ingest;
mod late;
mod one_more;
mod publish;
mod replay;
mod scale;
mod states;
mod why;

use std::process::ExitCode;
use std::time::Duration;

use accolade_benches::table::ResultTable;
use criterion::Criterion;

use scale::BenchScale;

/// Allocator of the `accolade` binary, so that the measurements match it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Name of a part of the table, and the function that adds its lines.
type TablePart = (&'static str, fn(&BenchScale, &mut ResultTable));

/// Parts in order. The states come first, because their size is measured by the growth of the
/// process.
const PARTS: [TablePart; 11] = [
    ("states", states::measure_states),
    ("ingest", ingest::measure_ingest),
    ("fold", fold::measure_fold),
    ("one-more", one_more::measure_next_event),
    ("late", late::measure_late_events),
    ("replay", replay::measure_replay),
    ("publish", publish::measure_publishing),
    ("why", why::measure_why),
    ("http-events", http::events::measure_events),
    ("http-pages", http::pages::measure_pages),
    ("http-memory", http::memory::measure_memory),
];

fn main() -> ExitCode {
    if let Some(ending) = http::server::run_as_server() {
        return ending;
    }
    let mut criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();
    fold::bench_single(&mut criterion);
    states::bench_single(&mut criterion);
    criterion.final_summary();

    let extent = BenchScale::from_environment();
    let mut table = ResultTable::default();
    for (name, measure) in PARTS {
        if extent.is_selected(name) {
            eprintln!("measuring {name} side by side …");
            measure(&extent, &mut table);
        }
    }
    println!("\n{table}");
    ExitCode::SUCCESS
}
