//! Servers to measure, each a process of its own: this very binary, run again.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};

use accolade::NewEvent;
use accolade_benches::catalog;
use accolade_benches::floor::{engine, record};
use accolade_core::limits;
use accolade_web::Scope;

use super::floor::{self, Keeping};

/// The variable that says which server a process is to be.
const ROLE: &str = "ACCOLADE_BENCH_ROLE";
/// The database of the service in its folder.
const DATABASE: &str = "accolade.db";

/// A server that runs until this is dropped.
pub(crate) struct Server {
    process: Child,
    pub(crate) address: SocketAddr,
}

/// Is a server, if this process was started to be one.
pub(crate) fn run() -> Option<ExitCode> {
    match env::var(ROLE).ok()?.as_str() {
        "accolade" => Some(accolade_cli::run()),
        keeping => Some(floor::serve(Path::new(&env::args().nth(1)?), keeping)),
    }
}

/// Makes the service's database with this history in it, and returns a key that may do everything.
pub(crate) fn prepare(folder: &Path, history: &[NewEvent]) -> String {
    let engine = engine(&folder.join(DATABASE), catalog());
    record(
        &engine,
        history
            .chunks(limits::BATCH_EVENTS)
            .map(<[NewEvent]>::to_vec)
            .collect(),
    );
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("it needs no more than memory");
    let key = runtime.block_on(accolade_web::create_key(
        &engine,
        "bench",
        &[Scope::Admin],
        "bench",
    ));
    engine.close().expect("everything is recorded");
    key.expect("a new database has no other key")
}

impl Server {
    /// `accolade serve`, as it is released, on a folder that was prepared. Only the limit of requests is out of the way.
    pub(crate) fn accolade(folder: &Path) -> Self {
        let url = format!("sqlite:{}", folder.join(DATABASE).display());
        let mut command = Command::new(env::current_exe().expect("it was started from somewhere"));
        command
            .args(["--json", "serve", "--listen", "127.0.0.1:0", "--db", &url])
            .env(ROLE, "accolade");
        for limit in ["REQUESTS_PER_SECOND", "REQUESTS_AT_ONCE"] {
            command.env(format!("ACCOLADE_LIMITS_{limit}"), "100000000");
        }
        Self::start(command)
    }

    /// A floor on a folder.
    pub(crate) fn floor(folder: &Path, keeping: Keeping) -> Self {
        let mut command = Command::new(env::current_exe().expect("it was started from somewhere"));
        command.arg(folder).env(ROLE, keeping.word());
        Self::start(command)
    }

    /// Starts a server, and waits until it has said where it listens. Its log goes nowhere.
    fn start(mut command: Command) -> Self {
        let process = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut process = process.expect("this binary can be run again");
        let mut told = BufReader::new(process.stdout.take().expect("it is piped"));
        let (mut text, mut address) = (String::new(), None);
        while address.is_none() && told.read_line(&mut text).is_ok_and(|length| length > 0) {
            let behind = text.split_once("http://").map(|(_, behind)| behind);
            address = behind.and_then(|behind| behind.split(['"', '/']).next()?.parse().ok());
        }
        Self {
            process,
            address: address.expect("a server says where it listens"),
        }
    }

    /// KiB of memory that are its own or shared, where the system tells.
    pub(crate) fn resident(&self) -> Option<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id())).ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))?;
        line.trim().trim_end_matches(" kB").parse().ok()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // What it had to say was answered; its folder goes next.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
