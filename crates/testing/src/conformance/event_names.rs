//! Names of recorded events.

use accolade::store::{ChangeSet, EventNameRow, EventNameSelection, EventRow, Store};
use accolade_core::names::acts;

use super::fixture::{ODD, at, changes, commit, event, long_id, pages, reader, with_events, write};

/// Returns an event with a name and an instant of recording.
fn named(player: &str, id: &str, name: &str, recorded: i64) -> EventRow {
    let mut row = event(player, id, 1);
    name.clone_into(&mut row.event.name);
    row.recorded_at = at(recorded);
    row
}

fn row(name: &str, events: u64, recorded: [i64; 2], last: Option<(&str, &str)>) -> EventNameRow {
    EventNameRow {
        name: name.into(),
        events,
        first_recorded_at: at(recorded[0]),
        last_recorded_at: at(recorded[1]),
        last_event: last.map(|(player, event)| (player.to_owned(), event.to_owned())),
    }
}

fn all(store: &dyn Store) -> Vec<EventNameRow> {
    let selection = EventNameSelection {
        limit: 99,
        ..EventNameSelection::default()
    };
    reader(store).list_event_names(selection).unwrap()
}

/// Checks that the stored numbers are those of the recorded events.
fn assert_correct(store: &dyn Store) {
    let differences = reader(store).find_event_name_differences().unwrap();
    assert!(differences.is_empty(), "{differences:?}");
}

pub fn events_are_counted_by_name(store: &dyn Store) {
    assert!(all(store).is_empty());
    let batch = [
        with_events(
            "ada",
            vec![named("ada", "a", "visit", 1), named("ada", "b", "post", 1)],
        ),
        changes("cid"),
        with_events("bob", vec![named("bob", "a", "visit", 1)]),
    ];
    commit(store, |transaction| transaction.write_all(&batch).unwrap());
    let retracted = EventRow {
        retracted_by: Some("r".into()),
        ..named("ada", "c", "visit", 5)
    };
    write(store, &[with_events("ada", vec![retracted])]);
    let visit = row("visit", 3, [1, 5], Some(("ada", "c")));
    let post = row("post", 1, [1, 1], Some(("ada", "b")));
    assert_eq!(all(store), [visit.clone(), post.clone()]);
    let mut reader = reader(store);
    assert_eq!(reader.count_event_names().unwrap(), 2);
    assert_eq!(
        reader
            .find_event_names(&["post", "absent", "visit", "post"])
            .unwrap(),
        [Some(post.clone()), None, Some(visit), Some(post)]
    );
    assert_correct(store);
}

pub fn manual_actions_are_not_counted_by_name(store: &dyn Store) {
    let rows = vec![
        named("ada", "a", acts::AWARD, 1),
        named("ada", "b", "accolade", 1),
        named("ada", "c", "Accolade.award", 1),
    ];
    write(store, &[with_events("ada", rows)]);
    let names: Vec<String> = all(store).into_iter().map(|row| row.name).collect();
    assert_eq!(names, ["Accolade.award", "accolade"]);
    assert_correct(store);
}

pub fn event_names_come_in_pages_most_frequent_first(store: &dyn Store) {
    let mut rows = Vec::new();
    for (name, times) in [("b", 2), ("a", 2), ("c", 3), ("d", 1), ("e", 2)] {
        rows.extend((0..times).map(|time| named("ada", &format!("{name}{time}"), name, 1)));
    }
    write(store, &[with_events("ada", rows)]);
    let mut reader = reader(store);
    for size in 1..7 {
        let names = |except: &[&str], reader: &mut dyn accolade::store::StoreReader| {
            let seen = pages(size, |last: Option<&EventNameRow>| {
                let selection = EventNameSelection {
                    except,
                    after: last.map(|row| (row.events, row.name.as_str())),
                    limit: size,
                    ..EventNameSelection::default()
                };
                reader.list_event_names(selection).unwrap()
            });
            seen.into_iter().map(|row| row.name).collect::<String>()
        };
        assert_eq!(names(&[], &mut *reader), "cabed", "{size}");
        assert_eq!(names(&["b", "c", "x"], &mut *reader), "aed", "{size}");
    }
}

