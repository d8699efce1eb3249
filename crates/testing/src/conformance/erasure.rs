//! Erasure of players (S22).

use accolade::RuleKind;
use accolade::store::{
    AliasRow, AwardRow, ChangeSet, CheckpointRow, ErasedRows, ErasedTotals, LedgerRow, OutcomeRow,
    PlayerSummary, RuleErrorRow, Store,
};

use super::fixture::{
    at, award, changes, commit, entry, event, install, outcome, reader, unlock, with_events, write,
};

/// Writes rows of every kind for each player, including two outcomes of which one is pruned.
fn fill(store: &dyn Store, players: &[&str]) {
    let outcomes = |seconds| -> Vec<OutcomeRow> {
        let recorded = |player: &&str| OutcomeRow {
            recorded_at: at(seconds),
            ..outcome(player, "teacher")
        };
        players.iter().map(recorded).collect()
    };
    commit(store, |transaction| {
        transaction.append_outcomes(&outcomes(2)).unwrap();
        transaction.prune_feed(at(5)).unwrap();
        transaction.append_outcomes(&outcomes(9)).unwrap();
    });
    players.iter().for_each(|player| fill_one(store, player));
}

fn fill_one(store: &dyn Store, player: &str) {
    let whole = ChangeSet {
        summary: Some(PlayerSummary {
            event_count: 2,
            next_timer_at: Some(at(7)),
            ..PlayerSummary::default()
        }),
        header: b"header".into(),
        cells: vec![(1, "key".into(), Some(b"cell".into()))],
        checkpoints: vec![CheckpointRow {
            at: at(1),
            state: b"state".into(),
        }],
        awards: vec![
            award(player, "teacher", "", "1", 1),
            award(player, "teacher", "", "2", 1),
            AwardRow {
                revoked_at: Some(at(2)),
                ..award(player, "commentator", "", "", 1)
            },
        ],
        balances: vec![("coins".into(), 5), ("reputation".into(), 3)],
        unlocks: vec![unlock("edit", true, 1)],
        ledger: vec![
            LedgerRow {
                currency: "coins".into(),
                ..entry(1, 1, 5)
            },
            entry(2, 1, 10),
            entry(3, 2, -7),
        ],
        ..with_events(player, vec![event(player, "a", 1), event(player, "b", 2)])
    };
    write(store, &[whole]);
    commit(store, |transaction| {
        for (guest, player) in [
            (format!("guest of {player}"), player.to_owned()),
            (player.to_owned(), "host".to_owned()),
        ] {
            transaction
                .put_alias(&AliasRow {
                    guest,
                    player,
                    action_id: "merge".into(),
                    merged_at: at(3),
                })
                .unwrap();
        }
    });
}

fn erase(store: &dyn Store, player: &str) -> ErasedRows {
    commit(store, |transaction| {
        transaction
            .erase_player(player, Some(player.as_bytes()), at(9))
            .unwrap()
    })
}

/// Counts the rows of a player by kind.
fn rows(store: &dyn Store, player: &str) -> Vec<(&'static str, usize)> {
    let mut reader = reader(store);
    let host = reader
        .list_guests("host")
        .unwrap()
        .iter()
        .any(|row| row.guest == player);
    let earned = reader.list_earners("teacher", None, 99).unwrap();
    vec![
        ("events", reader.list_timeline(player, None).unwrap().len()),
        (
            "events by id",
            reader
                .find_events(&[(player, "b")])
                .unwrap()
                .iter()
                .flatten()
                .count(),
        ),
        (
            "players",
            reader
                .list_players(None, 99)
                .unwrap()
                .iter()
                .filter(|row| row.player == player)
                .count(),
        ),
        (
            "due",
            reader
                .list_due_players(at(99), 99)
                .unwrap()
                .iter()
                .filter(|(_, due)| due == player)
                .count(),
        ),
        (
            "header",
            reader
                .load_headers(&[player])
                .unwrap()
                .iter()
                .flatten()
                .count(),
        ),
        ("cells", reader.load_all_cells(player, None).unwrap().len()),
        (
            "checkpoints",
            usize::from(
                reader
                    .find_checkpoint_before(player, at(99))
                    .unwrap()
                    .is_some(),
            ),
        ),
        ("awards", reader.list_awards(player).unwrap().len()),
        (
            "earned",
            earned.iter().filter(|row| row.player == player).count(),
        ),
        (
            "ledger",
            reader.list_ledger_after(player, None).unwrap().len(),
        ),
        ("balances", reader.list_balances(player).unwrap().len()),
        ("unlocks", reader.list_unlocks(player).unwrap().len()),
        (
            "outcomes",
            reader.list_recent_outcomes(player, 99).unwrap().len(),
        ),
        (
            "feed",
            reader
                .list_outcomes(0, 99)
                .unwrap()
                .iter()
                .filter(|(_, row)| row.player == player)
                .count(),
        ),
        ("nets", reader.load_feed_totals(player).unwrap().len()),
        ("guests", reader.list_guests(player).unwrap().len()),
        ("alias", usize::from(host)),
    ]
}

