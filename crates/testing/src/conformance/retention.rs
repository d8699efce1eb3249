//! Pruning of old outcomes.

use accolade::OutcomeKind;
use accolade::store::{FeedTotal, OutcomeRow, Store};

use super::fixture::{at, commit, outcome, reader};

fn recorded(outcome: OutcomeRow, seconds: i64) -> OutcomeRow {
    OutcomeRow {
        recorded_at: at(seconds),
        ..outcome
    }
}

fn append(store: &dyn Store, outcomes: &[OutcomeRow]) -> i64 {
    commit(store, |transaction| {
        transaction.append_outcomes(outcomes).unwrap()
    })
}

fn prune(store: &dyn Store, seconds: i64) -> u64 {
    commit(store, |transaction| {
        transaction.prune_feed(at(seconds)).unwrap()
    })
}

pub fn s20_a_feed_is_pruned_up_to_the_first_recent_outcome(store: &dyn Store) {
    assert_eq!(prune(store, 9), 0);
    let ages = [1, 2, 2, 5, 3, 1];
    let first = append(
        store,
        &ages.map(|seconds| recorded(outcome("ada", "teacher"), seconds)),
    );
    for (before, dropped) in [(1, 0), (2, 1), (2, 0), (4, 2), (5, 0), (6, 3), (9, 0)] {
        let before_it = reader(store).list_outcomes(0, 9).unwrap();
        assert_eq!(prune(store, before), dropped, "before second {before}");
        let kept = reader(store).list_outcomes(0, 9).unwrap();
        assert_eq!(
            kept,
            before_it[dropped as usize..],
            "before second {before}"
        );
        let start = reader(store).feed_start().unwrap();
        let gone = ages.len() - kept.len();
        assert_eq!(
            start,
            if gone == 0 {
                0
            } else {
                first + gone as i64 - 1
            },
            "before second {before}"
        );
        assert_eq!(
            reader(store).list_recent_outcomes("ada", 9).unwrap().len(),
            kept.len()
        );
    }
}

pub fn s20_pruned_outcomes_are_kept_as_totals(store: &dyn Store) {
    let of = |player: &str, kind: OutcomeKind, subject: &str, detail: &str| OutcomeRow {
        kind,
        detail: detail.into(),
        ..outcome(player, subject)
    };
    let points = |player, amount: i64| {
        of(
            player,
            OutcomeKind::Points,
            "coins",
            &format!(r#"{{"amount":{amount},"rule":"r"}}"#),
        )
    };
    let net = |kind: &str, subject: &str, net| FeedTotal {
        kind: kind.into(),
        subject: subject.into(),
        total: net,
    };
    let badge = |kind, subject| of("ada", kind, subject, "{}");
    append(
        store,
        &[
            points("ada", 5),
            points("bob", i64::MAX),
            badge(OutcomeKind::BadgeAwarded, "teacher"),
            badge(OutcomeKind::BadgeAwarded, "teacher"),
            badge(OutcomeKind::BadgeAwarded, "student"),
            badge(OutcomeKind::BadgeLapsed, "student"),
            badge(OutcomeKind::BadgeRevoked, "teacher"),
            of("ada", OutcomeKind::UnlockableOpened, "edit", "{}"),
            of("bob", OutcomeKind::UnlockableClosed, "edit", "{}"),
            points("ada", -7),
        ],
    );
    assert_eq!(prune(store, 3), 10);
    let ada = [
        net("badge", "student", 0),
        net("badge", "teacher", 1),
        net("points", "coins", -2),
        net("unlockable", "edit", 1),
    ];
    assert_eq!(reader(store).load_feed_totals("ada").unwrap(), ada);
    assert_eq!(
        reader(store).load_feed_totals("bob").unwrap(),
        [
            net("points", "coins", i64::MAX),
            net("unlockable", "edit", -1)
        ]
    );
    assert_eq!(reader(store).load_feed_totals("eve").unwrap(), []);
    append(
        store,
        &[
            points("bob", -i64::MAX),
            badge(OutcomeKind::BadgeAwarded, "student"),
            recorded(points("ada", 100), 9),
        ],
    );
    assert_eq!(prune(store, 3), 2);
    let ada = [
        net("badge", "student", 1),
        net("badge", "teacher", 1),
        net("points", "coins", -2),
        net("unlockable", "edit", 1),
    ];
    assert_eq!(reader(store).load_feed_totals("ada").unwrap(), ada);
    assert_eq!(
        reader(store).load_feed_totals("bob").unwrap()[0],
        net("points", "coins", 0)
    );
}

pub fn s20_pruned_numbers_are_never_reused(store: &dyn Store) {
    let first = append(store, &[outcome("ada", "a"), outcome("ada", "b")]);
    assert_eq!(prune(store, 3), 2);
    assert_eq!(reader(store).count_rows().unwrap().last_outcome, first + 1);
    assert!(append(store, &[outcome("ada", "c")]) > first + 1);
}
