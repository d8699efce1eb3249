//! Guarantees of transactions and snapshots.

use std::thread;

use accolade::RuleKind;
use accolade::store::{
    AliasRow, AuditFilter, ChangeSet, ReadStore, RowTotals, RuleErrorRow, Store, Transaction,
};

use super::fixture::{
    administrator, at, audited, award, catalog, changes, definitions, entry, event, install, key,
    outcome, reader, session, unlock, with_events, write,
};

pub fn a_dropped_transaction_leaves_nothing(store: &dyn Store) {
    let mut writer = store.open_writer().unwrap();
    for round in 1..=2 {
        let mut transaction = writer.begin_transaction(&["ada"]).unwrap();
        fill(&mut *transaction);
        drop(transaction);
        let mut reader = reader(store);
        assert_eq!(
            reader.count_rows().unwrap(),
            RowTotals::default(),
            "round {round}"
        );
        assert_eq!(reader.load_catalog().unwrap(), None);
        assert_eq!(reader.load_headers(&["ada"]).unwrap(), [None]);
        assert_eq!(reader.load_all_cells("ada", None).unwrap(), []);
        assert_eq!(reader.list_unlocks("ada").unwrap(), []);
        assert_eq!(reader.list_balances("ada").unwrap(), []);
        assert_eq!(reader.list_rule_errors().unwrap(), []);
        assert_eq!(reader.load_setting("name").unwrap(), None);
        assert_eq!(reader.list_guests("ada").unwrap(), []);
        assert_eq!(reader.are_erased(&[b"mark".into()]).unwrap(), [false]);
        assert_eq!(reader.list_api_keys().unwrap(), []);
        assert_eq!(reader.list_administrators().unwrap(), []);
        assert_eq!(reader.find_session(b"hash").unwrap(), None);
        assert_eq!(
            reader
                .list_audit_page(&AuditFilter::default(), None, 9)
                .unwrap(),
            []
        );
    }
    let mut transaction = writer.begin_transaction(&["ada"]).unwrap();
    fill(&mut *transaction);
    transaction.commit().unwrap();
    assert_full(&mut *reader(store));
}

pub fn a_snapshot_is_unaffected_by_writes(store: &dyn Store) {
    write(store, &[with_events("ada", vec![event("ada", "a", 1)])]);
    let mut reader = reader(store);
    thread::scope(|scope| {
        let mut snapshot = reader.open_snapshot().unwrap();
        let before = snapshot.count_rows().unwrap();
        // A store may block the writer until the snapshot is dropped.
        let writing =
            scope.spawn(|| write(store, &[with_events("bob", vec![event("bob", "a", 1)])]));
        for _ in 0..100 {
            assert_eq!(snapshot.count_rows().unwrap(), before);
            assert_eq!(snapshot.list_timeline("bob", None).unwrap(), []);
        }
        drop(snapshot);
        writing.join().unwrap();
    });
    assert_eq!(
        reader.list_timeline("bob", None).unwrap(),
        [event("bob", "a", 1)]
    );
    assert_eq!(
        reader
            .open_snapshot()
            .unwrap()
            .list_timeline("bob", None)
            .unwrap(),
        [event("bob", "a", 1)]
    );
}

pub fn a_failed_write_leaves_nothing_and_the_writer_continues(store: &dyn Store) {
    write(store, &[with_events("ada", vec![event("ada", "a", 1)])]);
    let mut writer = store.open_writer().unwrap();
    let mut transaction = writer.begin_transaction(&["ada", "bob"]).unwrap();
    transaction
        .write_changes(&with_events("bob", vec![event("bob", "a", 1)]))
        .unwrap();
    assert!(
        transaction
            .write_changes(&with_events("ada", vec![event("ada", "a", 2)]))
            .is_err()
    );
    drop(transaction);
    assert_eq!(reader(store).list_timeline("bob", None).unwrap(), []);
    let mut transaction = writer.begin_transaction(&["eve"]).unwrap();
    transaction
        .write_changes(&with_events("eve", vec![event("eve", "a", 1)]))
        .unwrap();
    transaction.commit().unwrap();
    assert_eq!(
        reader(store).list_timeline("eve", None).unwrap(),
        [event("eve", "a", 1)]
    );
}

pub fn a_transaction_reads_its_own_writes(store: &dyn Store) {
    let mut writer = store.open_writer().unwrap();
    let mut transaction = writer.begin_transaction(&["ada"]).unwrap();
    fill(&mut *transaction);
    assert_full(&mut *transaction);
    assert_eq!(
        transaction.find_events(&[("ada", "a")]).unwrap(),
        [Some(event("ada", "a", 1))]
    );
}

pub fn a_reader_sees_commits_only(store: &dyn Store) {
    let mut early = reader(store);
    assert_eq!(early.count_rows().unwrap(), RowTotals::default());
    let mut writer = store.open_writer().unwrap();
    let mut transaction = writer.begin_transaction(&["ada"]).unwrap();
    fill(&mut *transaction);
    assert_eq!(early.count_rows().unwrap(), RowTotals::default());
    assert_eq!(reader(store).load_headers(&["ada"]).unwrap(), [None]);
    transaction.commit().unwrap();
    assert_full(&mut *early);
}