pub fn s22_nothing_of_an_erased_player_is_left_and_others_keep_everything(store: &dyn Store) {
    install(store);
    fill(store, &["ada", "adam"]);
    let before = rows(store, "adam");
    assert!(before.iter().all(|(_, count)| *count > 0), "{before:?}");
    let gone = ErasedRows {
        events: 2,
        ledger: 3,
        awards: 3,
        outcomes: 1,
        derived: 9,
    };
    assert_eq!(erase(store, "ada"), gone);
    let left = rows(store, "ada");
    assert!(left.iter().all(|(_, count)| *count == 0), "{left:?}");
    assert_eq!(rows(store, "adam"), before);
    assert_eq!(erase(store, "ada"), ErasedRows::default());
    write(store, &[with_events("ada", vec![event("ada", "a", 1)])]);
    assert_eq!(
        reader(store).list_timeline("ada", None).unwrap(),
        [event("ada", "a", 1)]
    );
}

pub fn s22_totals_keep_the_sums_of_erased_players(store: &dyn Store) {
    assert_eq!(
        reader(store).erased_totals().unwrap(),
        ErasedTotals::default()
    );
    install(store);
    for (player, times) in [("ada", 1), ("bob", 2)] {
        fill(store, &[player]);
        erase(store, player);
        let expected = ErasedTotals {
            players: times,
            events: 2 * times,
            awards: vec![("teacher".into(), 2 * times)],
            points: vec![
                ("coins".into(), 5 * times as i64),
                ("reputation".into(), 3 * times as i64),
            ],
        };
        assert_eq!(
            reader(store).erased_totals().unwrap(),
            expected,
            "after {player}"
        );
        erase(store, player);
        assert_eq!(
            reader(store).erased_totals().unwrap(),
            expected,
            "after {player} once more"
        );
    }
}

pub fn s22_totals_saturate_and_never_prevent_an_erasure(store: &dyn Store) {
    install(store);
    for player in ["ada", "bob"] {
        let ledger = vec![entry(1, 1, i64::MAX), entry(2, 1, 5), entry(3, 1, -5)];
        write(
            store,
            &[ChangeSet {
                ledger,
                ..changes(player)
            }],
        );
        erase(store, player);
        assert_eq!(
            reader(store).erased_totals().unwrap().points,
            [("reputation".to_owned(), i64::MAX)]
        );
    }
}

pub fn s22_an_erased_player_is_found_by_their_keyed_hash(store: &dyn Store) {
    let [zero, one, other] = [vec![0, 255], vec![0, 255, 0], vec![]];
    let marks = [one.clone(), other, zero.clone(), one.clone()];
    assert_eq!(reader(store).are_erased(&marks).unwrap(), [false; 4]);
    write(store, &[changes("ada")]);
    commit(store, |transaction| {
        transaction.erase_player("ada", Some(&one), at(1)).unwrap()
    });
    commit(store, |transaction| {
        transaction.erase_player("ada", Some(&one), at(2)).unwrap()
    });
    assert_eq!(
        reader(store).are_erased(&marks).unwrap(),
        [true, false, false, true]
    );
}

pub fn s22_a_rule_error_forgets_an_erased_player(store: &dyn Store) {
    let error = |id: &str, player: &str, message: &str| RuleErrorRow {
        kind: RuleKind::Badge,
        id: id.into(),
        count: 3,
        message: message.into(),
        player: player.into(),
        event: if player.is_empty() {
            String::new()
        } else {
            "e".into()
        },
    };
    let adams = error("b", "adam", "5 is not 7");
    commit(store, |transaction| {
        transaction
            .add_rule_errors(&[error("a", "ada", "ada@home"), adams.clone()])
            .unwrap()
    });
    erase(store, "ada");
    assert_eq!(
        reader(store).list_rule_errors().unwrap(),
        [error("a", "", "erased"), adams]
    );
}
