//! Timelines.

use accolade::store::{ChangeSet, EventRow, RetractionRow, RowTotals, Store};
use accolade_core::event::TimelinePosition;
use accolade_core::value::Props;

use super::fixture::{
    ODD, at, changes, commit, ends_of_time, event, long_id, pages, reader, with_events, write,
};

pub fn an_empty_store_has_nothing(store: &dyn Store) {
    let mut reader = reader(store);
    assert_eq!(reader.count_rows().unwrap(), RowTotals::default());
    assert_eq!(reader.list_players(None, 10).unwrap(), []);
    assert_eq!(reader.list_timeline("ada", None).unwrap(), []);
    assert_eq!(reader.load_headers(&["ada"]).unwrap(), [None]);
    assert_eq!(reader.list_outcomes(0, 10).unwrap(), []);
    assert!(reader.schema_version().unwrap() > 0);
}

/// Events of one player in timeline order.
fn in_order() -> [EventRow; 7] {
    let place = |(id, seconds, order)| {
        let mut row = event("ada", id, seconds);
        row.event.order = order;
        row
    };
    [
        ("z", 1, i64::MIN),
        ("z2", 1, -1),
        ("B", 1, 0),
        ("a", 1, 0),
        ("é", 1, 0),
        ("0", 1, i64::MAX),
        ("A", 2, -5),
    ]
    .map(place)
}

pub fn s1_events_come_back_in_timeline_order(store: &dyn Store) {
    let sorted = in_order();
    for arrivals in [&[5, 2, 0][..], &[6, 1], &[4, 3]] {
        let events = arrivals
            .iter()
            .map(|&index: &usize| sorted[index].clone())
            .collect();
        write(
            store,
            &[with_events("ada", events), with_events("bob", Vec::new())],
        );
    }
    write(store, &[with_events("adam", vec![event("adam", "a", 1)])]);
    assert_eq!(reader(store).list_timeline("ada", None).unwrap(), sorted);
    assert_eq!(reader(store).list_timeline("bob", None).unwrap(), []);
}

pub fn s1_a_timeline_begins_after_the_instant(store: &dyn Store) {
    write(
        store,
        &[with_events(
            "ada",
            vec![
                event("ada", "a", 1),
                event("ada", "b", 2),
                event("ada", "c", 3),
            ],
        )],
    );
    for (after, expected) in [
        (0, &["a", "b", "c"][..]),
        (1, &["b", "c"]),
        (2, &["c"]),
        (3, &[]),
    ] {
        let rows = reader(store).list_timeline("ada", Some(at(after))).unwrap();
        assert_eq!(ids(&rows), expected, "after second {after}");
    }
}

pub fn s1_a_timeline_comes_in_pages_newest_first(store: &dyn Store) {
    let mut newest_first = in_order();
    newest_first.reverse();
    write(
        store,
        &[
            with_events("ada", newest_first.to_vec()),
            with_events("adam", vec![event("adam", "a", 1)]),
        ],
    );
    for size in 1..=newest_first.len() + 1 {
        let seen = pages(size, |last: Option<&EventRow>| {
            let before = last.map(|row| row.event.position());
            reader(store)
                .list_timeline_page("ada", None, before.as_ref(), size)
                .unwrap()
        });
        assert_eq!(seen, newest_first, "in pages of {size}");
    }
    // Nothing needs to be at the place.
    let between = TimelinePosition {
        id: "a\0".to_owned(),
        ..newest_first[3].event.position()
    };
    assert_eq!(
        reader(store)
            .list_timeline_page("ada", None, Some(&between), 1)
            .unwrap(),
        newest_first[3..4]
    );
    assert_eq!(
        reader(store)
            .list_timeline_page("ada", None, None, usize::MAX)
            .unwrap(),
        newest_first
    );
    assert_eq!(
        reader(store)
            .list_timeline_page("ada", None, None, 0)
            .unwrap(),
        []
    );
    assert_eq!(
        reader(store)
            .list_timeline_page("missing", None, None, 9)
            .unwrap(),
        []
    );
}

pub fn s1_a_timeline_is_filtered_by_event_name(store: &dyn Store) {
    let named = |id: &str, name: &str, second| {
        let mut row = event("ada", id, second);
        row.event.name = name.to_owned();
        row
    };
    let rows = vec![
        named("a", "visit", 1),
        named("b", "post", 2),
        named("c", "visit", 3),
        named("d", "vote", 4),
    ];
    let before = rows[2].event.position();
    write(store, &[with_events("ada", rows)]);
    for (names, before, limit, expected) in [
        (&["visit"][..], None, 9, &["c", "a"][..]),
        (&["visit", "vote"], None, 2, &["d", "c"]),
        (&["visit", "vote"], Some(&before), 9, &["a"]),
        (&["other"], None, 9, &[]),
        (&[], None, 9, &[]),
    ] {
        let found = reader(store).list_timeline_page("ada", Some(names), before, limit);
        assert_eq!(ids(&found.unwrap()), expected, "{names:?}");
    }
}

pub fn s12_events_are_found_by_player_and_id(store: &dyn Store) {
    let [ada, bob] =
        ["ada", "bob"].map(|player| event(player, "same", if player == "ada" { 1 } else { 2 }));
    write(
        store,
        &[
            with_events("ada", vec![ada.clone()]),
            with_events("bob", vec![bob.clone()]),
        ],
    );
    let pairs = [
        ("bob", "same"),
        ("ada", "other"),
        ("carl", "same"),
        ("ada", "same"),
        ("bob", "same"),
        ("ada", "SAME"),
    ];
    let found = commit(store, |transaction| {
        transaction.find_events(&pairs).unwrap()
    });
    let expected = [Some(bob.clone()), None, None, Some(ada), Some(bob), None];
    assert_eq!(found, expected);
    assert_eq!(reader(store).find_events(&pairs).unwrap(), expected);
}

