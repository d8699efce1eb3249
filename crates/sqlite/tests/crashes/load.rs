//! Load of the killed process: several threads record and publish, and one reads the feed. Each
//! result is printed on a line of its own after it arrives.

use std::env;
use std::thread;

use accolade::{
    Action, Catalog, Engine, Error, NewEvent, PublishOptions, Receipt, Rejection, Timestamp,
};
use accolade_sqlite::SqliteStore;

/// Number of threads that record.
const THREADS: u64 = 4;
const PLAYERS: u64 = 6;
/// Time of the first event. Later ones follow at intervals of minutes.
const FIRST_EVENT_AT: &str = "2026-03-01T08:00:00Z";
const MINUTE: i64 = 60_000_000;

/// Builds the catalog to publish in a given turn.
pub(crate) fn catalog(turn: i64) -> Catalog {
    let target = if turn % 2 == 0 { 5 } else { 8 };
    let toml = format!(
        r#"
        [[currency]]
        id = "xp"

        [[earning]]
        id = "commented"
        on = "comment"
        points = {{ xp = {target} }}
        limit = {{ times = 9, per = "day" }}

        [[badge]]
        id = "talker"
        criterion = {{ count = "comment", at_least = {target} }}
        repeat = "again"
        points = {{ xp = 10 }}

        [[badge]]
        id = "by-hand"

        [[unlockable]]
        id = "signature"
        criterion = {{ points = "xp", at_least = 100 }}
        relock = true
        "#
    );
    Catalog::from_toml(&toml).expect("it compiles")
}

/// Identity of a message. The same numbers always give the same message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LoadMessage {
    pub(crate) round: u64,
    pub(crate) thread: u64,
    pub(crate) number: u64,
}

/// Content of a message.
pub(crate) enum MessageContent {
    Event(NewEvent),
    Act(Action),
}

impl LoadMessage {
    pub(crate) fn id(self) -> String {
        format!("{}-{}-{}", self.round, self.thread, self.number)
    }

    pub(crate) fn player(self) -> String {
        format!("player-{}", (self.thread + self.number / 5) % PLAYERS)
    }

    pub(crate) fn content(self) -> MessageContent {
        let (player, id) = (self.player(), self.id());
        match self.number % 13 {
            6 => MessageContent::Act(
                Action::points(&player, "xp", 3)
                    .id(id)
                    .reason("thanks")
                    .create(),
            ),
            // Retracts the event three messages before, which is of the same player.
            8 => MessageContent::Act(
                Action::retract(
                    &player,
                    Self {
                        number: self.number - 3,
                        ..self
                    }
                    .id(),
                )
                .id(id)
                .create(),
            ),
            11 => MessageContent::Act(Action::award(&player, "by-hand").id(id).create()),
            kind => {
                let minutes =
                    i64::try_from(self.round * 40 + self.number * 2).expect("it is small");
                let late = if kind % 5 == 4 { 600 } else { 0 };
                let at: Timestamp = FIRST_EVENT_AT.parse().expect("it is a time");
                MessageContent::Event(
                    NewEvent::new(&player, "comment")
                        .id(id)
                        .at(at.plus_micros((minutes - late) * MINUTE)),
                )
            }
        }
    }

    pub(crate) fn send(self, engine: &Engine) -> Result<Receipt, Error> {
        match self.content() {
            MessageContent::Event(event) => engine.record(event).wait(),
            MessageContent::Act(act) => engine.submit_action(act).wait(),
        }
    }
}

/// Runs until the process is killed.
pub(crate) fn run_load() {
    let number = |name: &str| {
        env::var(name)
            .ok()
            .and_then(|text| text.parse::<u64>().ok())
            .unwrap_or_default()
    };
    let file = env::var(super::FILE).expect("the variable names the file");
    let store = SqliteStore::open(file).expect("the file can be opened");
    let engine = Engine::builder(store)
        .open()
        .expect("the database has a catalog");
    let round = number(super::ROUND);
    let after = i64::try_from(number(super::AFTER_OUTCOME)).expect("it is a sequence number");
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let engine = &engine;
            scope.spawn(move || record(engine, round, thread));
        }
        scope.spawn(|| read_feed(&engine, after));
    });
}

fn record(engine: &Engine, round: u64, thread: u64) {
    for number in 0.. {
        let message = LoadMessage {
            round,
            thread,
            number,
        };
        match message.send(engine) {
            Ok(_) => println!("\nacknowledged {thread} {number}"),
            // The award is already held, or an earlier event was rejected.
            Err(Error::Rejected(Rejection::Refused(_))) => {}
            Err(error) => panic!("{message:?}: {error}"),
        }
        if number % 7 == 3 {
            LoadMessage {
                number: number - 1,
                ..message
            }
            .send(engine)
            .map_or_else(
                |error| {
                    assert!(
                        matches!(error, Error::Rejected(Rejection::Refused(_))),
                        "{error}"
                    )
                },
                |receipt| {
                    assert_eq!(
                        receipt.status,
                        accolade::ReceiptStatus::Duplicate,
                        "{message:?}"
                    )
                },
            );
        }
        if thread == 0 && number % 40 == 20 {
            let catalog = catalog(engine.catalog().version());
            let published = engine
                .catalog()
                .publish(catalog, PublishOptions::default())
                .wait()
                .expect("no other thread publishes");
            println!("\npublished {}", published.version);
        }
    }
}

fn read_feed(engine: &Engine, after: i64) {
    let mut feed = engine
        .feed()
        .subscribe(Some(after))
        .expect("the feed can be read");
    loop {
        let outcome = feed.next_blocking().expect("the feed can be read");
        println!("\nread {}", outcome.seq);
    }
}
