//! Erased players: none of their data can be read from the file.

use std::fs;

use accolade::store::{
    AliasRow, AuditRow, CheckpointRow, OutcomeRow, RuleErrorRow, Store, StoreWriter, Transaction,
    Trigger,
};
use accolade::{OutcomeKind, RuleKind};

use super::{at, commit, event, folder};
use crate::SqliteStore;

/// Player to erase.
const ZEBRA: &str = "zebra-the-player";
/// Part of all data about the player.
const MARKER: &str = "what-the-zebra-said";

/// Finds the player's data in the files. Returns the places and the numbers of occurrences.
fn traces(path: &str) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    for file in [path.to_owned(), format!("{path}-wal")] {
        let bytes = fs::read(&file).unwrap_or_default();
        for trace in [ZEBRA, MARKER] {
            let count = bytes
                .windows(trace.len())
                .filter(|window| *window == trace.as_bytes())
                .count();
            found.push((format!("{trace} in {file}"), count));
        }
    }
    found.retain(|(_, count)| *count > 0);
    found
}

/// Generator of pseudorandom numbers.
struct RandomNumbers(u64);

impl RandomNumbers {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    fn text(&mut self, start: &str, longest: u64) -> String {
        let length = usize::try_from(self.below(longest)).unwrap();
        format!("{start}{}", ".".repeat(length))
    }
}

/// Writes a long history of several players in random order, so that rows move between pages.
fn write_history(writer: &mut dyn StoreWriter, players: u64) {
    let mut random = RandomNumbers(players);
    for batch in 0..150 {
        let mut transaction = writer.begin_transaction(&[]).unwrap();
        for number in 0..20 {
            let who = random.below(players);
            let (player, said) = if who == 0 {
                (ZEBRA.to_owned(), MARKER)
            } else {
                (format!("player-{who}"), "hello")
            };
            write_one(
                &mut *transaction,
                &player,
                said,
                &format!("{batch}-{number} of {player}"),
                &mut random,
            );
        }
        transaction.commit().unwrap();
    }
}

fn write_one(
    transaction: &mut (dyn Transaction + '_),
    player: &str,
    said: &str,
    id: &str,
    random: &mut RandomNumbers,
) {
    let mut changes = event(player, id);
    let moment = at(random.below(100_000).cast_signed());
    changes.events[0].event.at = moment;
    changes.events[0]
        .event
        .props
        .insert("text", random.text(said, 300).as_str());
    changes.header = random.text(said, 900).into_bytes();
    let mut cell = || {
        let value = random.text(said, 400);
        (
            3,
            random.below(40).to_string(),
            (random.below(10) > 0).then(|| value.into_bytes()),
        )
    };
    changes.cells = (0..5).map(|_| cell()).collect();
    if random.below(4) == 0 {
        changes.drop_checkpoints_from = Some(at(random.below(100_000).cast_signed()));
        changes.checkpoints = vec![CheckpointRow {
            at: moment,
            state: random.text(said, 9000).into_bytes(),
        }];
    }
    transaction.write_changes(&changes).unwrap();
    transaction
        .append_outcomes(&[outcome(player, said)])
        .unwrap();
}

fn outcome(player: &str, said: &str) -> OutcomeRow {
    OutcomeRow {
        player: player.into(),
        kind: OutcomeKind::BadgeAwarded,
        subject: "teacher".into(),
        detail: format!(r#"{{"key":"{said}"}}"#),
        at: at(1),
        event: "e".into(),
        trigger: Trigger::Event,
        caused_by: None,
        recorded_at: at(2),
    }
}

/// Writes rows of all other kinds that can contain the player's data.
fn write_other_rows(transaction: &mut (dyn Transaction + '_)) {
    for (guest, player) in [(ZEBRA, "host"), ("guest", ZEBRA)] {
        let alias = AliasRow {
            guest: guest.into(),
            player: player.into(),
            action_id: MARKER.into(),
            merged_at: at(1),
        };
        transaction.put_alias(&alias).unwrap();
    }
    transaction.prune_feed(at(3)).unwrap();
    transaction
        .append_outcomes(&[outcome(ZEBRA, MARKER)])
        .unwrap();
    let error = RuleErrorRow {
        kind: RuleKind::Badge,
        id: "teacher".into(),
        count: 1,
        message: MARKER.into(),
        player: ZEBRA.into(),
        event: MARKER.into(),
    };
    transaction.add_rule_errors(&[error]).unwrap();
    let entry = AuditRow {
        at: at(1),
        actor: "grace".into(),
        action: "accolade.award".into(),
        player: Some(ZEBRA.into()),
        subject: format!("for-{ZEBRA}"),
        detail: format!(r#"{{"reason":"{MARKER}"}}"#),
    };
    transaction.append_audit(&[entry]).unwrap();
}

#[test]
fn s22_nothing_of_an_erased_player_can_be_read_from_the_file() {
    let (_folder, path) = folder();
    let store = SqliteStore::open(&path).unwrap();
    write_history(&mut *store.open_writer().unwrap(), 8);
    let mut writer = store.open_writer().unwrap();
    commit(&store, write_other_rows);
    assert_eq!(
        traces(&path).len(),
        4,
        "both are in the file and in its log"
    );
    let mut transaction = writer.begin_transaction(&[ZEBRA]).unwrap();
    transaction
        .erase_player(ZEBRA, Some(b"mark"), at(9))
        .unwrap();
    transaction.commit().unwrap();
    assert_eq!(traces(&path), []);
}

#[test]
fn s22_the_log_is_cleared_once_its_readers_finish() {
    let (_folder, path) = folder();
    let store = SqliteStore::open(&path).unwrap();
    let mut writer = store.open_writer().unwrap();
    commit(&store, |transaction| {
        transaction.write_changes(&event(ZEBRA, MARKER)).unwrap()
    });
    let reading = rusqlite::Connection::open(&path).unwrap();
    reading
        .execute_batch("BEGIN; SELECT count(*) FROM events")
        .unwrap();
    let mut transaction = writer.begin_transaction(&[ZEBRA]).unwrap();
    transaction
        .erase_player(ZEBRA, Some(b"mark"), at(9))
        .unwrap();
    transaction.commit().unwrap();
    assert!(
        !traces(&path).is_empty(),
        "a reader still uses the old snapshot"
    );
    drop(reading);
    writer.begin_transaction(&[]).unwrap().commit().unwrap();
    assert_eq!(traces(&path), []);
}

#[test]
fn s22_a_rewritten_file_has_no_slack() {
    for players in 15..25 {
        let (_folder, path) = folder();
        let store = SqliteStore::open(&path).unwrap();
        write_history(&mut *store.open_writer().unwrap(), players);
        commit(&store, |transaction| {
            _ = transaction
                .erase_player(ZEBRA, Some(b"mark"), at(9))
                .unwrap()
        });
        let before = store.open_reader().unwrap().count_rows().unwrap();
        store.vacuum().unwrap();
        assert_eq!(traces(&path), [], "among {players} players");
        assert_eq!(store.open_reader().unwrap().count_rows().unwrap(), before);
    }
}