pub fn s23_a_writer_detects_writes_of_others(store: &dyn Store) {
    let mut writer = store.open_writer().unwrap();
    writer
        .begin_transaction(&["ada"])
        .unwrap()
        .commit()
        .unwrap();
    let mut write_once = |player: &str, keep: bool| {
        let mut transaction = writer.begin_transaction(&[player]).unwrap();
        let others = transaction.others_wrote();
        transaction.write_changes(&changes(player)).unwrap();
        if keep {
            transaction.commit().unwrap();
        }
        others
    };
    assert!(!write_once("ada", true), "no one wrote");
    assert!(!write_once("ada", true), "only this writer did");
    write(store, &[changes("bob")]);
    assert!(write_once("ada", true), "another writer did");
    assert!(!write_once("ada", true), "and was reported");
    write(store, &[changes("eve")]);
    assert!(
        write_once("ada", false),
        "another writer did, and this one rolled back"
    );
}

pub fn writers_wait_for_each_other(store: &dyn Store) {
    const THREADS: i64 = 8;
    const STEPS: i64 = 20;
    install(store);
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                let mut writer = store.open_writer().unwrap();
                for _ in 0..STEPS {
                    let mut transaction = writer.begin_transaction(&["ada"]).unwrap();
                    let before = transaction
                        .list_balances("ada")
                        .unwrap()
                        .first()
                        .map_or(0, |(_, balance)| *balance);
                    let balances = vec![("coins".to_owned(), before + 1)];
                    transaction
                        .write_changes(&ChangeSet {
                            balances,
                            ..changes("ada")
                        })
                        .unwrap();
                    transaction.commit().unwrap();
                }
            });
        }
    });
    assert_eq!(
        reader(store).list_balances("ada").unwrap(),
        [("coins".to_owned(), THREADS * STEPS)]
    );
}

/// Writes a row of every kind.
fn fill(transaction: &mut (dyn Transaction + '_)) {
    transaction
        .publish_catalog(&catalog(1), &definitions())
        .unwrap();
    transaction
        .append_outcomes(&[outcome("ada", "teacher")])
        .unwrap();
    let error = RuleErrorRow {
        kind: RuleKind::Earning,
        id: "answer".into(),
        count: 1,
        message: "division by zero".into(),
        player: "ada".into(),
        event: "a".into(),
    };
    transaction.add_rule_errors(&[error]).unwrap();
    transaction.put_setting("name", b"value").unwrap();
    let alias = AliasRow {
        guest: "guest".into(),
        player: "ada".into(),
        action_id: "m".into(),
        merged_at: at(1),
    };
    transaction.put_alias(&alias).unwrap();
    transaction
        .erase_player("eve", Some(b"mark"), at(1))
        .unwrap();
    transaction.put_api_key(&key("k", "shop")).unwrap();
    transaction
        .put_administrator(&administrator("grace"))
        .unwrap();
    transaction
        .put_session(&session(b"hash", Some("grace"), 9))
        .unwrap();
    transaction
        .append_audit(&[audited("grace", Some("ada"))])
        .unwrap();
    let changes = ChangeSet {
        header: b"header".into(),
        cells: vec![(1, "key".into(), Some(b"cell".into()))],
        awards: vec![award("ada", "teacher", "", "", 1)],
        balances: vec![("coins".into(), 5)],
        unlocks: vec![unlock("edit", true, 1)],
        ledger: vec![entry(1, 1, 5)],
        ..with_events("ada", vec![event("ada", "a", 1)])
    };
    transaction.write_changes(&changes).unwrap();
}

/// Asserts that the rows of [`fill`] are there.
fn assert_full<R: ReadStore + ?Sized>(read: &mut R) {
    let totals = read.count_rows().unwrap();
    assert_eq!(
        (totals.players, totals.events, totals.awards, totals.ledger),
        (1, 1, 1, 1)
    );
    assert_eq!(read.load_catalog().unwrap(), Some(catalog(1)));
    assert_eq!(
        read.load_headers(&["ada"]).unwrap(),
        [Some(b"header".into())]
    );
    assert_eq!(read.load_all_cells("ada", None).unwrap().len(), 1);
    assert_eq!(read.list_unlocks("ada").unwrap(), [unlock("edit", true, 1)]);
    assert_eq!(
        read.list_balances("ada").unwrap(),
        [("coins".to_owned(), 5)]
    );
    assert_eq!(
        read.list_recent_outcomes("ada", 9).unwrap(),
        [(totals.last_outcome, outcome("ada", "teacher"))]
    );
    assert_eq!(read.list_rule_errors().unwrap().len(), 1);
    assert_eq!(read.load_setting("name").unwrap(), Some(b"value".into()));
    assert_eq!(
        read.find_merge_targets(&["guest"]).unwrap(),
        [Some("ada".to_owned())]
    );
    assert_eq!(read.are_erased(&[b"mark".into()]).unwrap(), [true]);
    assert_eq!(read.list_api_keys().unwrap(), [key("k", "shop")]);
    assert_eq!(
        read.list_administrators().unwrap(),
        [administrator("grace")]
    );
    assert_eq!(
        read.find_session(b"hash").unwrap(),
        Some(session(b"hash", Some("grace"), 9))
    );
    assert_eq!(
        read.list_audit_page(&AuditFilter::default(), None, 9)
            .unwrap()[0]
            .1,
        audited("grace", Some("ada"))
    );
}
