//! Players: rows, timers and merged guests.

use accolade::store::{
    AliasRow, ChangeSet, CheckpointRow, PlayerOrder, PlayerRow, PlayerSearch, PlayerSummary, Store,
};

use super::fixture::{
    ODD, at, award, changes, commit, ends_of_time, event, install, long_id, outcome, pages, reader,
    unlock, with_events, write,
};

pub fn every_id_with_rows_is_an_owner(store: &dyn Store) {
    let merged = ChangeSet {
        player: "gus".into(),
        events: vec![event("gus", "g", 1)],
        ..ChangeSet::default()
    };
    let ada = with_events("ada", vec![event("ada", "a", 1), event("ada", "b", 2)]);
    write(
        store,
        &[merged, ada.clone(), with_events("zoe", Vec::new())],
    );
    commit(store, |transaction| {
        transaction
            .append_outcomes(&[outcome("eve", "talker")])
            .unwrap();
    });
    let seen = pages(1, |last: Option<&String>| {
        reader(store)
            .list_owners(last.map(String::as_str), 1)
            .unwrap()
    });
    assert_eq!(seen, ["ada", "eve", "gus", "zoe"]);
    assert_eq!(reader(store).list_owners(None, usize::MAX).unwrap(), seen);
    for (player, summary) in [
        ("ada", ada.summary),
        ("gus", None),
        ("eve", None),
        ("missing", None),
    ] {
        assert_eq!(
            reader(store).find_summary(player).unwrap(),
            summary,
            "{player}"
        );
    }
}

pub fn players_come_in_pages_in_order_of_id(store: &dyn Store) {
    let long = long_id();
    let mut expected: Vec<&str> = ODD.into_iter().chain(["ada", "Ada", "é", &long]).collect();
    let all: Vec<_> = expected
        .iter()
        .map(|player| with_events(player, vec![event(player, "a", 1)]))
        .collect();
    write(store, &all);
    expected.sort_unstable();
    let seen = pages(4, |last: Option<&PlayerRow>| {
        reader(store)
            .list_players(last.map(|row| &*row.player), 4)
            .unwrap()
    });
    assert_eq!(
        seen.iter().map(|row| &*row.player).collect::<Vec<_>>(),
        expected
    );
    assert_eq!(reader(store).list_players(None, usize::MAX).unwrap(), seen);
    assert_eq!(reader(store).list_players(None, 0).unwrap(), []);
    assert_eq!(
        reader(store).count_rows().unwrap().players,
        expected.len() as u64
    );
    assert_eq!(
        reader(store).count_players().unwrap(),
        expected.len() as u64
    );
}

pub fn a_player_row_is_overwritten(store: &dyn Store) {
    let first = with_events("ada", vec![event("ada", "a", 5)]);
    let summary = PlayerSummary {
        event_count: 2,
        first_at: Some(at(1)),
        last_at: Some(at(5)),
        own_event_count: 1,
        last_seen_at: Some(at(4)),
        attributes: Some("vienna".into()),
        name: Some("Ada".into()),
        next_timer_at: Some(at(9)),
    };
    let second = ChangeSet {
        summary: Some(summary.clone()),
        ..with_events("ada", vec![event("ada", "b", 1)])
    };
    write(store, &[first, second]);
    let row = PlayerRow {
        player: "ada".into(),
        summary,
    };
    assert_eq!(reader(store).list_players(None, 10).unwrap(), [row]);
}

pub fn players_are_found_by_the_beginning_of_their_name_in_any_case(store: &dyn Store) {
    let named = |player: &str, name: Option<&str>| ChangeSet {
        summary: Some(PlayerSummary {
            name: name.map(str::to_owned),
            ..PlayerSummary::default()
        }),
        ..changes(player)
    };
    write(
        store,
        &[
            named("1", Some("Élodie")),
            named("2", Some("Ada_L")),
            named("3", Some("ADA")),
            named("4", None),
            named("5", Some("Adam")),
            named("6", Some("Adaxl")),
        ],
    );
    // Another name replaces the first, and no name removes it.
    write(store, &[named("5", Some("Bea")), named("6", Some("Zoe"))]);
    write(store, &[named("6", None)]);
    let find = |prefix: &str, limit: usize| -> Vec<String> {
        let rows = reader(store).list_players_by_name(prefix, limit).unwrap();
        rows.into_iter().map(|row| row.player).collect()
    };
    assert_eq!(find("ada", 9), ["3", "2"]);
    assert_eq!(find("ada", 1), ["3"]);
    assert_eq!(find("ada_", 9), ["2"]);
    assert_eq!(find("éLO", 9), ["1"]);
    assert_eq!(find("b", 9), ["5"]);
    assert_eq!(find("z", 9), Vec::<String>::new());
    assert_eq!(find("", 9), ["3", "2", "5", "1"]);
}

