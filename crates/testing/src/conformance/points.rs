//! The ledger and balances.

use accolade::store::{ChangeSet, LedgerKind, LedgerRow, Store, Trigger};

use super::fixture::{
    ODD, at, changes, ends_of_time, entry, install, long_id, pages, reader, write,
};

pub fn ledger_entries_come_back_in_order_of_cause(store: &dyn Store) {
    install(store);
    write(
        store,
        &[with_ledger("ada", vec![entry(1, 5, 10), entry(2, 7, 10)])],
    );
    write(
        store,
        &[
            with_ledger("ada", vec![entry(3, 5, -10), entry(4, 1, 2)]),
            with_ledger("bob", vec![entry(1, 1, 1)]),
        ],
    );
    let expected = [
        entry(4, 1, 2),
        entry(1, 5, 10),
        entry(3, 5, -10),
        entry(2, 7, 10),
    ];
    assert_eq!(
        reader(store).list_ledger_after("ada", None).unwrap(),
        expected
    );
    assert_eq!(reader(store).list_ledger_after("eve", None).unwrap(), []);
    assert_eq!(reader(store).count_rows().unwrap().ledger, 5);
}

pub fn a_ledger_begins_after_the_instant(store: &dyn Store) {
    install(store);
    let entries = vec![
        entry(1, 1, 10),
        entry(2, 2, 20),
        entry(3, 2, 30),
        entry(4, 3, 40),
    ];
    write(store, &[with_ledger("ada", entries.clone())]);
    for (after, skipped) in [(0, 0), (1, 1), (2, 3), (3, 4)] {
        assert_eq!(
            reader(store)
                .list_ledger_after("ada", Some(at(after)))
                .unwrap(),
            entries[skipped..],
            "after {after}"
        );
    }
}

pub fn a_ledger_comes_in_pages_newest_first(store: &dyn Store) {
    install(store);
    let newest_first = [
        entry(2, 9, 1),
        entry(6, 5, 1),
        entry(5, 5, 1),
        entry(4, 5, 1),
        entry(1, 5, 1),
        entry(3, 2, 1),
    ];
    write(
        store,
        &[
            with_ledger("ada", newest_first.to_vec()),
            with_ledger("bob", vec![entry(1, 4, 1)]),
        ],
    );
    for size in 1..=newest_first.len() + 1 {
        let seen = pages(size, |last: Option<&LedgerRow>| {
            reader(store)
                .list_ledger_page("ada", last.map(|row| (row.at, row.seq)), size)
                .unwrap()
        });
        assert_eq!(seen, newest_first, "in pages of {size}");
    }
}

pub fn ledger_entries_come_back_as_written(store: &dyn Store) {
    install(store);
    let mut entries = Vec::new();
    for text in ODD.map(str::to_owned).into_iter().chain([long_id()]) {
        let next = entries.len() as i64 + 1;
        entries.push(LedgerRow {
            currency: "coins".into(),
            rule: text.clone(),
            tier: text.clone(),
            key: text.clone(),
            event: text.clone(),
            caused_by: Some(text.clone()),
            reason: Some(text),
            ..entry(next, next, next)
        });
    }
    let words = [
        (LedgerKind::Earning, Trigger::Event, i64::MAX),
        (LedgerKind::Award, Trigger::Late, i64::MIN),
        (LedgerKind::Action, Trigger::Action, -1),
        (LedgerKind::Expiry, Trigger::Time, -2),
        (LedgerKind::Earning, Trigger::Retract, 1),
        (LedgerKind::Earning, Trigger::Publish, 1),
        (LedgerKind::Earning, Trigger::Merge, 1),
        (LedgerKind::Earning, Trigger::Repair, 1),
    ];
    for (kind, trigger, amount) in words {
        let next = entries.len() as i64 + 1;
        entries.push(LedgerRow {
            kind,
            trigger,
            ..entry(next, next, amount)
        });
    }
    let [_, last] = ends_of_time();
    entries.push(LedgerRow {
        at: last,
        seq: i64::MAX,
        recorded_at: last,
        ..entry(1, 1, 1)
    });
    write(store, &[with_ledger("ada", entries.clone())]);
    assert_eq!(
        reader(store).list_ledger_after("ada", None).unwrap(),
        entries
    );
    entries.reverse();
    assert_eq!(
        reader(store)
            .list_ledger_page("ada", None, usize::MAX)
            .unwrap(),
        entries
    );
}

pub fn balances_are_put_in_order_of_currency(store: &dyn Store) {
    install(store);
    let with = |player: &str, balances: &[(&str, i64)]| ChangeSet {
        balances: balances
            .iter()
            .map(|&(currency, balance)| (currency.to_owned(), balance))
            .collect(),
        ..changes(player)
    };
    write(
        store,
        &[
            with("ada", &[("reputation", 5), ("coins", i64::MIN)]),
            with("bob", &[("coins", 0)]),
        ],
    );
    write(store, &[with("ada", &[("reputation", i64::MAX)])]);
    let balances = |player| reader(store).list_balances(player).unwrap();
    assert_eq!(
        balances("ada"),
        [
            ("coins".to_owned(), i64::MIN),
            ("reputation".to_owned(), i64::MAX)
        ]
    );
    assert_eq!(balances("bob"), [("coins".to_owned(), 0)]);
    assert_eq!(balances("eve"), []);
}

fn with_ledger(player: &str, ledger: Vec<LedgerRow>) -> ChangeSet {
    ChangeSet {
        ledger,
        ..changes(player)
    }
}
