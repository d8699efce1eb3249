//! Constraints of the memory store, and its locks.

use accolade::AwardSource;
use accolade::store::{
    AwardRow, ChangeSet, LedgerKind, LedgerRow, PlayerSummary, Store, StoreError, Trigger,
    UnlockRow,
};
use accolade_core::time::Timestamp;
use accolade_testing::MemoryStore;

#[test]
fn what_a_row_refers_to_must_be_defined() {
    let balances = vec![("coins".to_owned(), 5)];
    for (changes, expected) in [
        (
            ChangeSet {
                awards: vec![award()],
                ..ChangeSet::default()
            },
            "badge `teacher` is not defined in any catalog",
        ),
        (
            ChangeSet {
                ledger: vec![entry()],
                ..ChangeSet::default()
            },
            "currency `coins` is not defined in any catalog",
        ),
        (
            ChangeSet {
                balances,
                ..ChangeSet::default()
            },
            "currency `coins` is not defined in any catalog",
        ),
        (
            ChangeSet {
                unlocks: vec![unlock()],
                ..ChangeSet::default()
            },
            "unlockable `edit` is not defined in any catalog",
        ),
    ] {
        let mut writer = MemoryStore::new().open_writer().unwrap();
        let error = writer
            .begin_transaction(&["ada"])
            .unwrap()
            .write_changes(&ChangeSet {
                player: "ada".into(),
                ..changes
            })
            .unwrap_err();
        assert!(
            matches!(&error, StoreError::Other(message) if message == expected),
            "{error}"
        );
    }
}

#[test]
fn clones_share_the_data() {
    let store = MemoryStore::new();
    let mut writer = store.clone().open_writer().unwrap();
    let mut transaction = writer.begin_transaction(&["ada"]).unwrap();
    transaction.write_changes(&ada()).unwrap();
    transaction.commit().unwrap();
    assert_eq!(
        store.open_reader().unwrap().count_rows().unwrap().players,
        1
    );
}

#[test]
fn a_writer_that_panics_spoils_nothing() {
    let store = MemoryStore::new();
    let other = store.clone();
    let panicked = std::thread::spawn(move || {
        let mut writer = other.open_writer().unwrap();
        let mut transaction = writer.begin_transaction(&["ada"]).unwrap();
        transaction.write_changes(&ada()).unwrap();
        panic!("in the middle of a transaction");
    });
    assert!(panicked.join().is_err());
    assert_eq!(
        store.open_reader().unwrap().count_rows().unwrap().players,
        0
    );
    let mut writer = store.open_writer().unwrap();
    assert_eq!(
        writer
            .begin_transaction(&["ada"])
            .unwrap()
            .count_rows()
            .unwrap()
            .players,
        0
    );
}

fn ada() -> ChangeSet {
    ChangeSet {
        player: "ada".into(),
        summary: Some(PlayerSummary::default()),
        ..ChangeSet::default()
    }
}

fn award() -> AwardRow {
    AwardRow {
        player: "ada".into(),
        badge: "teacher".into(),
        tier: String::new(),
        key: String::new(),
        at: Timestamp::default(),
        event: "e".into(),
        source: AwardSource::Manual,
        revoked_at: None,
        holding_intervals: "[]".into(),
        paid: "{}".into(),
    }
}

fn entry() -> LedgerRow {
    LedgerRow {
        at: Timestamp::default(),
        seq: 1,
        currency: "coins".into(),
        amount: 5,
        kind: LedgerKind::Action,
        rule: "accolade.points".into(),
        tier: String::new(),
        key: String::new(),
        event: "e".into(),
        trigger: Trigger::Action,
        caused_by: None,
        reason: None,
        recorded_at: Timestamp::default(),
    }
}

fn unlock() -> UnlockRow {
    UnlockRow {
        unlockable: "edit".into(),
        open: true,
        at: Timestamp::default(),
        event: "e".into(),
    }
}
