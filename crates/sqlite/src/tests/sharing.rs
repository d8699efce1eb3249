//! Concurrent use of one file, and constraints of the database.

use std::thread;

use accolade::store::{
    AwardRow, ChangeSet, LedgerKind, LedgerRow, OutcomeRow, Store, Trigger, UnlockRow,
};
use accolade::{AwardSource, OutcomeKind};
use rusqlite::Connection;

use super::{at, catalog, commit, definition, event, folder};
use crate::SqliteStore;

#[test]
fn s23_two_stores_on_one_file_take_turns() {
    const EVENTS: usize = 50;
    let (_folder, path) = folder();
    thread::scope(|scope| {
        for name in ["one", "two"] {
            let path = &path;
            scope.spawn(move || {
                let store = SqliteStore::open(path).unwrap();
                let mut writer = store.open_writer().unwrap();
                let mut known = 0;
                for number in 0..EVENTS {
                    let mut transaction = writer.begin_transaction(&["ada"]).unwrap();
                    let stored = transaction.count_rows().unwrap().events;
                    assert!(
                        transaction.others_wrote() || stored == known,
                        "{name} did not learn of {stored} events"
                    );
                    transaction
                        .write_changes(&event("ada", &format!("{name}-{number}")))
                        .unwrap();
                    transaction.commit().unwrap();
                    known = stored + 1;
                }
            });
        }
    });
    let store = SqliteStore::open(&path).unwrap();
    assert_eq!(
        store.open_reader().unwrap().count_rows().unwrap().events,
        2 * EVENTS as u64
    );
}

#[test]
fn a_reader_cannot_write() {
    let (_folder, path) = folder();
    let _store = SqliteStore::open(&path).unwrap();
    let session = crate::connection::open_session(
        &path.as_str().into(),
        crate::connection::ConnectionPurpose::Reading,
    )
    .unwrap();
    assert!(session.execute_once("DELETE FROM players", &[]).is_err());
}

#[test]
fn rows_refer_to_definitions() {
    let (_folder, path) = folder();
    let store = SqliteStore::open(&path).unwrap();
    let ada = ChangeSet {
        player: "ada".into(),
        ..ChangeSet::default()
    };
    let award = AwardRow {
        player: "ada".into(),
        badge: "nameless".into(),
        tier: String::new(),
        key: String::new(),
        at: at(1),
        event: "e".into(),
        source: AwardSource::Criterion,
        revoked_at: None,
        holding_intervals: "[]".into(),
        paid: "{}".into(),
    };
    let entry = LedgerRow {
        at: at(1),
        seq: 1,
        currency: "nameless".into(),
        amount: 1,
        kind: LedgerKind::Action,
        rule: String::new(),
        tier: String::new(),
        key: String::new(),
        event: "e".into(),
        trigger: Trigger::Action,
        caused_by: None,
        reason: None,
        recorded_at: at(1),
    };
    let unlock = UnlockRow {
        unlockable: "nameless".into(),
        open: true,
        at: at(1),
        event: "e".into(),
    };
    let dangling = [
        ChangeSet {
            awards: vec![award],
            ..ada.clone()
        },
        ChangeSet {
            ledger: vec![entry],
            ..ada.clone()
        },
        ChangeSet {
            balances: vec![("nameless".into(), 1)],
            ..ada.clone()
        },
        ChangeSet {
            unlocks: vec![unlock],
            ..ada
        },
    ];
    let mut writer = store.open_writer().unwrap();
    for changes in dangling {
        let mut transaction = writer.begin_transaction(&["ada"]).unwrap();
        let error = transaction.write_changes(&changes).unwrap_err().to_string();
        assert!(error.contains("FOREIGN KEY"), "{error}");
    }
}

#[test]
fn s15_a_removed_definition_is_retired_until_it_returns() {
    let (_folder, path) = folder();
    let store = SqliteStore::open(&path).unwrap();
    let retired = || -> Vec<(String, Option<i64>)> {
        let connection = Connection::open(&path).unwrap();
        let mut select = connection
            .prepare("SELECT kind || ' ' || id, retired_at FROM definitions ORDER BY 1")
            .unwrap();
        let rows = select
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap();
        rows.map(Result::unwrap).collect()
    };
    let [badge, currency] =
        [("badge", "a"), ("currency", "a")].map(|(kind, id)| definition(kind, id));
    let (badge_name, currency_name) = ("badge a".to_owned(), "currency a".to_owned());
    for (version, definitions, expected) in [
        (1, vec![badge.clone()], vec![(badge_name.clone(), None)]),
        (
            2,
            vec![currency.clone()],
            vec![
                (badge_name.clone(), Some(2_000_000)),
                (currency_name.clone(), None),
            ],
        ),
        (
            3,
            vec![],
            vec![
                (badge_name.clone(), Some(2_000_000)),
                (currency_name.clone(), Some(3_000_000)),
            ],
        ),
        (
            4,
            vec![currency, badge],
            vec![(badge_name, None), (currency_name, None)],
        ),
    ] {
        commit(&store, |transaction| {
            transaction
                .publish_catalog(&catalog(version), &definitions)
                .unwrap()
        });
        assert_eq!(retired(), expected, "version {version}");
    }
}

#[test]
fn a_sequence_number_of_the_feed_is_never_reused() {
    let (_folder, path) = folder();
    let store = SqliteStore::open(&path).unwrap();
    let outcome = outcome();
    commit(&store, |transaction| {
        assert_eq!(
            transaction
                .append_outcomes(&[outcome.clone(), outcome.clone()])
                .unwrap(),
            1
        )
    });
    Connection::open(&path)
        .unwrap()
        .execute("DELETE FROM feed", [])
        .unwrap();
    commit(&store, |transaction| {
        assert_eq!(transaction.append_outcomes(&[outcome]).unwrap(), 3)
    });
}

#[test]
fn s20_a_long_feed_with_gaps_is_pruned_whole() {
    const NUMBERS: [i64; 4] = [1, 99_999, 200_000, 345_678];
    let (_folder, path) = folder();
    let store = SqliteStore::open(&path).unwrap();
    for number in NUMBERS {
        commit(&store, |transaction| {
            _ = transaction.append_outcomes(&[outcome()]).unwrap()
        });
        let connection = Connection::open(&path).unwrap();
        connection
            .execute(
                "UPDATE feed SET seq = ?1 WHERE seq = (SELECT max(seq) FROM feed)",
                [number],
            )
            .unwrap();
        connection
            .execute("UPDATE sqlite_sequence SET seq = ?1", [number])
            .unwrap();
    }
    commit(&store, |transaction| {
        assert_eq!(transaction.prune_feed(at(9)).unwrap(), NUMBERS.len() as u64)
    });
    let mut reader = store.open_reader().unwrap();
    assert_eq!(
        reader.load_feed_totals("ada").unwrap()[0].total,
        NUMBERS.len() as i64
    );
    assert_eq!(reader.feed_start().unwrap(), NUMBERS[3]);
}

fn outcome() -> OutcomeRow {
    OutcomeRow {
        player: "ada".into(),
        kind: OutcomeKind::BadgeAwarded,
        subject: "teacher".into(),
        detail: "{}".into(),
        at: at(1),
        event: "e".into(),
        trigger: Trigger::Event,
        caused_by: None,
        recorded_at: at(1),
    }
}
