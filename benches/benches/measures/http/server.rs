//! Servers to measure. Each is a process that runs this binary again.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};

use accolade::NewEvent;
use accolade_benches::demo_catalog;
use accolade_benches::floor::{open_engine, record_batches};
use accolade_core::limits;
use accolade_web::KeyScope;

use super::floor::{self, FloorStorage};

/// Environment variable with the server to run in this process.
const ROLE: &str = "ACCOLADE_BENCH_ROLE";
/// File name of the service's database.
const DATABASE: &str = "accolade.db";

/// Server process that runs until this is dropped.
pub(crate) struct ServerProcess {
    process: Child,
    pub(crate) address: SocketAddr,
}

/// Runs a server if this process was started as one.
pub(crate) fn run_as_server() -> Option<ExitCode> {
    match env::var(ROLE).ok()?.as_str() {
        "accolade" => Some(accolade_cli::run()),
        keeping => Some(floor::serve_floor(Path::new(&env::args().nth(1)?), keeping)),
    }
}

/// Creates the service's database with this history, and returns an API key with all permissions.
pub(crate) fn prepare_database(folder: &Path, history: &[NewEvent]) -> String {
    let engine = open_engine(&folder.join(DATABASE), demo_catalog());
    record_batches(
        &engine,
        history
            .chunks(limits::BATCH_EVENTS)
            .map(<[NewEvent]>::to_vec)
            .collect(),
    );
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("the runtime needs no new thread");
    let key = runtime.block_on(accolade_web::create_key(
        &engine,
        "bench",
        &[KeyScope::Admin],
        "bench",
    ));
    engine.close().expect("no batch is pending");
    key.expect("a new database has no other key")
}

impl ServerProcess {
    /// Starts `accolade serve` on a prepared folder, with all defaults except for the limits
    /// that would stop a single client.
    pub(crate) fn start_accolade(folder: &Path) -> Self {
        let url = format!("sqlite:{}", folder.join(DATABASE).display());
        let mut command = Command::new(env::current_exe().expect("the binary has a path"));
        command
            .args(["--json", "serve", "--listen", "127.0.0.1:0", "--db", &url])
            .env(ROLE, "accolade");
        for limit in [
            "LIMITS_REQUESTS_PER_SECOND",
            "LIMITS_REQUESTS_AT_ONCE",
            "LIMITS_PAGES_PER_SECOND",
            "LIMITS_PAGES_AT_ONCE",
            "SERVER_CONNECTIONS_PER_ADDRESS",
        ] {
            command.env(format!("ACCOLADE_{limit}"), "100000000");
        }
        Self::start_process(command)
    }

    /// Starts a floor on a folder.
    pub(crate) fn start_floor(folder: &Path, keeping: FloorStorage) -> Self {
        let mut command = Command::new(env::current_exe().expect("the binary has a path"));
        command.arg(folder).env(ROLE, keeping.as_str());
        Self::start_process(command)
    }

    /// Starts a server and waits until it has printed its address. Its log is discarded.
    fn start_process(mut command: Command) -> Self {
        let process = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut process = process.expect("this binary can be run again");
        let mut output = BufReader::new(process.stdout.take().expect("standard output is piped"));
        let (mut text, mut address) = (String::new(), None);
        while address.is_none() && output.read_line(&mut text).is_ok_and(|length| length > 0) {
            let behind = text.split_once("http://").map(|(_, behind)| behind);
            address = behind.and_then(|behind| behind.split(['"', '/']).next()?.parse().ok());
        }
        Self {
            process,
            address: address.expect("a server prints its address"),
        }
    }

    /// Returns the resident memory in KiB; `None` if the system does not report it.
    pub(crate) fn resident_kibibytes(&self) -> Option<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id())).ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))?;
        line.trim().trim_end_matches(" kB").parse().ok()
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        // All responses have been read, and its folder is deleted next, so errors do not matter.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
