//! `cargo xtask hammer`: clients send events, actions and repetitions to services that are killed
//! and restarted, while readers follow the feed. Afterwards, everything that clients observed must
//! agree with what is stored.

mod checks;
mod client;
mod importer;
mod observations;
mod options;
mod readers;
mod run;
mod servers;
mod stored;
mod workers;
mod workload;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::thread::{self, ScopedJoinHandle};
use std::time::Instant;

use self::checks::CreatedCounts;
use self::importer::ImportFile;
use self::observations::Observations;
use self::options::HammerOptions;
use self::run::{HammerRun, StopGuard};
use self::servers::{HammerServer, SignalCounts};
use self::stored::StoredData;
use self::workload::Workload;
use super::Workspace;
use super::service::ServiceSetup;
use crate::results::CheckCounts;

/// Catalog of all runs.
const CATALOG_PATH: &str = "xtask/hammer/hammer.toml";
/// Runs of the step in `cargo xtask test`, as kills and servers.
const STEP_RUNS: [(u64, u64); 2] = [(6, 1), (3, 2)];
/// Imported events for each kill of a run with two servers.
const IMPORTED_PER_KILL: u64 = 1500;
/// Differences that are printed. Those that follow from the first are not interesting.
const SHOWN_DIFFERENCES: usize = 10;
/// Lines that are printed of each difference. `verify` prints many.
const SHOWN_LINES: usize = 12;
/// Settings of the service. All clients share one API key, so there is no rate limit.
const SETTINGS: [(&str, &str); 4] = [
    ("ACCOLADE_SERVER_STOP_SECONDS", "2"),
    ("ACCOLADE_LIMITS_REQUESTS_PER_SECOND", "1000000"),
    ("ACCOLADE_LIMITS_REQUESTS_AT_ONCE", "1000000"),
    ("ACCOLADE_LOG_LEVEL", "warn"),
];

/// Observations and stored data of a run, compared.
struct RunReport {
    options: HammerOptions,
    signals: SignalCounts,
    observations: Observations,
    feed: usize,
    stored: usize,
    seconds: u64,
    differences: Vec<String>,
}

/// Runs the short form as a step. `accolade` is built already.
pub(super) fn run_step(house: &Workspace) -> CheckCounts {
    let mut total = CheckCounts::default();
    for (kills, servers) in STEP_RUNS {
        let options = HammerOptions {
            kills,
            servers,
            seed: default_seed(),
        };
        total += CheckCounts::single(run_hammer(house, options));
    }
    total
}

/// Builds the service and runs the hammer with the options of the command line. Returns true if it
/// found no difference.
pub(crate) fn run_task(root: &Path, arguments: &[&str]) -> bool {
    let options = match HammerOptions::parse(arguments, default_seed()) {
        Ok(options) => options,
        Err(wrong) => {
            eprintln!("{wrong}");
            return false;
        }
    };
    let house = match Workspace::locate(root) {
        Ok(house) => house,
        Err(error) => {
            eprintln!("cannot find the build folder: {error}");
            return false;
        }
    };
    house.build_programs().failed == 0 && run_hammer(&house, options)
}

fn default_seed() -> u64 {
    std::process::id().into()
}

/// Runs the hammer once in a temporary folder, which remains if it finds a difference.
fn run_hammer(house: &Workspace, options: HammerOptions) -> bool {
    let HammerOptions {
        kills,
        servers,
        seed,
    } = options;
    println!("hammer: --kills {kills} --servers {servers} --seed {seed}");
    let folder = match create_folder() {
        Ok(folder) => folder,
        Err(error) => {
            eprintln!("cannot create a temporary folder: {error}");
            return false;
        }
    };
    let differences = match try_run(house, options, &folder) {
        Ok(report) => {
            report.print();
            report.differences
        }
        Err(error) => vec![error],
    };
    if differences.is_empty() {
        // A folder that remains is no failure.
        let _ = fs::remove_dir_all(&folder);
        return true;
    }
    eprintln!(
        "{} differences with the seed {seed}; database and logs are in {}",
        differences.len(),
        folder.display()
    );
    for difference in differences.iter().take(SHOWN_DIFFERENCES) {
        let lines: Vec<&str> = difference.lines().take(SHOWN_LINES).collect();
        eprintln!("- {}", lines.join("\n"));
    }
    false
}

fn create_folder() -> std::io::Result<PathBuf> {
    let folder = tempfile::Builder::new()
        .prefix("accolade-hammer-")
        .tempdir()?;
    Ok(folder.keep())
}

