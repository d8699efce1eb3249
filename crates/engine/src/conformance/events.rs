//! Timelines and players.

use accolade_core::value::Props;

use super::fixture::{ODD, at, commit, ends_of_time, event, long_id, outcome, pages, reader, with_events, write};
use super::{Case, cases};
use crate::store::{Changes, EventRow, PlayerRow, PlayerSummary, Store, Totals};

pub(super) const CASES: &[Case] = cases![
    an_empty_store_has_nothing,
    s1_events_come_back_in_timeline_order,
    s1_a_timeline_begins_after_the_instant,
    s12_events_are_found_by_player_and_id,
    s12_an_event_id_exists_once_for_a_player,
    events_come_back_as_written,
    players_come_in_pages_in_order_of_id,
    a_player_row_is_overwritten,
    whoever_has_rows_is_an_owner,
];

fn whoever_has_rows_is_an_owner(store: &dyn Store) {
    let merged = Changes { player: "gus".into(), events: vec![event("gus", "g", 1)], ..Changes::default() };
    let ada = with_events("ada", vec![event("ada", "a", 1), event("ada", "b", 2)]);
    write(store, &[merged, ada.clone(), with_events("zoe", Vec::new())]);
    commit(store, |transaction| {
        transaction.append_outcomes(&[outcome("eve", "talker")]).unwrap();
    });
    let seen = pages(1, |last: Option<&String>| reader(store).owners(last.map(String::as_str), 1).unwrap());
    assert_eq!(seen, ["ada", "eve", "gus", "zoe"]);
    assert_eq!(reader(store).owners(None, usize::MAX).unwrap(), seen);
    for (player, summary) in [("ada", ada.summary), ("gus", None), ("eve", None), ("nobody", None)] {
        assert_eq!(reader(store).summary(player).unwrap(), summary, "{player}");
    }
}

fn an_empty_store_has_nothing(store: &dyn Store) {
    let mut reader = reader(store);
    assert_eq!(reader.totals().unwrap(), Totals::default());
    assert_eq!(reader.players(None, 10).unwrap(), []);
    assert_eq!(reader.timeline("ada", None).unwrap(), []);
    assert_eq!(reader.headers(&["ada"]).unwrap(), [None]);
    assert_eq!(reader.feed(0, 10).unwrap(), []);
    assert!(reader.schema_version().unwrap() > 0);
}

fn s1_events_come_back_in_timeline_order(store: &dyn Store) {
    let place = |id: &str, seconds, order| {
        let mut row = event("ada", id, seconds);
        row.event.order = order;
        row
    };
    let sorted = [
        place("z", 1, i64::MIN),
        place("z2", 1, -1),
        place("B", 1, 0),
        place("a", 1, 0),
        place("é", 1, 0),
        place("0", 1, i64::MAX),
        place("A", 2, -5),
    ];
    for arrivals in [&[5, 2, 0][..], &[6, 1], &[4, 3]] {
        let events = arrivals.iter().map(|&index: &usize| sorted[index].clone()).collect();
        write(store, &[with_events("ada", events), with_events("bob", Vec::new())]);
    }
    write(store, &[with_events("adam", vec![event("adam", "a", 1)])]);
    assert_eq!(reader(store).timeline("ada", None).unwrap(), sorted);
    assert_eq!(reader(store).timeline("bob", None).unwrap(), []);
}

fn s1_a_timeline_begins_after_the_instant(store: &dyn Store) {
    write(store, &[with_events("ada", vec![event("ada", "a", 1), event("ada", "b", 2), event("ada", "c", 3)])]);
    for (after, expected) in [(0, &["a", "b", "c"][..]), (1, &["b", "c"]), (2, &["c"]), (3, &[])] {
        let rows = reader(store).timeline("ada", Some(at(after))).unwrap();
        assert_eq!(ids(&rows), expected, "after second {after}");
    }
}

