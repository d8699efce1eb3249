//! A process that is killed under load loses nothing that it acknowledged, and nothing counts twice.
//!
//! The process is this very test, started again and told of a file.

mod load;

use std::collections::BTreeSet;
use std::env;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use accolade::{Engine, Status};
use accolade_sqlite::SqliteStore;

use load::{Content, Message};

/// The database's file, for the process that is killed.
const FILE: &str = "ACCOLADE_CRASH_FILE";
/// The number of its round.
const ROUND: &str = "ACCOLADE_CRASH_ROUND";
/// After which outcome its reader of the feed goes on.
const AFTER: &str = "ACCOLADE_CRASH_AFTER";
/// Kills in an ordinary run of the tests.
const TIMES: u64 = 5;

#[test]
fn a_killed_process_loses_nothing_that_it_acknowledged() {
    if env::var_os(FILE).is_some() {
        return load::run();
    }
    let number = |name: &str| {
        env::var(name)
            .ok()
            .and_then(|text| text.parse::<u64>().ok())
    };
    let times = number("ACCOLADE_CRASHES").unwrap_or(TIMES);
    let seed = number("ACCOLADE_CRASH_SEED").unwrap_or_else(|| u64::from(std::process::id()));
    println!("{times} kills from the seed {seed}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("accolade.db");
    open(&file, true).close().unwrap();

    let mut told = Told::default();
    for round in 0..times {
        told.acknowledged_before = told.acknowledged.len();
        let kill_after = 1 + mixed(seed, round) % 150;
        told.listen(&file, round, kill_after);
        told.check(&file, round, round + 1 == times);
        if (round + 1) % 20 == 0 {
            println!(
                "{} of {times} kills, {} acknowledged",
                round + 1,
                told.acknowledged.len()
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

/// A number that follows from a seed and a round (SplitMix64).
fn mixed(seed: u64, round: u64) -> u64 {
    let mixed = seed.wrapping_add(round.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// What the killed processes told before they died.
#[derive(Default)]
struct Told {
    acknowledged: Vec<Message>,
    acknowledged_before: usize,
    published: i64,
    read: Vec<i64>,
}

impl Told {
    /// Lets a process run until it has acknowledged so much, kills it, and hears what it told until then.
    fn listen(&mut self, file: &Path, round: u64, kill_after: u64) {
        let after = self.read.last().copied().unwrap_or_default();
        let mut child = Command::new(env::current_exe().unwrap())
            .args([
                "a_killed_process_loses_nothing_that_it_acknowledged",
                "--exact",
                "--nocapture",
            ])
            .env(FILE, file)
            .env(ROUND, round.to_string())
            .env(AFTER, after.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut heard = 0;
        let mut line = String::new();
        while lines.read_line(&mut line).unwrap() > 0 {
            // A line that was cut off says nothing.
            if line.ends_with('\n') && self.hear(line.trim_end(), round) {
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
            "the process of round {round} ended by itself"
        );
    }

    /// Takes note of a line; says whether it acknowledges something.
    fn hear(&mut self, line: &str, round: u64) -> bool {
        let mut words = line.split(' ');
        let what = words.next().unwrap_or_default();
        let numbers: Vec<u64> = words.map_while(|word| word.parse().ok()).collect();
        match (what, &numbers[..]) {
            ("acknowledged", [thread, number]) => {
                self.acknowledged.push(Message {
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

    /// Whether everything that was told is so; in the end everything is sent again, else what is new.
    fn check(&mut self, file: &Path, round: u64, end: bool) {
        let engine = open(file, false);
        let version = engine.catalog_version();
        assert!(
            version >= self.published,
            "round {round}: version {} was published: {version}",
            self.published
        );
        self.check_timelines(&engine, round);

        let before = engine.totals().wait().unwrap();
        let again = if end {
            &self.acknowledged[..]
        } else {
            &self.acknowledged[self.acknowledged_before..]
        };
        for some in again.chunks(500) {
            let (mut events, mut acts) = (Vec::new(), Vec::new());
            for message in some {
                match message.content() {
                    Content::Event(event) => events.push(event),
                    Content::Act(act) => acts.push(act),
                }
            }
            let answers = engine.record_many(events).wait().unwrap().into_iter();
            for answer in answers.chain(engine.act_many(acts).wait().unwrap()) {
                let receipt =
                    answer.unwrap_or_else(|rejection| panic!("round {round}: {rejection}"));
                assert_eq!(
                    receipt.status,
                    Status::Duplicate,
                    "round {round}: {} was acknowledged",
                    receipt.id
                );
            }
        }
        assert_eq!(
            engine.totals().wait().unwrap().events,
            before.events,
            "round {round}: nothing is new"
        );

        engine.sweep(|_| {}).wait().unwrap();
        let report = engine.verify(|_| ()).wait().unwrap();
        assert_eq!(
            report.count, 0,
            "round {round}: verify finds {:#?}",
            report.differences
        );

        let last = self.read.last().copied().unwrap_or_default();
        let kept: Vec<i64> = engine
            .feed(0, usize::MAX >> 1)
            .wait()
            .unwrap()
            .iter()
            .map(|one| one.seq)
            .collect();
        let kept = &kept[..kept.partition_point(|seq| *seq <= last)];
        assert_eq!(
            kept, self.read,
            "round {round}: the reader of the feed missed nothing and read nothing twice"
        );
        engine.close().unwrap();
    }

    /// Whether everything that was acknowledged is there.
    fn check_timelines(&self, engine: &Engine, round: u64) {
        let players: BTreeSet<String> = self
            .acknowledged
            .iter()
            .map(|message| message.player())
            .collect();
        for player in players {
            let rows = engine.timeline(&player).wait().unwrap();
            let there: BTreeSet<&str> = rows.iter().map(|row| row.event.id.as_str()).collect();
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
