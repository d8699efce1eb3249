//! Memory of the service, idle and with live streams.

use std::net::SocketAddr;

use accolade_benches::table::{ResultTable, group_thousands};

use super::client::{self, ClientConnection};
use super::server::{self, ServerProcess};
use crate::scale::BenchScale;

/// Number of concurrent streams.
const STREAMS: u64 = 2_000;

pub(crate) fn measure_memory(extent: &BenchScale, table: &mut ResultTable) {
    let folder = tempfile::tempdir().expect("a temporary folder can be created");
    let key = server::prepare_database(folder.path(), &[]);
    let service = ServerProcess::start_accolade(folder.path());
    let Some(idle) = service.resident_kibibytes() else {
        return;
    };
    table.add_line(
        "Memory of the service, idle",
        format_mebibytes(idle),
        "before any request",
    );
    let streams = extent.scale_size(STREAMS, 20);
    let runtime = client::build_runtime();
    let open = runtime.block_on(open_streams(service.address, &key, streams));
    let Some(busy) = service.resident_kibibytes() else {
        return;
    };
    table.add_line(
        format!("… with {} live streams", group_thousands(streams as f64)),
        format_mebibytes(busy),
        format!("{:.1} KiB per stream", (busy - idle) / streams as f64),
    );
    drop(open);
}

/// Opens a number of streams and reads the head of each response.
async fn open_streams(address: SocketAddr, key: &str, streams: u64) -> Vec<ClientConnection> {
    let request = client::build_request("GET /v1/live", key, "", b"");
    let mut lines = Vec::new();
    for _ in 0..streams {
        let mut line = ClientConnection::connect(address).await;
        line.send_and_read_head(&request).await;
        lines.push(line);
    }
    lines
}

fn format_mebibytes(kibibytes: f64) -> String {
    format!("{:.1} MiB", kibibytes / 1_024.0)
}
