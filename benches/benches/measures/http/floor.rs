//! Floors for the service: one thread inserts events into one table, with all waiting requests in
//! one transaction, and a page is served from memory. There are no checks, folds or logs.

use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use rusqlite::{Connection, params};
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// Storage of events in a floor.
#[derive(Debug, Clone, Copy)]
pub(crate) enum FloorStorage {
    /// Events are appended.
    Appended,
    /// Events are ordered by player and time, and ids are unique, as in the store.
    Ordered,
}

impl FloorStorage {
    const ALL: [Self; 2] = [Self::Appended, Self::Ordered];

    /// Returns the name that the measuring process passes to the serving one.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Appended => "appended",
            Self::Ordered => "ordered",
        }
    }

    fn table_sql(self) -> &'static str {
        match self {
            Self::Appended => {
                "CREATE TABLE event (seq INTEGER PRIMARY KEY, player, at, id, name, props)"
            }
            Self::Ordered => {
                "CREATE TABLE event (player, at, id, name, props, PRIMARY KEY (player, at, id))
                     WITHOUT ROWID;
                 CREATE UNIQUE INDEX event_by_id ON event (player, id)"
            }
        }
    }
}

/// File of the served page, in the floor's folder.
pub(crate) const PAGE: &str = "page";

#[derive(Deserialize)]
struct FloorEvent {
    id: String,
    player: String,
    name: String,
    props: Box<RawValue>,
}

/// Events, and the channel that reports when they are durable.
type InsertJob = (Vec<FloorEvent>, oneshot::Sender<()>);

/// Serves until the process is killed.
pub(crate) fn serve_floor(folder: &Path, keeping: &str) -> ExitCode {
    let page = Bytes::from(fs::read(folder.join(PAGE)).unwrap_or_default());
    let keeping = FloorStorage::ALL
        .into_iter()
        .find(|one| one.as_str() == keeping)
        .expect("the name is from this enum");
    let connection = open_connection(&folder.join(format!("{}.db", keeping.as_str())), keeping);
    let (jobs, waiting) = channel();
    std::thread::spawn(move || write_jobs(connection, &waiting));
    let routes = Router::new()
        .route("/v1/events", post(record_events))
        .with_state(jobs)
        .route(
            "/page",
            get(async move || {
                (
                    [(header::CONTENT_TYPE, "text/html; charset=utf-8")],
                    page.clone(),
                )
            }),
        );
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("threads can be started");
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("the loopback address is available");
        println!(
            "\"http://{}\"",
            listener.local_addr().expect("the listener has an address")
        );
        let listener =
            axum::serve::ListenerExt::tap_io(listener, |stream| drop(stream.set_nodelay(true)));
        axum::serve(listener, routes)
            .await
            .expect("the server does not end");
    });
    ExitCode::SUCCESS
}

async fn record_events(State(jobs): State<Sender<InsertJob>>, body: Bytes) -> Response {
    let events = match body.first() {
        Some(b'[') => serde_json::from_slice(&body),
        _ => serde_json::from_slice(&body).map(|event| vec![event]),
    };
    let Ok(events) = events else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let (reply, durable) = oneshot::channel();
    jobs.send((events, reply))
        .expect("the thread lives as long as the process");
    durable.await.expect("the file can be written");
    (
        StatusCode::CREATED,
        [(header::CONTENT_TYPE, "application/json")],
        "{\"status\":\"accepted\"}",
    )
        .into_response()
}

fn write_jobs(connection: Connection, waiting: &Receiver<InsertJob>) {
    const INSERT: &str =
        "INSERT INTO event (player, at, id, name, props) VALUES (?1, ?2, ?3, ?4, ?5)";
    let mut insert = connection.prepare(INSERT).expect("the table exists");
    while let Ok(first) = waiting.recv() {
        // All waiting requests share one commit, as in the engine.
        let jobs: Vec<InsertJob> = std::iter::once(first).chain(waiting.try_iter()).collect();
        connection
            .execute_batch("BEGIN IMMEDIATE")
            .expect("there is no other writer");
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .expect("the clock is after 1970")
            .as_micros() as i64;
        for event in jobs.iter().flat_map(|(events, _)| events) {
            insert
                .execute(params![
                    event.player,
                    now,
                    event.id,
                    event.name,
                    event.props.get()
                ])
                .expect("the row is valid");
        }
        connection
            .execute_batch("COMMIT")
            .expect("the disk has room");
        jobs.into_iter().for_each(|(_, reply)| _ = reply.send(()));
    }
}

/// Creates a file with the settings of the store's writer.
fn open_connection(path: &Path, keeping: FloorStorage) -> Connection {
    let connection = Connection::open(path).expect("the folder can be written");
    for (name, value) in [("journal_mode", "WAL"), ("synchronous", "FULL")] {
        connection
            .pragma_update(None, name, value)
            .expect("the setting is valid");
    }
    for (name, value) in [("wal_autocheckpoint", 16_384), ("cache_size", -128 << 10)] {
        connection
            .pragma_update(None, name, value)
            .expect("the setting is valid");
    }
    connection
        .execute_batch(keeping.table_sql())
        .expect("the table is new");
    connection
}
