//! Full disks.

use accolade::store::{Store, StoreError, StoreReader, StoreWriter};

use super::{event, folder};
use crate::SqliteStore;
use crate::connection::{self, ConnectionPurpose};
use crate::write::SqliteWriter;

#[test]
fn a_full_disk_is_reported_and_committed_data_is_kept() {
    let (_folder, path) = folder();
    let store = SqliteStore::open(&path).unwrap();
    let mut writer = SqliteWriter::new(
        connection::open_session(&path.into(), ConnectionPurpose::Writing).unwrap(),
    )
    .unwrap();
    let limit = |writer: &SqliteWriter, pages: i64| {
        writer
            .session()
            .connection()
            .pragma_update(None, "max_page_count", pages)
            .unwrap();
    };
    limit(&writer, 60);
    let mut committed = 0;
    let error = loop {
        match write_one(&mut writer, committed) {
            Ok(()) => committed += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(error, StoreError::Full), "{error}");
    assert!(error.to_string().contains("disk is full"));
    assert!(committed > 0);
    assert_eq!(event_count(&mut *store.open_reader().unwrap()), committed);

    limit(&writer, 10_000);
    write_one(&mut writer, committed).unwrap();
    assert_eq!(
        event_count(&mut *store.open_reader().unwrap()),
        committed + 1
    );
}

fn write_one(writer: &mut SqliteWriter, number: u64) -> Result<(), StoreError> {
    let mut changes = event("ada", &format!("{number:0200}"));
    changes.events[0]
        .event
        .props
        .insert("text", "x".repeat(2000).as_str());
    let mut transaction = writer.begin_transaction(&["ada"])?;
    transaction.write_changes(&changes)?;
    transaction.commit()
}

fn event_count(reader: &mut dyn StoreReader) -> u64 {
    reader.count_rows().unwrap().events
}
