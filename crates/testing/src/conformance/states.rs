//! Headers, cells and checkpoints (S21).

use accolade::store::{CellAddress, CellRow, ChangeSet, CheckpointRow, Store};

use super::fixture::{ODD, at, changes, ends_of_time, long_id, pages, reader, write};

pub fn headers_come_back_at_their_positions(store: &dyn Store) {
    let header = |player: &str, header: &[u8]| ChangeSet {
        header: header.into(),
        ..changes(player)
    };
    let bytes: Vec<u8> = (0..=255).cycle().take(20_000).collect();
    write(
        store,
        &[
            header("ada", b"first"),
            header("bob", &bytes),
            header("eve", b""),
        ],
    );
    write(store, &[header("ada", b"\0second")]);
    let found = reader(store)
        .load_headers(&["bob", "missing", "ada", "eve", "bob"])
        .unwrap();
    assert_eq!(
        found,
        [
            Some(bytes.clone()),
            None,
            Some(b"\0second".into()),
            Some(Vec::new()),
            Some(bytes)
        ]
    );
    assert_eq!(
        reader(store).load_headers(&[]).unwrap(),
        Vec::<Option<Vec<u8>>>::new()
    );
}

pub fn cells_come_back_at_their_positions(store: &dyn Store) {
    let long = long_id();
    let keys: Vec<&str> = ODD.into_iter().chain(["", &long]).collect();
    let put = |player: &str| ChangeSet {
        header: b"header".into(),
        cells: keys
            .iter()
            .map(|key| (7, key.to_string(), Some(format!("{player} {key}").into())))
            .collect(),
        ..changes(player)
    };
    write(store, &[put("ada"), put("bob")]);
    for player in ["ada", "bob"] {
        let places: Vec<_> = keys
            .iter()
            .map(|key| CellAddress {
                player,
                slot: 7,
                key,
            })
            .collect();
        let expected: Vec<_> = keys
            .iter()
            .map(|key| Some(format!("{player} {key}").into_bytes()))
            .collect();
        assert_eq!(reader(store).load_cells(&places).unwrap(), expected);
    }
    let [here, other_slot, other_key, other_player] = [
        ("ada", 7, ""),
        ("ada", 0, ""),
        ("ada", 7, "?"),
        ("eve", 7, ""),
    ]
    .map(|(player, slot, key)| CellAddress { player, slot, key });
    let found = reader(store)
        .load_cells(&[other_slot, here, other_key, other_player, here])
        .unwrap();
    let expected = Some(b"ada ".to_vec());
    assert_eq!(found, [None, expected.clone(), None, None, expected]);
}

pub fn cells_are_put_and_dropped_one_by_one(store: &dyn Store) {
    write(
        store,
        &[with_cells(
            "ada",
            &[
                (1, "a", Some("1")),
                (1, "b", Some("2")),
                (2, "a", Some("3")),
            ],
        )],
    );
    write(
        store,
        &[with_cells(
            "ada",
            &[
                (1, "a", None),
                (1, "b", Some("4")),
                (9, "never", None),
                (0, "c", Some("")),
            ],
        )],
    );
    assert_eq!(
        cells(store, "ada", None),
        [cell(0, "c", ""), cell(1, "b", "4"), cell(2, "a", "3")]
    );
}

pub fn replacing_drops_all_cells_of_that_player_first(store: &dyn Store) {
    for player in ["ada", "bob"] {
        write(
            store,
            &[with_cells(
                player,
                &[(1, "a", Some("1")), (2, "b", Some("2"))],
            )],
        );
    }
    let replacing = ChangeSet {
        replace_cells: true,
        header: b"new".into(),
        ..with_cells("ada", &[(2, "b", Some("3")), (3, "c", Some("4"))])
    };
    write(store, &[replacing]);
    assert_eq!(
        cells(store, "ada", None),
        [cell(2, "b", "3"), cell(3, "c", "4")]
    );
    assert_eq!(
        cells(store, "bob", None),
        [cell(1, "a", "1"), cell(2, "b", "2")]
    );
    assert_eq!(
        reader(store).load_headers(&["ada"]).unwrap(),
        [Some(b"new".into())]
    );
}

