//! The service over HTTP, compared with minimal servers.

mod client;
pub(crate) mod events;
mod floor;
pub(crate) mod memory;
pub(crate) mod pages;
pub(crate) mod server;

use std::time::Duration;

use accolade_benches::rounds::percentile;
use accolade_benches::table::format_duration;

/// Formats latencies as median and 99th percentile.
fn format_latencies(all: &[Duration]) -> String {
    let at = |percent| format_duration(percentile(all.iter().map(Duration::as_secs_f64), percent));
    format!("p50 {}, p99 {}", at(50), at(99))
}
