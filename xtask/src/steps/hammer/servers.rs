//! Servers of a run, and the killer that ends and restarts them.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use super::run::{self, HammerRun};
use super::workload::RandomPurpose;
use crate::steps::service::{ServiceProcess, ServiceSetup};

/// Time between kills, in milliseconds.
const KILL_INTERVAL_MILLIS: std::ops::RangeInclusive<u64> = 150..=2350;
/// Longest additional time until a restart, in milliseconds.
const LONGEST_DOWNTIME_MILLIS: u64 = 500;
/// Maximum time between SIGTERM and the end of a process. Connections may stay open for two
/// seconds of it.
const STOP_TIMEOUT: Duration = Duration::from_secs(60);
/// Pause between two looks at a process that must end.
const EXIT_POLL: Duration = Duration::from_millis(10);

/// Numbers of signals that the killer sent.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct SignalCounts {
    pub(super) kill: u64,
    pub(super) terminate: u64,
}

/// Server of a run.
pub(super) struct HammerServer {
    setup: ServiceSetup,
    process: ServiceProcess,
}

impl HammerServer {
    pub(super) fn start(setup: ServiceSetup) -> Result<Self, String> {
        let process = setup.start()?;
        Ok(Self { setup, process })
    }

    pub(super) fn url(&self) -> &str {
        self.process.url()
    }

    pub(super) fn setup(&self) -> &ServiceSetup {
        &self.setup
    }

    pub(super) fn create_key(&self, scopes: &str) -> Result<String, String> {
        self.process.create_key("hammer", scopes)
    }

    /// Reports a process that has ended by itself, and panics in the log.
    pub(super) fn check_health(&mut self) -> Result<(), String> {
        if let Some(status) = self.process.find_exit() {
            let log = self.setup.log.display();
            return Err(format!("a server ended by itself with {status}; see {log}"));
        }
        let log = fs::read_to_string(&self.setup.log).unwrap_or_default();
        match log.lines().find(|line| line.contains("panicked")) {
            None => Ok(()),
            Some(line) => Err(format!("a server panicked: {line}")),
        }
    }

    /// Sends SIGTERM and waits until the process has ended.
    pub(super) fn terminate(&mut self) -> Result<(), String> {
        let id = self.process.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status();
        if !sent.as_ref().is_ok_and(|status| status.success()) {
            return Err(format!("cannot send SIGTERM: {sent:?}"));
        }
        let start = Instant::now();
        loop {
            match self.process.find_exit() {
                // 1: connections had to be closed.
                Some(status) if matches!(status.code(), Some(0 | 1)) => return Ok(()),
                Some(status) => return Err(format!("a server ended by SIGTERM with {status}")),
                None if start.elapsed() > STOP_TIMEOUT => {
                    return Err(format!("a server did not end within {STOP_TIMEOUT:?}"));
                }
                None => run::pause_for(EXIT_POLL),
            }
        }
    }
}

/// Kills and restarts servers, this number of times.
pub(super) fn kill_servers(
    run: &HammerRun,
    servers: &mut [HammerServer],
    kills: u64,
) -> Result<SignalCounts, String> {
    let mut random = run.workload.random(RandomPurpose::Killer, 0);
    let mut counts = SignalCounts::default();
    for _ in 0..kills {
        run::pause_for(Duration::from_millis(random.u64(KILL_INTERVAL_MILLIS)));
        if !run.has_no_difference() {
            break;
        }
        let index = random.usize(..servers.len());
        let server = &mut servers[index];
        server.check_health()?;
        if random.u32(..100) < 92 {
            server.process.kill();
            counts.kill += 1;
        } else {
            server.terminate()?;
            counts.terminate += 1;
        }
        run.set_url(index, None);
        if random.u32(..10) < 3 {
            run::pause_for(Duration::from_millis(
                random.u64(..=LONGEST_DOWNTIME_MILLIS),
            ));
        }
        server.process = server.setup.start()?;
        run.set_url(index, Some(server.url().to_owned()));
    }
    Ok(counts)
}