fn s12_events_are_found_by_player_and_id(store: &dyn Store) {
    let [ada, bob] = ["ada", "bob"].map(|player| event(player, "same", if player == "ada" { 1 } else { 2 }));
    write(store, &[with_events("ada", vec![ada.clone()]), with_events("bob", vec![bob.clone()])]);
    let pairs =
        [("bob", "same"), ("ada", "other"), ("carl", "same"), ("ada", "same"), ("bob", "same"), ("ada", "SAME")];
    let found = commit(store, |transaction| transaction.find_events(&pairs).unwrap());
    assert_eq!(found, [Some(bob.clone()), None, None, Some(ada), Some(bob), None]);
}

fn s12_an_event_id_exists_once_for_a_player(store: &dyn Store) {
    write(store, &[with_events("ada", vec![event("ada", "a", 1)])]);
    let mut writer = store.writer().unwrap();
    for (row, what) in [(event("ada", "a", 1), "at the same instant"), (event("ada", "a", 2), "at another instant")] {
        let mut transaction = writer.begin(&["ada"]).unwrap();
        assert!(transaction.write(&with_events("ada", vec![row])).is_err(), "the id is taken again {what}");
    }
    drop(writer);
    write(store, &[with_events("bob", vec![event("bob", "a", 1)])]);
    assert_eq!(reader(store).timeline("ada", None).unwrap(), [event("ada", "a", 1)]);
    assert_eq!(reader(store).totals().unwrap().events, 2);
}

fn events_come_back_as_written(store: &dyn Store) {
    let nested = br#"{"":"","n":[null,true,-9223372036854775808,9223372036854775807,0.1,-2.5e-7,1e300],"m":{"a":{}}}"#;
    let nested = Props::from_json(nested).unwrap();
    let mut rows: Vec<EventRow> = Vec::new();
    for text in ODD.map(str::to_owned).into_iter().chain([long_id()]) {
        let mut row = event(&text, &text, 1);
        row.event.name.clone_from(&text);
        row.event.props = nested.clone();
        row.event.props.insert(text.as_str(), text.as_str());
        rows.push(row);
    }
    for (instant, order) in ends_of_time().into_iter().zip([i64::MIN, i64::MAX]) {
        let mut row = event(&format!("at {instant}"), "a", 1);
        (row.event.at, row.recorded_at) = (instant, instant);
        (row.event.order, row.first_outcome) = (order, order);
        (row.outcomes, row.at_given) = (u32::MAX, order > 0);
        rows.push(row);
    }
    let all: Vec<_> = rows.iter().map(|row| with_events(&row.event.player, vec![row.clone()])).collect();
    write(store, &all);
    for row in rows {
        assert_eq!(reader(store).timeline(&row.event.player, None).unwrap(), [row]);
    }
}

fn players_come_in_pages_in_order_of_id(store: &dyn Store) {
    let long = long_id();
    let mut expected: Vec<&str> = ODD.into_iter().chain(["ada", "Ada", "é", &long]).collect();
    let all: Vec<_> = expected.iter().map(|player| with_events(player, vec![event(player, "a", 1)])).collect();
    write(store, &all);
    expected.sort_unstable();
    let seen = pages(4, |last: Option<&PlayerRow>| reader(store).players(last.map(|row| &*row.player), 4).unwrap());
    assert_eq!(seen.iter().map(|row| &*row.player).collect::<Vec<_>>(), expected);
    assert_eq!(reader(store).players(None, usize::MAX).unwrap(), seen);
    assert_eq!(reader(store).players(None, 0).unwrap(), []);
    assert_eq!(reader(store).totals().unwrap().players, expected.len() as u64);
}

fn a_player_row_is_overwritten(store: &dyn Store) {
    let first = with_events("ada", vec![event("ada", "a", 5)]);
    let summary = PlayerSummary { events: 2, first_at: Some(at(1)), last_at: Some(at(5)), due: Some(at(9)) };
    let second = Changes { summary: Some(summary), ..with_events("ada", vec![event("ada", "b", 1)]) };
    write(store, &[first, second]);
    let row = PlayerRow { player: "ada".into(), summary };
    assert_eq!(reader(store).players(None, 10).unwrap(), [row]);
}

fn ids(rows: &[EventRow]) -> Vec<&str> {
    rows.iter().map(|row| &*row.event.id).collect()
}