pub fn cells_are_listed_in_order_of_slot_and_key(store: &dyn Store) {
    let unordered = [
        (u32::MAX, "", Some("6")),
        (2, "é", Some("5")),
        (2, "a", Some("4")),
        (2, "B", Some("3")),
        (0, "z", Some("1")),
    ];
    write(
        store,
        &[
            with_cells("ada", &unordered),
            with_cells("adam", &[(2, "a", Some("x"))]),
        ],
    );
    let sorted = [
        cell(0, "z", "1"),
        cell(2, "B", "3"),
        cell(2, "a", "4"),
        cell(2, "é", "5"),
        cell(u32::MAX, "", "6"),
    ];
    assert_eq!(cells(store, "ada", None), sorted);
    assert_eq!(cells(store, "ada", Some(2)), sorted[1..4]);
    assert_eq!(cells(store, "ada", Some(u32::MAX)), sorted[4..]);
    assert_eq!(cells(store, "ada", Some(1)), []);
    assert_eq!(cells(store, "bob", None), []);
}

pub fn a_checkpoint_lies_strictly_before_the_instant(store: &dyn Store) {
    let [first, last] = ends_of_time();
    let checkpoints = [first, at(10), at(20), last].map(checkpoint);
    write(
        store,
        &[
            ChangeSet {
                checkpoints: checkpoints.to_vec(),
                ..changes("ada")
            },
            changes("bob"),
        ],
    );
    for (before, expected) in [
        (first, None),
        (at(10), Some(0)),
        (at(11), Some(1)),
        (at(20), Some(1)),
        (last, Some(2)),
    ] {
        let found = reader(store).find_checkpoint_before("ada", before).unwrap();
        assert_eq!(
            found,
            expected.map(|index: usize| checkpoints[index].clone()),
            "before {before}"
        );
    }
    assert_eq!(
        reader(store).find_checkpoint_before("bob", last).unwrap(),
        None
    );
}

pub fn checkpoints_are_dropped_before_new_ones_are_put(store: &dyn Store) {
    let all = |player: &str| ChangeSet {
        checkpoints: [1, 2, 3, 4, 5].map(|s| checkpoint(at(s))).into(),
        ..changes(player)
    };
    let fresh = CheckpointRow {
        at: at(6),
        state: b"fresh".into(),
    };
    write(store, &[all("ada"), all("bob")]);
    write(
        store,
        &[ChangeSet {
            drop_checkpoints: vec![at(2), at(3)],
            drop_checkpoints_from: Some(at(4)),
            checkpoints: vec![fresh.clone()],
            ..changes("ada")
        }],
    );
    let left = pages(1, |last: Option<&CheckpointRow>| {
        let before = last.map_or(at(100), |checkpoint| checkpoint.at);
        Vec::from_iter(reader(store).find_checkpoint_before("ada", before).unwrap())
    });
    assert_eq!(left, [fresh, checkpoint(at(1))]);
    assert_eq!(
        reader(store)
            .find_checkpoint_before("bob", at(100))
            .unwrap(),
        Some(checkpoint(at(5)))
    );
}

fn checkpoint(at: accolade_core::time::Timestamp) -> CheckpointRow {
    CheckpointRow {
        at,
        state: at.to_string().into_bytes(),
    }
}

fn with_cells(player: &str, cells: &[(u32, &str, Option<&str>)]) -> ChangeSet {
    let cells = cells
        .iter()
        .map(|&(slot, key, value)| (slot, key.to_owned(), value.map(Into::into)))
        .collect();
    ChangeSet {
        cells,
        ..changes(player)
    }
}

fn cells(store: &dyn Store, player: &str, slot: Option<u32>) -> Vec<CellRow> {
    reader(store).load_all_cells(player, slot).unwrap()
}

fn cell(slot: u32, key: &str, value: &str) -> CellRow {
    CellRow {
        slot,
        key: key.into(),
        value: value.into(),
    }
}
