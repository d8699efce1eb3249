//! A process killed under load loses nothing that it acknowledged, and nothing counts twice.
//!
//! The test starts itself again as the process to kill. An environment variable names the file.

mod load;

use std::collections::BTreeSet;
use std::env;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use accolade::{Engine, ReceiptStatus};
use accolade_sqlite::SqliteStore;

use load::{LoadMessage, MessageContent};

/// Environment variable with the file of the database, for the process to kill.
const FILE: &str = "ACCOLADE_CRASH_FILE";
/// Environment variable with the number of the round.
const ROUND: &str = "ACCOLADE_CRASH_ROUND";
/// Environment variable with the outcome after which the feed reader continues.
const AFTER_OUTCOME: &str = "ACCOLADE_CRASH_AFTER";
/// Number of kills in a normal test run.
const KILLS: u64 = 5;

#[test]
fn a_killed_process_loses_nothing_that_it_acknowledged() {
    if env::var_os(FILE).is_some() {
        return load::run_load();
    }
    let number = |name: &str| {
        env::var(name)
            .ok()
            .and_then(|text| text.parse::<u64>().ok())
    };
    let times = number("TEST_CRASHES").unwrap_or(KILLS);
    let seed = number("TEST_CRASH_SEED").unwrap_or_else(|| u64::from(std::process::id()));
    println!("{times} kills from the seed {seed}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("accolade.db");
    open(&file, true).close().unwrap();

    let mut results = ProcessResults::default();
    for round in 0..times {
        results.acknowledged_before = results.acknowledged.len();
        let kill_after = 1 + hash_round(seed, round) % 150;
        results.run_and_kill(&file, round, kill_after);
        results.check_database(&file, round, round + 1 == times);
        if (round + 1) % 20 == 0 {
            println!(
                "{} of {times} kills, {} acknowledged",
                round + 1,
                results.acknowledged.len()
            );
        }
    }
}

fn open(file: &Path, empty: bool) -> Engine {
    let builder = Engine::builder(SqliteStore::open(file).expect("the file can be opened"));
    let builder = if empty {
        builder.catalog(load::catalog(0))
    } else {
        builder
    };
    builder.open().expect("the database can be used")
}

/// Hashes a seed and a round to a number (SplitMix64).
fn hash_round(seed: u64, round: u64) -> u64 {
    let mixed = seed.wrapping_add(round.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// Results that the killed processes printed.
#[derive(Default)]
struct ProcessResults {
    acknowledged: Vec<LoadMessage>,
    acknowledged_before: usize,
    published: i64,
    read: Vec<i64>,
}

impl ProcessResults {
    /// Runs a process until it has acknowledged a number of messages, kills it, and collects its
    /// results.
    fn run_and_kill(&mut self, file: &Path, round: u64, kill_after: u64) {
        let after = self.read.last().copied().unwrap_or_default();
        let mut child = Command::new(env::current_exe().unwrap())
            .args([
                "a_killed_process_loses_nothing_that_it_acknowledged",
                "--exact",
                "--nocapture",
            ])
            .env(FILE, file)
            .env(ROUND, round.to_string())
            .env(AFTER_OUTCOME, after.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut heard = 0;
        let mut line = String::new();
        while lines.read_line(&mut line).unwrap() > 0 {
            // The last line can be incomplete.
            if line.ends_with('\n') && self.parse_line(line.trim_end(), round) {
                heard += 1;
                if heard == kill_after {
                    child.kill().unwrap();
                }
            }
            line.clear();
        }
        child.wait().unwrap();
        assert!(
            heard >= kill_after,
            "the process of round {round} ended before it was killed"
        );
    }

    /// Parses a line. Returns true if it acknowledges a message.
    fn parse_line(&mut self, line: &str, round: u64) -> bool {
        let mut words = line.split(' ');
        let what = words.next().unwrap_or_default();
        let numbers: Vec<u64> = words.map_while(|word| word.parse().ok()).collect();
        match (what, &numbers[..]) {
            ("acknowledged", [thread, number]) => {
                self.acknowledged.push(LoadMessage {
                    round,
                    thread: *thread,
                    number: *number,
                });
                return true;
            }
            ("published", [version]) => self.published = i64::try_from(*version).unwrap(),
            ("read", [seq]) => self.read.push(i64::try_from(*seq).unwrap()),
            _ => {}
        }
        false
    }

    /// Checks all results against the database. Sends the new messages again, and all of them at
    /// the end.
    fn check_database(&mut self, file: &Path, round: u64, end: bool) {
        let engine = open(file, false);
        let version = engine.catalog().version();
        assert!(
            version >= self.published,
            "round {round}: version {} was published: {version}",
            self.published
        );
        self.check_timelines(&engine, round);

        let before = engine.maintenance().count_rows().wait().unwrap();
        let again = if end {
            &self.acknowledged[..]
        } else {
            &self.acknowledged[self.acknowledged_before..]
        };
        for some in again.chunks(500) {
            let (mut events, mut acts) = (Vec::new(), Vec::new());
            for message in some {
                match message.content() {
                    MessageContent::Event(event) => events.push(event),
                    MessageContent::Act(act) => acts.push(act),
                }
            }
            let answers = engine.record_many(events).wait().unwrap().into_iter();
            for answer in answers.chain(engine.submit_actions(acts).wait().unwrap()) {
                let receipt =
                    answer.unwrap_or_else(|rejection| panic!("round {round}: {rejection}"));
                assert_eq!(
                    receipt.status,
                    ReceiptStatus::Duplicate,
                    "round {round}: {} was acknowledged",
                    receipt.id
                );
            }
        }
        assert_eq!(
            engine.maintenance().count_rows().wait().unwrap().events,
            before.events,
            "round {round}: nothing is new"
        );

        engine.catalog().await_backfill(|_| {}).wait().unwrap();
        let report = engine.maintenance().verify(|_| ()).wait().unwrap();
        assert_eq!(
            report.count, 0,
            "round {round}: verify finds {:#?}",
            report.differences
        );

        let last = self.read.last().copied().unwrap_or_default();
        let kept: Vec<i64> = engine
            .feed()
            .list(0, usize::MAX >> 1)
            .wait()
            .unwrap()
            .iter()
            .map(|one| one.seq)
            .collect();
        let kept = &kept[..kept.partition_point(|seq| *seq <= last)];
        assert_eq!(
            kept, self.read,
            "round {round}: the feed reader missed or repeated outcomes"
        );
        engine.close().unwrap();
    }

    /// Checks that every acknowledged message is stored once.
    fn check_timelines(&self, engine: &Engine, round: u64) {
        let players: BTreeSet<String> = self
            .acknowledged
            .iter()
            .map(|message| message.player())
            .collect();
        for player in players {
            let rows = engine.players().list_timeline(&player).wait().unwrap();
            let there: BTreeSet<&str> = rows.iter().map(|row| row.id.as_str()).collect();
            assert_eq!(
                there.len(),
                rows.len(),
                "round {round}: {player} has each event once"
            );
            for message in self
                .acknowledged
                .iter()
                .filter(|message| message.player() == player)
            {
                assert!(
                    there.contains(message.id().as_str()),
                    "round {round}: {message:?} was acknowledged"
                );
            }
        }
    }
}
