//! What is not kept for ever: old outcomes, and a past that was sealed.

use super::fixture::{at, commit, event, outcome, reader, with_events, write};
use super::{Case, cases};
use crate::store::{FeedNet, OutcomeRow, SealRow, Store};

pub(super) const CASES: &[Case] = cases![
    s20_a_feed_is_pruned_up_to_the_first_outcome_that_is_young,
    s20_what_was_pruned_is_kept_as_a_net,
    s20_numbers_that_were_pruned_are_never_given_again,
    s22_sealed_events_are_gone_and_their_ids_are_known,
    s22_a_later_seal_replaces_the_one_before,
];

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

fn s20_a_feed_is_pruned_up_to_the_first_outcome_that_is_young(store: &dyn Store) {
    assert_eq!(prune(store, 9), 0);
    let ages = [1, 2, 2, 5, 3, 1];
    let first = append(
        store,
        &ages.map(|seconds| recorded(outcome("ada", "teacher"), seconds)),
    );
    for (before, dropped) in [(1, 0), (2, 1), (2, 0), (4, 2), (5, 0), (6, 3), (9, 0)] {
        let before_it = reader(store).feed(0, 9).unwrap();
        assert_eq!(prune(store, before), dropped, "before second {before}");
        let kept = reader(store).feed(0, 9).unwrap();
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
            reader(store).recent_outcomes("ada", 9).unwrap().len(),
            kept.len()
        );
    }
}

fn s20_what_was_pruned_is_kept_as_a_net(store: &dyn Store) {
    let of = |player: &str, kind: &str, subject: &str, detail: &str| OutcomeRow {
        kind: kind.into(),
        detail: detail.into(),
        ..outcome(player, subject)
    };
    let points = |player, amount: i64| {
        of(
            player,
            "points",
            "coins",
            &format!(r#"{{"amount":{amount},"rule":"r"}}"#),
        )
    };
    let net = |kind: &str, subject: &str, net| FeedNet {
        kind: kind.into(),
        subject: subject.into(),
        net,
    };
    let badge = |kind, subject| of("ada", kind, subject, "{}");
    append(
        store,
        &[
            points("ada", 5),
            points("bob", i64::MAX),
            badge("badge.awarded", "teacher"),
            badge("badge.awarded", "teacher"),
            badge("badge.awarded", "student"),
            badge("badge.lapsed", "student"),
            badge("badge.revoked", "teacher"),
            of("ada", "unlockable.opened", "edit", "{}"),
            of("bob", "unlockable.shut", "edit", "{}"),
            of("ada", "something.else", "edit", "{}"),
            points("ada", -7),
        ],
    );
    assert_eq!(prune(store, 3), 11);
    let ada = [
        net("badge", "student", 0),
        net("badge", "teacher", 1),
        net("points", "coins", -2),
        net("unlockable", "edit", 1),
    ];
    assert_eq!(reader(store).feed_net("ada").unwrap(), ada);
    assert_eq!(
        reader(store).feed_net("bob").unwrap(),
        [
            net("points", "coins", i64::MAX),
            net("unlockable", "edit", -1)
        ]
    );
    assert_eq!(reader(store).feed_net("eve").unwrap(), []);
    append(
        store,
        &[
            points("bob", -i64::MAX),
            badge("badge.awarded", "student"),
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
    assert_eq!(reader(store).feed_net("ada").unwrap(), ada);
    assert_eq!(
        reader(store).feed_net("bob").unwrap()[0],
        net("points", "coins", 0)
    );
}

fn s20_numbers_that_were_pruned_are_never_given_again(store: &dyn Store) {
    let first = append(store, &[outcome("ada", "a"), outcome("ada", "b")]);
    assert_eq!(prune(store, 3), 2);
    assert_eq!(reader(store).totals().unwrap().last_outcome, first + 1);
    assert!(append(store, &[outcome("ada", "c")]) > first + 1);
}

fn s22_sealed_events_are_gone_and_their_ids_are_known(store: &dyn Store) {
    let all = ["a", "b", "c"]
        .into_iter()
        .zip(1..)
        .map(|(id, seconds)| event("ada", id, seconds))
        .collect();
    write(
        store,
        &[
            with_events("ada", all),
            with_events("bob", vec![event("bob", "a", 1)]),
        ],
    );
    let seal = SealRow {
        before: at(3),
        events: 2,
        snapshot: (0..=255).collect(),
    };
    commit(store, |transaction| transaction.seal("ada", &seal).unwrap());
    let mut reader = reader(store);
    assert_eq!(reader.sealed("ada").unwrap(), Some(seal));
    assert_eq!(reader.sealed("bob").unwrap(), None);
    let ids = [
        ("ada", "b"),
        ("ada", "c"),
        ("bob", "a"),
        ("ada", "a"),
        ("ada", "never was"),
        ("ada", "b"),
    ];
    assert_eq!(
        reader.sealed_events(&ids).unwrap(),
        [true, false, false, true, false, true]
    );
    assert_eq!(
        reader.timeline("ada", None).unwrap(),
        [event("ada", "c", 3)]
    );
    assert_eq!(
        reader.find_events(&ids[..3]).unwrap(),
        [None, Some(event("ada", "c", 3)), Some(event("bob", "a", 1))]
    );
    assert_eq!(reader.totals().unwrap().events, 2);
}

fn s22_a_later_seal_replaces_the_one_before(store: &dyn Store) {
    let all = ["a", "b", "c"]
        .into_iter()
        .zip(1..)
        .map(|(id, seconds)| event("ada", id, seconds))
        .collect();
    write(store, &[with_events("ada", all)]);
    let seal = |seconds, events| SealRow {
        before: at(seconds),
        events,
        snapshot: format!("before {seconds}").into(),
    };
    for seal in [seal(2, 1), seal(2, 1), seal(9, 3)] {
        commit(store, |transaction| transaction.seal("ada", &seal).unwrap());
        assert_eq!(reader(store).sealed("ada").unwrap(), Some(seal));
    }
    assert_eq!(
        reader(store)
            .sealed_events(&[("ada", "a"), ("ada", "b"), ("ada", "c")])
            .unwrap(),
        [true; 3]
    );
    assert_eq!(reader(store).timeline("ada", None).unwrap(), []);
}
