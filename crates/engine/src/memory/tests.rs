//! Tests of the constraints of the store, and of its conformance.

use accolade_core::time::Timestamp;

use super::MemoryStore;
use crate::store::{
    AwardRow, Changes, LedgerKind, LedgerRow, PlayerSummary, Store, StoreError, Trigger, UnlockRow,
};

#[cfg(feature = "conformance")]
#[test]
fn conforms() {
    crate::conformance::run(|| Box::new(MemoryStore::new()));
}

#[test]
fn what_a_row_refers_to_must_be_defined() {
    let balances = vec![("coins".to_owned(), 5)];
    for (changes, expected) in [
        (
            Changes {
                awards: vec![award()],
                ..Changes::default()
            },
            "badge `teacher` is not defined in any catalog",
        ),
        (
            Changes {
                ledger: vec![entry()],
                ..Changes::default()
            },
            "currency `coins` is not defined in any catalog",
        ),
        (
            Changes {
                balances,
                ..Changes::default()
            },
            "currency `coins` is not defined in any catalog",
        ),
        (
            Changes {
                unlocks: vec![unlock()],
                ..Changes::default()
            },
            "unlockable `edit` is not defined in any catalog",
        ),
    ] {
        let mut writer = MemoryStore::new().writer().unwrap();
        let error = writer
            .begin(&["ada"])
            .unwrap()
            .write(&Changes {
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
    let mut writer = store.clone().writer().unwrap();
    let mut transaction = writer.begin(&["ada"]).unwrap();
    transaction.write(&ada()).unwrap();
    transaction.commit().unwrap();
    assert_eq!(store.reader().unwrap().totals().unwrap().players, 1);
}

#[test]
fn a_writer_that_panics_spoils_nothing() {
    let store = MemoryStore::new();
    let other = store.clone();
    let panicked = std::thread::spawn(move || {
        let mut writer = other.writer().unwrap();
        let mut transaction = writer.begin(&["ada"]).unwrap();
        transaction.write(&ada()).unwrap();
        panic!("in the middle of a transaction");
    });
    assert!(panicked.join().is_err());
    assert_eq!(store.reader().unwrap().totals().unwrap().players, 0);
    let mut writer = store.writer().unwrap();
    assert_eq!(writer.begin(&["ada"]).unwrap().totals().unwrap().players, 0);
}

fn ada() -> Changes {
    Changes {
        player: "ada".into(),
        summary: Some(PlayerSummary::default()),
        ..Changes::default()
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
        source: "manual".into(),
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