/// Writes players with names, attributes, numbers of events and instants.
fn write_searched_players(store: &dyn Store) {
    let player = |player: &str, name: &str, attributes: &str, events: u64| ChangeSet {
        summary: Some(PlayerSummary {
            name: Some(name.to_owned()).filter(|name| !name.is_empty()),
            attributes: Some(attributes.to_owned()).filter(|text| !text.is_empty()),
            own_event_count: events,
            last_seen_at: (events > 0).then(|| at(events as i64)),
            ..PlayerSummary::default()
        }),
        ..changes(player)
    };
    write(
        store,
        &[
            player("m-2", "Ada", "vienna", 1),
            player("M-10", "Élodie Ada", "", 5),
            player("m-9", "Canada 10", "paris\n7", 0),
            player("x", "canada 9", "", 5),
            player("ada", "", "", 2),
        ],
    );
}

pub fn players_are_found_by_a_part_of_id_name_or_attribute(store: &dyn Store) {
    write_searched_players(store);
    for (text, expected) in [
        ("ada", &["ada", "m-2", "x", "m-9", "M-10"][..]),
        ("  CANADA ", &["x", "m-9"]),
        ("éLODIE", &["M-10"]),
        ("m-1", &["M-10"]),
        ("PARIS", &["m-9"]),
        ("%", &[]),
        ("", &["ada", "m-2", "x", "m-9", "M-10"]),
    ] {
        let found = reader(store)
            .search_players(&PlayerSearch::new(text, 9))
            .unwrap();
        let mut found: Vec<&str> = found.iter().map(|row| row.player.as_str()).collect();
        let mut expected = expected.to_vec();
        if text.is_empty() {
            found.sort_unstable();
            expected.sort_unstable();
        }
        assert_eq!(found, expected, "{text:?}");
    }
}

pub fn found_players_come_in_each_order_by_page(store: &dyn Store) {
    write_searched_players(store);
    use PlayerOrder::{Events, Id, LastSeen, Name};
    for (order, is_descending, expected) in [
        (Id, false, ["ada", "m-2", "m-9", "M-10", "x"]),
        (Id, true, ["x", "M-10", "m-9", "m-2", "ada"]),
        (Name, false, ["ada", "m-2", "x", "m-9", "M-10"]),
        (Events, true, ["M-10", "x", "ada", "m-2", "m-9"]),
        (LastSeen, true, ["M-10", "x", "ada", "m-2", "m-9"]),
        (LastSeen, false, ["m-2", "ada", "M-10", "x", "m-9"]),
    ] {
        for size in [1, 2, 9] {
            let mut seen = Vec::new();
            loop {
                let search = PlayerSearch::new("", size).ordered_by(order, is_descending);
                let page = reader(store)
                    .search_players(&search.skip(seen.len()))
                    .unwrap();
                if page.is_empty() {
                    break;
                }
                seen.extend(page.into_iter().map(|row| row.player));
            }
            assert_eq!(seen, expected, "{order} {is_descending} in pages of {size}");
        }
    }
}

pub fn s19_a_guest_who_was_merged_has_neither_row_nor_state(store: &dyn Store) {
    let whole = |player: &str| ChangeSet {
        header: b"header".into(),
        cells: vec![(1, "key".into(), Some(b"cell".into()))],
        ..with_events(player, vec![event(player, "a", 1)])
    };
    write(store, &[whole("guest"), whole("guest 2"), whole("ada")]);
    let merged = ChangeSet {
        summary: None,
        ..changes("guest")
    };
    let again = ChangeSet {
        summary: None,
        replace_derived: true,
        ..whole("guest 2")
    };
    let never = ChangeSet {
        summary: None,
        ..changes("missing")
    };
    write(
        store,
        &[
            merged,
            ChangeSet {
                events: Vec::new(),
                ..again
            },
            never,
        ],
    );
    let mut reader = reader(store);
    assert_eq!(
        reader
            .load_headers(&["guest", "guest 2", "missing", "ada"])
            .unwrap(),
        [None, None, None, Some(b"header".into())]
    );
    for guest in ["guest", "guest 2", "missing"] {
        assert_eq!(reader.load_all_cells(guest, None).unwrap(), [], "{guest}");
    }
    assert_eq!(reader.load_all_cells("ada", None).unwrap().len(), 1);
    let players: Vec<_> = reader
        .list_players(None, 9)
        .unwrap()
        .into_iter()
        .map(|row| row.player)
        .collect();
    assert_eq!(players, ["ada"]);
    assert_eq!(
        reader.list_timeline("guest", None).unwrap(),
        [event("guest", "a", 1)]
    );
}