pub fn event_names_are_found_by_a_part_in_either_case(store: &dyn Store) {
    let mut texts = ODD.map(str::to_owned).to_vec();
    texts.push(long_id());
    let rows = texts
        .iter()
        .map(|text| named("ada", text, text, 1))
        .collect();
    write(store, &[with_events("ada", rows)]);
    let mut reader = reader(store);
    for (contains, expected) in [
        ("drop table", 1),
        ("ZO", 1),
        ("ZOË", 0),
        ("zoë", 1),
        ("%", 1),
        ("_", 1),
        ("\"", 1),
        ("absent", 0),
        ("", texts.len()),
    ] {
        let selection = EventNameSelection {
            contains,
            limit: 99,
            ..EventNameSelection::default()
        };
        let found = reader.list_event_names(selection).unwrap();
        assert_eq!(found.len(), expected, "{contains}: {found:?}");
    }
    let except: Vec<&str> = texts.iter().map(String::as_str).collect();
    let selection = EventNameSelection {
        except: &except,
        limit: 99,
        ..EventNameSelection::default()
    };
    assert!(reader.list_event_names(selection).unwrap().is_empty());
}

pub fn a_recount_changes_nothing_that_is_correct(store: &dyn Store) {
    for (id, name, recorded) in [
        ("b", "visit", 2),
        ("a", "visit", 4),
        ("c", "post", 3),
        ("d", acts::AWARD, 5),
    ] {
        write(
            store,
            &[with_events("ada", vec![named("ada", id, name, recorded)])],
        );
    }
    let before = all(store);
    assert_eq!(before[0], row("visit", 2, [2, 4], Some(("ada", "a"))));
    commit(store, |transaction| {
        transaction.recount_event_names().unwrap()
    });
    assert_eq!(all(store), before);
    assert_correct(store);
}

pub fn a_dropped_transaction_counts_no_event_names(store: &dyn Store) {
    write(
        store,
        &[with_events("ada", vec![named("ada", "a", "visit", 1)])],
    );
    let before = all(store);
    let mut writer = store.open_writer().unwrap();
    let mut transaction = writer.begin_transaction(&[]).unwrap();
    let more = vec![named("ada", "b", "visit", 2), named("ada", "c", "post", 2)];
    let more = ChangeSet {
        events: more,
        ..changes("ada")
    };
    transaction.write_changes(&more).unwrap();
    assert_eq!(transaction.count_event_names().unwrap(), 2);
    drop(transaction);
    assert_eq!(all(store), before);
    assert_correct(store);
}

pub fn s22_event_names_forget_an_erased_player(store: &dyn Store) {
    let shared = |player: &str, recorded| {
        let rows = vec![
            named(player, "a", "visit", recorded),
            named(player, "b", "visit", recorded),
        ];
        with_events(player, rows)
    };
    let own = vec![
        named("ada", "c", "only ada does this", 2),
        named("ada", "d", acts::AWARD, 2),
    ];
    write(
        store,
        &[shared("bob", 1), shared("ada", 2), with_events("ada", own)],
    );
    commit(store, |transaction| {
        transaction
            .erase_player("ada", Some(b"ada"), at(9))
            .unwrap()
    });
    assert_eq!(all(store), [row("visit", 2, [1, 2], None)]);
    assert_eq!(reader(store).count_event_names().unwrap(), 1);
    assert_correct(store);
    write(
        store,
        &[with_events("bob", vec![named("bob", "c", "visit", 7)])],
    );
    assert_eq!(all(store), [row("visit", 3, [1, 7], Some(("bob", "c")))]);
}
