//! Activity statistics by day.

use std::collections::BTreeMap;

use accolade::CurrencyId;
use accolade::store::{AliasRow, AwardRow, ChangeSet, DayActivity, EventRow, LedgerRow, Store};
use accolade_core::time::{DAY, SECOND, Timestamp};

use super::fixture::{
    at, award, commit, ends_of_time, entry, event, install, reader, with_events, write,
};

/// Length of a day in seconds.
const DAYS: i64 = DAY / SECOND;

fn day(number: i64) -> DayActivity {
    let (issued, taken) = (BTreeMap::new(), BTreeMap::new());
    DayActivity {
        day: at(number * DAYS),
        events: 0,
        players: 0,
        awards: 0,
        points_issued: issued,
        points_revoked: taken,
    }
}

fn points(amount: i64) -> BTreeMap<CurrencyId, i64> {
    [("reputation".into(), amount)].into()
}

fn all(store: &dyn Store) -> Vec<DayActivity> {
    reader(store)
        .count_daily_activity(Timestamp::FIRST, Timestamp::LAST)
        .unwrap()
}

pub fn a_day_counts_what_happened_on_it_and_who_did_it(store: &dyn Store) {
    install(store);
    assert_eq!(all(store), []);
    let mut manual = event("ada", "manual", 4);
    manual.event.name = "accolade.award".into();
    let taken_back = EventRow {
        retracted_by: Some("act".into()),
        ..event("ada", "retracted", 5 * DAYS)
    };
    let adas = vec![
        event("ada", "a", 1),
        event("ada", "b", 2),
        event("ada", "c", DAYS - 1),
        event("ada", "d", DAYS),
        manual,
        taken_back,
    ];
    let ada = ChangeSet {
        awards: vec![
            award("ada", "teacher", "", "1", 1),
            award("ada", "teacher", "", "2", 2 * DAYS),
            AwardRow {
                revoked_at: Some(at(9)),
                ..award("ada", "commentator", "", "", 1)
            },
        ],
        ledger: vec![
            entry(1, 1, 10),
            entry(2, 2, 5),
            entry(3, 3, -4),
            LedgerRow {
                currency: "coins".into(),
                ..entry(4, 3, 1)
            },
            entry(5, 9 * DAYS, -7),
        ],
        ..with_events("ada", adas)
    };
    write(
        store,
        &[ada, with_events("bob", vec![event("bob", "a", 1)])],
    );
    let coins = ("coins".into(), 1);
    let issued = points(15).into_iter().chain([coins]).collect();
    let expected = [
        DayActivity {
            events: 4,
            players: 2,
            awards: 1,
            points_issued: issued,
            points_revoked: points(4),
            ..day(0)
        },
        DayActivity {
            events: 1,
            players: 1,
            ..day(1)
        },
        DayActivity {
            awards: 1,
            ..day(2)
        },
        DayActivity {
            points_revoked: points(7),
            ..day(9)
        },
    ];
    assert_eq!(all(store), expected);
}

pub fn a_merged_guest_is_counted_as_the_player(store: &dyn Store) {
    install(store);
    let events = |player| vec![event(player, "a", 1)];
    // Of a merged guest, only events and ledger entries are left.
    let guest = |player| ChangeSet {
        summary: None,
        ledger: vec![entry(1, 1, 3)],
        ..with_events(player, events(player))
    };
    write(
        store,
        &[
            with_events("ada", events("ada")),
            with_events("bob", events("bob")),
            guest("gus"),
            guest("eve"),
        ],
    );
    commit(store, |transaction| {
        for (guest, player) in [("gus", "ada"), ("eve", "gus")] {
            let alias = AliasRow {
                guest: guest.into(),
                player: player.into(),
                action_id: "m".into(),
                merged_at: at(1),
            };
            transaction.put_alias(&alias).unwrap();
        }
    });
    assert_eq!(
        all(store),
        [DayActivity {
            events: 4,
            players: 2,
            points_issued: points(6),
            ..day(0)
        }]
    );
}

pub fn only_the_requested_range_is_counted(store: &dyn Store) {
    install(store);
    let ada = ChangeSet {
        awards: (0..6)
            .map(|number| award("ada", "teacher", "", &number.to_string(), number * DAYS))
            .collect(),
        ledger: (0..6)
            .map(|number| entry(number + 1, number * DAYS, 5))
            .collect(),
        ..with_events(
            "ada",
            (0..6)
                .map(|number| event("ada", &number.to_string(), number * DAYS))
                .collect(),
        )
    };
    write(store, &[ada]);
    let whole = |number| DayActivity {
        events: 1,
        players: 1,
        awards: 1,
        points_issued: points(5),
        ..day(number)
    };
    let activity = |from, to| {
        reader(store)
            .count_daily_activity(at(from), at(to))
            .unwrap()
    };
    assert_eq!(activity(DAYS, 3 * DAYS), [whole(1), whole(2)]);
    assert_eq!(activity(DAYS + 1, 3 * DAYS + 1), [whole(2), whole(3)]);
    assert_eq!(activity(3 * DAYS, 3 * DAYS), []);
    assert_eq!(activity(3 * DAYS, DAYS), []);
    assert_eq!(activity(6 * DAYS, 9 * DAYS), []);
}

pub fn days_before_the_epoch_begin_at_midnight(store: &dyn Store) {
    let [first, last] = ends_of_time();
    let epoch = Timestamp::from_micros(0).unwrap();
    let instants = [
        first,
        epoch.plus_micros(-DAY),
        epoch.plus_micros(-1),
        epoch,
        epoch.plus_micros(1),
        last,
    ];
    let rows = instants.into_iter().enumerate().map(|(number, instant)| {
        let mut row = event("ada", &number.to_string(), 0);
        row.event.at = instant;
        row
    });
    write(store, &[with_events("ada", rows.collect())]);
    let days = reader(store).count_daily_activity(first, last).unwrap();
    let found: Vec<(Timestamp, u64)> = days.iter().map(|day| (day.day, day.events)).collect();
    assert_eq!(
        found,
        [(first, 1), (epoch.plus_micros(-DAY), 2), (epoch, 2)],
        "the end of the range is exclusive"
    );
}

pub fn daily_sums_saturate(store: &dyn Store) {
    install(store);
    let ledger = vec![
        entry(1, 1, i64::MAX),
        entry(2, 1, 5),
        entry(3, 1, -i64::MAX),
        entry(4, 1, -5),
    ];
    write(
        store,
        &[ChangeSet {
            ledger,
            ..with_events("ada", Vec::new())
        }],
    );
    assert_eq!(
        all(store),
        [DayActivity {
            points_issued: points(i64::MAX),
            points_revoked: points(i64::MAX),
            ..day(0)
        }]
    );
}