pub fn derived_rows_are_replaced_as_a_whole(store: &dyn Store) {
    install(store);
    let whole = |player: &str, id: &str, cell: u32| ChangeSet {
        header: id.into(),
        cells: vec![(cell, String::new(), Some(id.into()))],
        checkpoints: vec![CheckpointRow {
            at: at(i64::from(cell)),
            state: id.into(),
        }],
        awards: vec![award(player, "teacher", "", id, 1)],
        balances: vec![(if cell == 1 { "coins" } else { "reputation" }.to_owned(), 5)],
        unlocks: vec![unlock(if cell == 1 { "chat" } else { "edit" }, true, 1)],
        ..with_events(player, vec![event(player, id, i64::from(cell))])
    };
    write(store, &[whole("ada", "a", 1), whole("bob", "a", 1)]);
    write(
        store,
        &[ChangeSet {
            replace_derived: true,
            ..whole("ada", "b", 2)
        }],
    );
    for (player, events, id, cell) in [("ada", 2, "b", 2), ("bob", 1, "a", 1)] {
        let mut reader = reader(store);
        let expected = whole(player, id, cell);
        assert_eq!(
            reader.load_headers(&[player]).unwrap(),
            [Some(expected.header)],
            "{player}"
        );
        assert_eq!(
            reader
                .load_all_cells(player, None)
                .unwrap()
                .iter()
                .map(|row| row.slot)
                .collect::<Vec<_>>(),
            [cell]
        );
        assert_eq!(
            reader
                .find_checkpoint_before(player, at(2))
                .unwrap()
                .is_some(),
            cell == 1,
            "{player}"
        );
        assert_eq!(
            reader.find_checkpoint_before(player, at(9)).unwrap(),
            expected.checkpoints.first().cloned()
        );
        assert_eq!(reader.list_awards(player).unwrap(), expected.awards);
        assert_eq!(reader.list_balances(player).unwrap(), expected.balances);
        assert_eq!(reader.list_unlocks(player).unwrap(), expected.unlocks);
        assert_eq!(
            reader.list_timeline(player, None).unwrap().len(),
            events,
            "events of {player} stay"
        );
    }
}

pub fn s10_players_are_due_in_order_of_time_and_id(store: &dyn Store) {
    let due = |player: &str, due| ChangeSet {
        summary: Some(PlayerSummary {
            next_timer_at: due,
            ..PlayerSummary::default()
        }),
        ..changes(player)
    };
    let [first, last] = ends_of_time();
    write(
        store,
        &[
            due("zoe", Some(first)),
            due("bob", Some(at(5))),
            due("ada", Some(at(5))),
            due("Ada", Some(at(6))),
        ],
    );
    write(
        store,
        &[
            due("eve", Some(last)),
            due("carl", None),
            due("dan", Some(at(1))),
        ],
    );
    write(store, &[due("dan", None)]);
    let all = [
        (first, "zoe"),
        (at(5), "ada"),
        (at(5), "bob"),
        (at(6), "Ada"),
        (last, "eve"),
    ]
    .map(|(at, player)| (at, player.to_owned()));
    for (until, limit, expected) in [
        (last, usize::MAX, &all[..]),
        (at(6), 9, &all[..4]),
        (at(5), 9, &all[..3]),
        (at(4), 9, &all[..1]),
        (last, 2, &all[..2]),
        (last, 0, &[]),
    ] {
        assert_eq!(
            reader(store).list_due_players(until, limit).unwrap(),
            expected,
            "until {until}, at most {limit}"
        );
    }
    assert_eq!(
        reader(store).list_players(Some("zo"), 1).unwrap()[0]
            .summary
            .next_timer_at,
        Some(first)
    );
}

pub fn s19_a_guest_belongs_to_one_player_at_a_time(store: &dyn Store) {
    let alias = |guest: &str, player: &str, seconds| AliasRow {
        guest: guest.into(),
        player: player.into(),
        action_id: format!("merge {guest}"),
        merged_at: at(seconds),
    };
    let put = |alias: &AliasRow| commit(store, |transaction| transaction.put_alias(alias).unwrap());
    let [late, early, moved, others] = [
        alias("a", "ada", 9),
        alias("b", "ada", 1),
        alias("c", "bob", 5),
        alias("d", ODD[0], 5),
    ];
    for row in [&late, &early, &alias("c", "ada", 2), &moved, &others] {
        put(row);
    }
    let found = reader(store)
        .find_merge_targets(&["c", "missing", "a", "ada", "c", "d"])
        .unwrap();
    assert_eq!(
        found.iter().map(Option::as_deref).collect::<Vec<_>>(),
        [
            Some("bob"),
            None,
            Some("ada"),
            None,
            Some("bob"),
            Some(ODD[0])
        ]
    );
    assert_eq!(
        reader(store).list_guests("ada").unwrap(),
        [early.clone(), late]
    );
    assert_eq!(reader(store).list_guests("bob").unwrap(), [moved]);
    assert_eq!(reader(store).list_guests("a").unwrap(), []);
    commit(store, |transaction| {
        ["a", "never was"]
            .into_iter()
            .for_each(|guest| transaction.delete_alias(guest).unwrap())
    });
    assert_eq!(
        reader(store).find_merge_targets(&["a", "b"]).unwrap(),
        [None, Some("ada".to_owned())]
    );
    assert_eq!(reader(store).list_guests("ada").unwrap(), [early]);
}
