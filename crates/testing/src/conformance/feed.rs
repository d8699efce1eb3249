//! The feed, and the counts of evaluation errors.

use accolade::RuleKind;
use accolade::store::{OutcomeRow, RuleErrorRow, Store, Trigger};

use super::fixture::{ODD, commit, ends_of_time, outcome, pages, reader};

const BECAUSE: [Trigger; 8] = [
    Trigger::Event,
    Trigger::Late,
    Trigger::Action,
    Trigger::Retract,
    Trigger::Time,
    Trigger::Publish,
    Trigger::Merge,
    Trigger::Repair,
];

pub fn s20_outcomes_are_numbered_without_a_gap(store: &dyn Store) {
    let outcomes = ["a", "b", "c"].map(|subject| outcome("ada", subject));
    let first = append(store, &outcomes);
    assert!(first > 0);
    let (second, third) = commit(store, |transaction| {
        let second = transaction.append_outcomes(&outcomes[..1]).unwrap();
        (second, transaction.append_outcomes(&outcomes[1..]).unwrap())
    });
    assert!(
        first + 3 <= second && second < third,
        "{first} {second} {third}"
    );
    let numbers: Vec<i64> = reader(store)
        .list_outcomes(0, 10)
        .unwrap()
        .into_iter()
        .map(|(number, _)| number)
        .collect();
    assert_eq!(
        numbers,
        [first, first + 1, first + 2, second, third, third + 1]
    );
    assert_eq!(reader(store).count_rows().unwrap().last_outcome, third + 1);
}

pub fn s20_the_feed_continues_after_a_number(store: &dyn Store) {
    let outcomes: Vec<_> = (0..7).map(|n| outcome("ada", &n.to_string())).collect();
    append(store, &outcomes);
    let seen = pages(3, |last: Option<&(i64, OutcomeRow)>| {
        reader(store)
            .list_outcomes(last.map_or(0, |(number, _)| *number), 3)
            .unwrap()
    });
    let seen: Vec<_> = seen.into_iter().map(|(_, outcome)| outcome).collect();
    assert_eq!(seen, outcomes);
}

pub fn s20_the_last_outcome_is_known_whether_it_is_kept_or_not(store: &dyn Store) {
    let last = || {
        let mut reader = reader(store);
        let last = reader.last_outcome_seq().unwrap();
        assert_eq!(reader.count_rows().unwrap().last_outcome, last);
        last
    };
    assert_eq!(last(), 0);
    let first = append(store, &[outcome("ada", "a"), outcome("bob", "b")]);
    assert_eq!(last(), first + 1);
    let third = commit(store, |transaction| {
        let third = transaction.append_outcomes(&[outcome("ada", "c")]).unwrap();
        assert_eq!(
            transaction.last_outcome_seq().unwrap(),
            third,
            "a transaction sees its own"
        );
        third
    });
    commit(store, |transaction| {
        transaction.prune_feed(ends_of_time()[1]).unwrap()
    });
    assert_eq!(
        (reader(store).list_outcomes(0, 9).unwrap(), last()),
        (Vec::new(), third)
    );
}

pub fn recent_outcomes_are_one_players_newest_first(store: &dyn Store) {
    let outcomes = [("ada", "1"), ("bob", "2"), ("ada", "3"), ("ada", "4")]
        .map(|(player, n)| outcome(player, n));
    let first = append(store, &outcomes);
    let [one, _, three, four] = outcomes;
    let recent = |limit| reader(store).list_recent_outcomes("ada", limit).unwrap();
    assert_eq!(
        recent(2),
        [(first + 3, four.clone()), (first + 2, three.clone())]
    );
    assert_eq!(
        recent(9),
        [(first + 3, four), (first + 2, three), (first, one)]
    );
    assert_eq!(recent(0), []);
    assert_eq!(reader(store).list_recent_outcomes("eve", 9).unwrap(), []);
}

pub fn outcomes_come_back_as_written(store: &dyn Store) {
    let [first, last] = ends_of_time();
    let mut outcomes: Vec<OutcomeRow> = ODD
        .iter()
        .map(|text| OutcomeRow {
            detail: format!(r#"{{"key":{text:?}}}"#),
            event: (*text).into(),
            caused_by: Some((*text).into()),
            ..outcome(text, text)
        })
        .collect();
    for trigger in BECAUSE {
        outcomes.push(OutcomeRow {
            trigger,
            at: first,
            recorded_at: last,
            ..outcome("ada", "a")
        });
    }
    append(store, &outcomes);
    let stored: Vec<_> = reader(store)
        .list_outcomes(0, usize::MAX)
        .unwrap()
        .into_iter()
        .map(|(_, outcome)| outcome)
        .collect();
    assert_eq!(stored, outcomes);
}

pub fn errors_of_a_rule_add_up_and_the_latest_is_kept(store: &dyn Store) {
    let error = |kind: RuleKind, id: &str, count, message: &str| RuleErrorRow {
        kind,
        id: id.into(),
        count,
        message: message.into(),
        player: format!("player of {message}"),
        event: format!("event of {message}"),
    };
    commit(store, |transaction| {
        transaction
            .add_rule_errors(&[
                error(RuleKind::Earning, "z", 2, "first"),
                error(RuleKind::Badge, "z", 1, "other"),
            ])
            .unwrap();
        transaction.add_rule_errors(&[]).unwrap();
    });
    commit(store, |transaction| {
        transaction
            .add_rule_errors(&[
                error(RuleKind::Earning, "z", 40, "division"),
                error(RuleKind::Earning, "a", 1, "it's"),
            ])
            .unwrap();
    });
    let expected = [
        error(RuleKind::Badge, "z", 1, "other"),
        error(RuleKind::Earning, "a", 1, "it's"),
        error(RuleKind::Earning, "z", 42, "division"),
    ];
    assert_eq!(reader(store).list_rule_errors().unwrap(), expected);
}

fn append(store: &dyn Store, outcomes: &[OutcomeRow]) -> i64 {
    commit(store, |transaction| {
        transaction.append_outcomes(outcomes).unwrap()
    })
}