fn try_run(house: &Workspace, options: HammerOptions, folder: &Path) -> Result<RunReport, String> {
    let start = Instant::now();
    let workload = Workload::starting_now(options.seed);
    let mut servers = (0..options.servers)
        .map(|number| HammerServer::start(create_setup(house, folder, number)))
        .collect::<Result<Vec<_>, String>>()?;
    let setup = servers[0].setup().clone();
    let key = servers[0].create_key("record,read,actions")?;
    let imported = match options.servers {
        1 => 0,
        _ => options.kills * IMPORTED_PER_KILL,
    };
    let import = ImportFile::write(folder, &workload, imported)?;
    let urls = servers.iter().map(|server| Some(server.url().to_owned()));
    let run = HammerRun::new(workload, key, urls.collect());

    let signals = drive_threads(&run, &mut servers, options, &import);
    for mut server in servers {
        report_error(&run, server.check_health());
        report_error(&run, server.terminate());
    }
    report_error(&run, setup.run_command(&["verify"]));

    let created = CreatedCounts {
        events: run.next_event.load(Ordering::SeqCst),
        actions: run.next_action.load(Ordering::SeqCst),
        imported,
    };
    let observations = run.into_observations();
    let stored = StoredData::load(&setup)?;
    let differences = checks::find_differences(&observations, &stored, &workload, created);
    Ok(RunReport {
        options,
        signals,
        observations,
        feed: stored.feed.len(),
        stored: stored.events.len(),
        seconds: start.elapsed().as_secs(),
        differences,
    })
}

/// Builds the setup of a server. All servers of a run use one database.
fn create_setup(house: &Workspace, folder: &Path, number: u64) -> ServiceSetup {
    let settings = SETTINGS
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    ServiceSetup {
        program: house.program_path("accolade"),
        catalog: house.root.join(CATALOG_PATH),
        database: folder.join("accolade.db"),
        log: folder.join(format!("server-{number}.log")),
        settings: settings.collect(),
    }
}

/// Runs workers, readers and the import while servers are killed; then sends everything again and
/// lets the readers catch up.
fn drive_threads(
    run: &HammerRun,
    servers: &mut [HammerServer],
    options: HammerOptions,
    import: &ImportFile,
) -> SignalCounts {
    let setup = servers[0].setup().clone();
    thread::scope(|scope| {
        let _guard = StopGuard(run);
        let readers = readers::FEED_READERS
            .map(|reader| scope.spawn(move || readers::run_reader(run, reader)));
        let workers: Vec<_> = (0..workers::WORKERS)
            .map(|number| scope.spawn(move || workers::run_worker(run, number)))
            .collect();
        let importer =
            (options.servers > 1).then(|| scope.spawn(|| import.import_with_kills(run, &setup)));

        let killed = servers::kill_servers(run, servers, options.kills);
        if let Some(result) = importer.and_then(|thread| join_thread(run, thread)) {
            report_error(run, result);
        }
        run.stop_workers();
        for worker in workers {
            join_thread(run, worker);
        }
        let signals = killed.unwrap_or_else(|error| {
            run.observe().report(error);
            SignalCounts::default()
        });

        let finished = run
            .has_no_difference()
            .then(|| workers::send_everything_again(run))
            .and_then(|()| {
                stored::load_last_seq(&setup)
                    .map(|seq| run.set_last_seq(seq))
                    .ok()
            });
        if finished.is_none() {
            run.stop_all();
        }
        for reader in readers {
            join_thread(run, reader);
        }
        signals
    })
}

fn report_error<T>(run: &HammerRun, result: Result<T, String>) {
    if let Err(error) = result {
        run.observe().report(error);
    }
}

/// Waits for a thread and reports its panic.
fn join_thread<T>(run: &HammerRun, thread: ScopedJoinHandle<'_, T>) -> Option<T> {
    let result = thread.join();
    if result.is_err() {
        run.observe()
            .report("a thread of the hammer panicked".to_owned());
    }
    result.ok()
}

impl RunReport {
    fn print(&self) {
        let seen = &self.observations;
        println!(
            "{} kills ({} SIGKILL, {} SIGTERM) of {} servers in {} s",
            self.signals.kill + self.signals.terminate,
            self.signals.kill,
            self.signals.terminate,
            self.options.servers,
            self.seconds
        );
        println!(
            "{} events and actions stored, {} acknowledged; {} sent, {} of them after their \
             acknowledgement",
            self.stored,
            seen.receipts.len(),
            seen.sent,
            seen.repeated
        );
        println!(
            "{} requests without a response, {} impossible actions, refused by status: {:?}",
            seen.broken, seen.impossible, seen.refused
        );
        for (name, outcomes) in &seen.readers {
            println!("{name} read {} of {} outcomes", outcomes.len(), self.feed);
        }
    }
}
