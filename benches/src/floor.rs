//! Floor for recording: a bare loop that sends the engine's statements to SQLite again.

use std::collections::VecDeque;
use std::path::Path;
use std::time::Duration;

use accolade::{Catalog, Engine, NewEvent, Receipt, Rejection, Ticket};
use accolade_sqlite::{RecordedStatement, SqliteStore, StatementLog};
use rusqlite::{CachedStatement, Connection, params_from_iter};
use tempfile::TempDir;

use crate::rounds::time_work;

/// Maximum number of batches in flight.
const MAX_BATCHES_IN_FLIGHT: usize = 4;

/// Statements that recorded a history.
pub struct StatementFloor {
    statements: Vec<RecordedStatement>,
    /// Distinct SQL texts.
    texts: Vec<&'static str>,
    /// Index of each statement's text.
    text_indexes: Vec<usize>,
}

/// Amount of data that recording a history writes.
#[derive(Debug, Clone, Copy)]
pub struct WriteVolume {
    /// Number of statements.
    pub statements: u64,
    /// Number of rows inserted, updated or deleted.
    pub rows: u64,
    /// Growth of the database, in bytes.
    pub bytes: u64,
    /// Size of the write-ahead log, in bytes.
    pub log_bytes: u64,
}

/// Opens an engine on a new file, or on one with this catalog.
pub fn open_engine(path: &Path, catalog: Catalog) -> Engine {
    Engine::open(
        SqliteStore::open(path).expect("the folder can be written"),
        catalog,
    )
    .expect("the file is new or has this catalog")
}

/// Records batches in order, with a few in flight, as the import does. Each batch is a transaction.
pub fn record_batches(engine: &Engine, batches: Vec<Vec<NewEvent>>) {
    let mut sent = VecDeque::new();
    for batch in batches {
        // More than one batch in flight keeps the writer thread busy.
        if sent.len() == MAX_BATCHES_IN_FLIGHT {
            sent.pop_front().into_iter().for_each(await_accepted);
        }
        sent.push_back(engine.record_many(batch));
    }
    sent.into_iter().for_each(await_accepted);
}

/// Waits until a batch is durable.
fn await_accepted(ticket: Ticket<Vec<Result<Receipt, Rejection>>>) {
    let receipts = ticket.wait().expect("the database can be written");
    assert!(
        receipts.iter().all(Result::is_ok),
        "every event of a history is accepted"
    );
}

/// Engine on a new file, whose statements are logged.
struct RecordingEngine {
    engine: Engine,
    log: StatementLog,
    _folder: TempDir,
}

impl RecordingEngine {
    fn new(catalog: Catalog) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be created");
        let log = StatementLog::default();
        let path = folder.path().join("captured.db");
        let store = SqliteStore::open(path)
            .expect("the folder can be written")
            .with_statement_log(log.clone());
        let engine = Engine::open(store, catalog).expect("a new file takes any catalog");
        // Statements of opening the database are not part of the measurement.
        drop(log.drain_statements());
        Self {
            engine,
            log,
            _folder: folder,
        }
    }
}

/// Incremental floor: the statements of an engine are sent again piece by piece, to a file that
/// grows as the engine's does.
pub struct GrowingFloor {
    recording_engine: RecordingEngine,
    bare: Connection,
    _folder: TempDir,
}

impl GrowingFloor {
    /// Creates the two files.
    pub fn new(catalog: impl Fn() -> Catalog) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be created");
        let bare = open_bare_connection(&folder.path().join("bare.db"), catalog());
        Self {
            recording_engine: RecordingEngine::new(catalog()),
            bare,
            _folder: folder,
        }
    }

    /// Measures the bare loop for the next part of the history. Each batch is a transaction.
    pub fn time_next(&self, batches: Vec<Vec<NewEvent>>) -> Duration {
        batches
            .into_iter()
            .for_each(|batch| await_accepted(self.recording_engine.engine.record_many(batch)));
        StatementFloor::from_statements(self.recording_engine.log.drain_statements())
            .replay_on(&self.bare)
    }
}

impl StatementFloor {
    /// Records a history in a new file and captures the statements.
    pub fn capture(catalog: Catalog, batches: Vec<Vec<NewEvent>>) -> Self {
        let heard = RecordingEngine::new(catalog);
        record_batches(&heard.engine, batches);
        Self::from_statements(heard.log.drain_statements())
    }

    fn from_statements(statements: Vec<RecordedStatement>) -> Self {
        let mut texts: Vec<&'static str> = Vec::new();
        let place = |statement: &RecordedStatement| {
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
            text_indexes: places,
        }
    }

    /// Measures the bare loop on a new file.
    pub fn time_replay(&self, catalog: Catalog) -> Duration {
        let folder = tempfile::tempdir().expect("a temporary folder can be created");
        let connection = open_bare_connection(&folder.path().join("bare.db"), catalog);
        self.replay_on(&connection)
    }

    /// Measures the amount of data that the statements write.
    pub fn measure_volume(&self, catalog: Catalog) -> WriteVolume {
        let folder = tempfile::tempdir().expect("a temporary folder can be created");
        let path = folder.path().join("bare.db");
        let connection = open_bare_connection(&path, catalog);
        let size = |path: &Path| path.metadata().map_or(0, |file| file.len());
        let checkpoint = || {
            connection
                .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
                .expect("there are no readers")
        };
        connection
            .pragma_update(None, "wal_autocheckpoint", 0)
            .expect("the setting is valid");
        checkpoint();
        let (rows, bytes) = (connection.total_changes(), size(&path));
        self.replay_on(&connection);
        let log_bytes = size(&path.with_extension("db-wal"));
        checkpoint();
        WriteVolume {
            statements: self.statements.len() as u64,
            rows: connection.total_changes() - rows,
            bytes: size(&path) - bytes,
            log_bytes,
        }
    }

    fn replay_on(&self, connection: &Connection) -> Duration {
        let prepare =
            |text: &&'static str| connection.prepare_cached(text).expect("the engine sent it");
        time_work(|| {
            let mut prepared: Vec<CachedStatement<'_>> = self.texts.iter().map(prepare).collect();
            for (statement, place) in self.statements.iter().zip(&self.text_indexes) {
                let sent = prepared[*place].query(params_from_iter(&statement.parameters));
                let mut rows = sent.expect("the engine sent it");
                while rows.next().expect("the engine read it").is_some() {}
            }
        })
    }
}

/// Opens a connection to a new file with this catalog, with the settings of the store's writer.
fn open_bare_connection(path: &Path, catalog: Catalog) -> Connection {
    open_engine(path, catalog)
        .close()
        .expect("no batch is pending");
    let connection = Connection::open(path).expect("the file exists");
    for (name, value) in [
        ("synchronous", "FULL"),
        ("foreign_keys", "ON"),
        ("temp_store", "MEMORY"),
    ] {
        connection
            .pragma_update(None, name, value)
            .expect("the setting is valid");
    }
    for (name, value) in [
        ("wal_autocheckpoint", 16_384),
        ("journal_size_limit", 128 << 20),
        ("cache_size", -128 << 10),
    ] {
        connection
            .pragma_update(None, name, value)
            .expect("the setting is valid");
    }
    connection
}
