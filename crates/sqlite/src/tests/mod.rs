//! Tests of the store's file.

mod backup;
mod documentation;
mod erasure;
mod files;
mod full;
mod migrations;
mod recording;
mod sharing;

use accolade::store::{
    CatalogRow, ChangeSet, DefinitionRow, EventRow, PlayerSummary, Store, Transaction,
};
use accolade_core::event::Event;
use accolade_core::time::Timestamp;
use accolade_core::value::Props;
use tempfile::TempDir;

use crate::SqliteStore;

/// Creates a temporary folder and returns it with the path of a database in it.
fn folder() -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder
        .path()
        .join("accolade.db")
        .to_str()
        .unwrap()
        .to_owned();
    (folder, path)
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(seconds * 1_000_000).unwrap()
}

fn event(player: &str, id: &str) -> ChangeSet {
    let event = Event {
        id: id.into(),
        player: player.into(),
        name: "comment.posted".into(),
        at: at(1),
        order: 0,
        props: Props::default(),
    };
    let row = EventRow {
        event,
        explicit_at: true,
        first_outcome: 1,
        outcome_count: 0,
        recorded_at: at(2),
        retracted_by: None,
    };
    let summary = Some(PlayerSummary {
        event_count: 1,
        first_at: Some(at(1)),
        last_at: Some(at(1)),
        own_event_count: 1,
        last_seen_at: Some(at(1)),
        attributes: None,
        name: None,
        next_timer_at: None,
    });
    ChangeSet {
        player: player.into(),
        events: vec![row],
        summary,
        header: b"header".into(),
        ..ChangeSet::default()
    }
}

fn catalog(version: i64) -> CatalogRow {
    CatalogRow {
        version,
        source: String::new(),
        format: "toml".into(),
        fingerprint: String::new(),
        code: "[]".into(),
        published_at: at(version),
        published_by: None,
        note: None,
        changes: "[]".into(),
        revoke: false,
        retired: "[]".into(),
    }
}

fn definition(kind: &str, id: &str) -> DefinitionRow {
    DefinitionRow {
        kind: kind.into(),
        id: id.into(),
        name: id.into(),
        description: String::new(),
        category: None,
        detail: "{}".into(),
    }
}

fn commit(store: &SqliteStore, act: impl FnOnce(&mut (dyn Transaction + '_))) {
    let mut writer = store.open_writer().unwrap();
    let mut transaction = writer.begin_transaction(&[]).unwrap();
    act(&mut *transaction);
    transaction.commit().unwrap();
}
