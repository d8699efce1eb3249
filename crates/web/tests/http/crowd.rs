//! Two thousand live streams in one process.

use std::env;
use std::process::Command;

use accolade::NewEvent;

use crate::socket::RunningService;

const STREAMS: usize = 2_000;
/// File descriptors for both ends of every stream, and some more.
const FILES: usize = 2 * STREAMS + 500;
/// Marks the child process that has enough file descriptors.
const INSIDE: &str = "ACCOLADE_CROWD";
/// Maximum memory of both ends of a stream.
const BYTES: usize = 200 * 1024;

#[test]
fn two_thousand_streams_hear_one_event_and_end_with_the_service() {
    if env::var_os(INSIDE).is_some() {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        return runtime.block_on(run_crowd());
    }
    // Raising the limit of open files in this process would need unsafe code; a shell does not.
    let test = "crowd::two_thousand_streams_hear_one_event_and_end_with_the_service";
    let status = Command::new("sh")
        .args([
            "-c",
            &format!("ulimit -n {FILES} && exec \"$0\" {test} --exact --nocapture"),
        ])
        .arg(env::current_exe().unwrap())
        .env(INSIDE, "1")
        .status()
        .unwrap();
    assert!(status.success());
}

async fn run_crowd() {
    let served = RunningService::with_settings(|settings| {
        settings.server.connections_per_address = STREAMS + 10;
    })
    .await;
    let before = resident_bytes();
    let request = format!("{}\r\n", served.request_head("GET /v1/live"));
    let mut lines = Vec::with_capacity(STREAMS);
    for _ in 0..STREAMS {
        let mut line = served.connect().await;
        line.write(request.as_bytes()).await;
        lines.push(line);
    }
    for line in &mut lines {
        line.read_until("event: ready").await;
        line.clear_received();
    }
    let each = resident_bytes().saturating_sub(before) / STREAMS;
    println!("{STREAMS} streams take {each} bytes each, with both of their ends");
    assert!(each < BYTES, "{each} bytes each");

    let event = NewEvent::new("ada", "post.published").id("the-one");
    served.world.engine.record(event).await.unwrap();
    for line in &mut lines {
        line.read_until("\"event\":\"the-one\"").await;
    }
    assert_eq!(
        served.stop().await,
        0,
        "every stream ended within the bound"
    );
    for line in lines {
        line.read_to_end().await;
    }
}

/// Returns the resident memory of this process, in bytes.
fn resident_bytes() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: usize = statm
        .split(' ')
        .nth(1)
        .and_then(|pages| pages.parse().ok())
        .unwrap_or_default();
    pages * 4096
}
