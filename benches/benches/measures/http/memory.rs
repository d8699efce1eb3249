//! Memory of the service, idle and with live streams.

use std::net::SocketAddr;

use accolade_benches::table::{Table, grouped};

use super::client::{self, Line};
use super::server::{self, Server};
use crate::extent::Extent;

/// Number of concurrent streams.
const STREAMS: u64 = 2_000;

pub(crate) fn measure(extent: &Extent, table: &mut Table) {
    let folder = tempfile::tempdir().expect("a temporary folder can be created");
    let key = server::prepare(folder.path(), &[]);
    let service = Server::accolade(folder.path());
    let Some(idle) = service.resident() else {
        return;
    };
    table.line(
        "Memory of the service, idle",
        mebibytes(idle),
        "before any request",
    );
    let streams = extent.of(STREAMS, 20);
    let runtime = client::runtime();
    let open = runtime.block_on(open(service.address, &key, streams));
    let Some(busy) = service.resident() else {
        return;
    };
    table.line(
        format!("… with {} live streams", grouped(streams as f64)),
        mebibytes(busy),
        format!("{:.1} KiB per stream", (busy - idle) / streams as f64),
    );
    drop(open);
}

/// Opens a number of streams and reads the head of each response.
async fn open(address: SocketAddr, key: &str, streams: u64) -> Vec<Line> {
    let request = client::request("GET /v1/live", key, "", b"");
    let mut lines = Vec::new();
    for _ in 0..streams {
        let mut line = Line::open(address).await;
        line.begin(&request).await;
        lines.push(line);
    }
    lines
}

fn mebibytes(kibibytes: f64) -> String {
    format!("{:.1} MiB", kibibytes / 1_024.0)
}
