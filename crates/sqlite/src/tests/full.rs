//! Full disks.

use accolade::store::{Reader, Store, StoreError, Writer};

use super::{event, folder};
use crate::SqliteStore;
use crate::connection::{self, Purpose};
use crate::write::SqliteWriter;

#[test]
fn a_full_disk_is_reported_and_committed_data_is_kept() {
    let (_folder, path) = folder();
    let store = SqliteStore::open(&path).unwrap();
    let mut writer =
        SqliteWriter::new(connection::connect(&path.into(), Purpose::Writing).unwrap()).unwrap();
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
    assert_eq!(events(&mut *store.reader().unwrap()), committed);

    limit(&writer, 10_000);
    write_one(&mut writer, committed).unwrap();
    assert_eq!(events(&mut *store.reader().unwrap()), committed + 1);
}

fn write_one(writer: &mut SqliteWriter, number: u64) -> Result<(), StoreError> {
    let mut changes = event("ada", &format!("{number:0200}"));
    changes.events[0]
        .event
        .props
        .insert("text", "x".repeat(2000).as_str());
    let mut transaction = writer.begin(&["ada"])?;
    transaction.write(&changes)?;
    transaction.commit()
}

fn events(reader: &mut dyn Reader) -> u64 {
    reader.totals().unwrap().events
}
