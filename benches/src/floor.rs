//! The floor under recording: the statements that the engine sent to SQLite, sent again by a loop that does nothing else.

use std::collections::VecDeque;
use std::path::Path;
use std::time::Duration;

use accolade::{Catalog, Engine, NewEvent, Receipt, Rejection, Ticket};
use accolade_sqlite::{SqliteStore, Statement, StatementLog};
use rusqlite::{CachedStatement, Connection, params_from_iter};
use tempfile::TempDir;

use crate::rounds::time;

/// Batches that may be on their way at a time.
const AT_A_TIME: usize = 4;

/// What a history came to as statements.
pub struct Floor {
    statements: Vec<Statement>,
    /// The statements' texts, each once.
    texts: Vec<&'static str>,
    /// For each statement the position of its text.
    places: Vec<usize>,
}

/// What recording a history writes.
#[derive(Debug, Clone, Copy)]
pub struct Written {
    /// Statements sent.
    pub statements: u64,
    /// Rows added, changed or taken out.
    pub rows: u64,
    /// Bytes by which the database grew.
    pub bytes: u64,
    /// Bytes that went to the write-ahead log.
    pub log_bytes: u64,
}

/// Opens an engine on a new file, or on one that has this catalog.
pub fn engine(path: &Path, catalog: Catalog) -> Engine {
    Engine::open(
        SqliteStore::open(path).expect("the folder can be written"),
        catalog,
    )
    .expect("the catalog is its own")
}

/// Records batches in order, a few on their way at a time, as the import does. Each is a transaction of its own.
pub fn record(engine: &Engine, batches: Vec<Vec<NewEvent>>) {
    let mut sent = VecDeque::new();
    for batch in batches {
        if sent.len() == AT_A_TIME {
            sent.pop_front().into_iter().for_each(accepted);
        }
        sent.push_back(engine.record_many(batch));
    }
    sent.into_iter().for_each(accepted);
}

/// Waits until a batch is durable.
fn accepted(ticket: Ticket<Vec<Result<Receipt, Rejection>>>) {
    let receipts = ticket.wait().expect("the database can be written");
    assert!(
        receipts.iter().all(Result::is_ok),
        "every event of a history is accepted"
    );
}

/// An engine on a new file, of which everything that it sends to SQLite is kept.
struct Heard {
    engine: Engine,
    log: StatementLog,
    _folder: TempDir,
}

impl Heard {
    fn new(catalog: Catalog) -> Self {
        let folder = tempfile::tempdir().expect("there is a folder for scratch files");
        let log = StatementLog::default();
        let path = folder.path().join("captured.db");
        let store = SqliteStore::open(path)
            .expect("the folder can be written")
            .recording(log.clone());
        let engine = Engine::open(store, catalog).expect("a new file takes any catalog");
        drop(log.take());
        Self {
            engine,
            log,
            _folder: folder,
        }
    }
}

/// A floor that goes on: what an engine sends for a history is sent again piece by piece, to a file that grows as the
/// engine's does.
pub struct Growing {
    heard: Heard,
    bare: Connection,
    _folder: TempDir,
}

impl Growing {
    /// On new files.
    pub fn new(catalog: impl Fn() -> Catalog) -> Self {
        let folder = tempfile::tempdir().expect("there is a folder for scratch files");
        let bare = prepared(&folder.path().join("bare.db"), catalog());
        Self {
            heard: Heard::new(catalog()),
            bare,
            _folder: folder,
        }
    }

    /// How long the bare loop takes for what comes next in the history. Each batch is a transaction.
    pub fn run(&self, batches: Vec<Vec<NewEvent>>) -> Duration {
        batches
            .into_iter()
            .for_each(|batch| accepted(self.heard.engine.record_many(batch)));
        Floor::of(self.heard.log.take()).replay(&self.bare)
    }
}

impl Floor {
    /// Records a history in a new file, and keeps what was sent to SQLite on the way.
    pub fn capture(catalog: Catalog, batches: Vec<Vec<NewEvent>>) -> Self {
        let heard = Heard::new(catalog);
        record(&heard.engine, batches);
        Self::of(heard.log.take())
    }

    fn of(statements: Vec<Statement>) -> Self {
        let mut texts: Vec<&'static str> = Vec::new();
        let place = |statement: &Statement| {
            texts
                .iter()
                .position(|text| *text == statement.sql)
                .unwrap_or_else(|| {
                    texts.push(statement.sql);
                    texts.len() - 1
                })
        };
        let places = statements.iter().map(place).collect();
        Self {
            statements,
            texts,
            places,
        }
    }

    /// How long the bare loop takes on a new file.
    pub fn run(&self, catalog: Catalog) -> Duration {
        let folder = tempfile::tempdir().expect("there is a folder for scratch files");
        let connection = prepared(&folder.path().join("bare.db"), catalog);
        self.replay(&connection)
    }

    /// What the statements write.
    pub fn written(&self, catalog: Catalog) -> Written {
        let folder = tempfile::tempdir().expect("there is a folder for scratch files");
        let path = folder.path().join("bare.db");
        let connection = prepared(&path, catalog);
        let size = |path: &Path| path.metadata().map_or(0, |file| file.len());
        let settle = || {
            connection
                .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
                .expect("nobody reads")
        };
        connection
            .pragma_update(None, "wal_autocheckpoint", 0)
            .expect("a setting");
        settle();
        let (rows, bytes) = (connection.total_changes(), size(&path));
        self.replay(&connection);
        let log_bytes = size(&path.with_extension("db-wal"));
        settle();
        Written {
            statements: self.statements.len() as u64,
            rows: connection.total_changes() - rows,
            bytes: size(&path) - bytes,
            log_bytes,
        }
    }

    fn replay(&self, connection: &Connection) -> Duration {
        let prepare =
            |text: &&'static str| connection.prepare_cached(text).expect("the engine sent it");
        time(|| {
            let mut prepared: Vec<CachedStatement<'_>> = self.texts.iter().map(prepare).collect();
            for (statement, place) in self.statements.iter().zip(&self.places) {
                let sent = prepared[*place].query(params_from_iter(&statement.parameters));
                let mut rows = sent.expect("the engine sent it");
                while rows.next().expect("the engine read it").is_some() {}
            }
        })
    }
}

/// A connection to a new file with this catalog, set as the store sets those that it writes with.
fn prepared(path: &Path, catalog: Catalog) -> Connection {
    engine(path, catalog).close().expect("nothing was sent");
    let connection = Connection::open(path).expect("the file is there");
    for (name, value) in [
        ("synchronous", "FULL"),
        ("foreign_keys", "ON"),
        ("temp_store", "MEMORY"),
    ] {
        connection
            .pragma_update(None, name, value)
            .expect("a setting");
    }
    for (name, value) in [
        ("wal_autocheckpoint", 16_384),
        ("journal_size_limit", 128 << 20),
        ("cache_size", -128 << 10),
    ] {
        connection
            .pragma_update(None, name, value)
            .expect("a setting");
    }
    connection
}