pub fn s12_an_event_id_exists_once_for_a_player(store: &dyn Store) {
    write(store, &[with_events("ada", vec![event("ada", "a", 1)])]);
    let mut writer = store.open_writer().unwrap();
    for (row, what) in [
        (event("ada", "a", 1), "at the same instant"),
        (event("ada", "a", 2), "at another instant"),
    ] {
        let mut transaction = writer.begin_transaction(&["ada"]).unwrap();
        assert!(
            transaction
                .write_changes(&with_events("ada", vec![row]))
                .is_err(),
            "the id is taken again {what}"
        );
    }
    drop(writer);
    write(store, &[with_events("bob", vec![event("bob", "a", 1)])]);
    assert_eq!(
        reader(store).list_timeline("ada", None).unwrap(),
        [event("ada", "a", 1)]
    );
    assert_eq!(reader(store).count_rows().unwrap().events, 2);
}

pub fn s13_the_latest_retraction_state_is_kept(store: &dyn Store) {
    let word = |player: &str, event: &str, by: Option<&str>| RetractionRow {
        player: player.into(),
        event: event.into(),
        retracted_by: by.map(str::to_owned),
    };
    let born_retracted = EventRow {
        retracted_by: Some("act 0".into()),
        ..event("ada", "c", 3)
    };
    write(
        store,
        &[
            with_events("ada", vec![event("ada", "a", 1), born_retracted]),
            with_events("bob", vec![event("bob", "a", 1)]),
        ],
    );
    let words = |store: &dyn Store| -> Vec<Option<String>> {
        let pairs = [("ada", "a"), ("ada", "b"), ("ada", "c"), ("bob", "a")];
        let rows = reader(store).find_events(&pairs).unwrap();
        rows.into_iter()
            .map(|row| row.and_then(|row| row.retracted_by))
            .collect()
    };
    assert_eq!(words(store), [None, None, Some("act 0".to_owned()), None]);
    let retractions = vec![
        word("ada", "a", Some("act 1")),
        word("ada", "b", Some("act 1")),
        word("ada", "c", None),
        word("ada", "never was", Some("act 1")),
    ];
    write(
        store,
        &[ChangeSet {
            retractions,
            ..with_events("ada", vec![event("ada", "b", 2)])
        }],
    );
    assert_eq!(
        words(store),
        [
            Some("act 1".to_owned()),
            Some("act 1".to_owned()),
            None,
            None
        ]
    );
    let retractions = vec![
        word("ada", "a", None),
        word("ada", "b", Some("act 2")),
        word("bob", "a", Some("act 2")),
    ];
    write(
        store,
        &[ChangeSet {
            retractions,
            ..changes("ada")
        }],
    );
    assert_eq!(
        words(store),
        [
            None,
            Some("act 2".to_owned()),
            None,
            Some("act 2".to_owned())
        ]
    );
    let timeline = reader(store).list_timeline("ada", None).unwrap();
    let b = EventRow {
        retracted_by: Some("act 2".into()),
        ..event("ada", "b", 2)
    };
    assert_eq!(timeline, [event("ada", "a", 1), b, event("ada", "c", 3)]);
}

pub fn s19_events_of_a_guest_stay_under_their_id(store: &dyn Store) {
    let mixed = vec![
        event("ada", "same", 1),
        event("guest", "same", 1),
        event("guest", "b", 2),
    ];
    write(store, &[with_events("ada", mixed)]);
    assert_eq!(
        reader(store).list_timeline("ada", None).unwrap(),
        [event("ada", "same", 1)]
    );
    assert_eq!(
        reader(store).list_timeline("guest", None).unwrap(),
        [event("guest", "same", 1), event("guest", "b", 2)]
    );
    let players = reader(store).list_players(None, 9).unwrap();
    assert_eq!(
        players
            .iter()
            .map(|row| (&*row.player, row.summary.event_count))
            .collect::<Vec<_>>(),
        [("ada", 3)]
    );
}

pub fn events_come_back_as_written(store: &dyn Store) {
    let nested = br#"{"":"","n":[null,true,-9223372036854775808,9223372036854775807,0.1,-2.5e-7,1e300],"m":{"a":{}}}"#;
    let nested = Props::from_json(nested).unwrap();
    let mut rows: Vec<EventRow> = Vec::new();
    for text in ODD.map(str::to_owned).into_iter().chain([long_id()]) {
        let mut row = event(&text, &text, 1);
        row.event.name.clone_from(&text);
        row.retracted_by = Some(text.clone());
        row.event.props = nested.clone();
        row.event.props.insert(text.as_str(), text.as_str());
        rows.push(row);
    }
    for (instant, order) in ends_of_time().into_iter().zip([i64::MIN, i64::MAX]) {
        let mut row = event(&format!("at {instant}"), "a", 1);
        (row.event.at, row.recorded_at) = (instant, instant);
        (row.event.order, row.first_outcome) = (order, order);
        (row.outcome_count, row.explicit_at) = (u32::MAX, order > 0);
        rows.push(row);
    }
    let all: Vec<_> = rows
        .iter()
        .map(|row| with_events(&row.event.player, vec![row.clone()]))
        .collect();
    write(store, &all);
    for row in rows {
        assert_eq!(
            reader(store)
                .list_timeline(&row.event.player, None)
                .unwrap(),
            [row]
        );
    }
}

fn ids(rows: &[EventRow]) -> Vec<&str> {
    rows.iter().map(|row| &*row.event.id).collect()
}
