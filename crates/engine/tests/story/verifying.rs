//! The report does not depend on the number of threads, and a repair covers all differences.

use accolade::store::{ChangeSet, OutcomeRow, Store, Trigger};
use accolade::{
    CancellationToken, Catalog, Difference, Engine, Error, NewEvent, OutcomeKind, Timestamp,
    VerifyReport,
};
use accolade_testing::MemoryStore;

const CATALOG: &str = r#"
    [[currency]]
    id = "xp"

    [[earning]]
    id = "visited"
    on = "visit"
    points = { xp = 1 }
"#;

/// Creates a database with more players than a thread takes at a time. Every third has a wrong
/// balance: one more difference than a report lists.
fn damaged_engine() -> Engine {
    damaged_store().0
}

fn damaged_store() -> (Engine, MemoryStore) {
    let store = MemoryStore::new();
    let engine = Engine::open(store.clone(), Catalog::from_toml(CATALOG).unwrap()).unwrap();
    let player = |number: usize| format!("player-{number:04}");
    let visits = (0..3_003)
        .map(|number| NewEvent::new(player(number), "visit"))
        .collect();
    assert!(
        engine
            .record_many(visits)
            .wait()
            .unwrap()
            .iter()
            .all(Result::is_ok)
    );
    let mut writer = store.open_writer().unwrap();
    let mut tx = writer.begin_transaction(&[]).unwrap();
    for number in (0..3_003).step_by(3) {
        let player = player(number);
        let header = tx.load_headers(&[&player]).unwrap().remove(0).unwrap();
        let (summary, balances) = (
            tx.find_summary(&player).unwrap(),
            vec![("xp".to_owned(), 99)],
        );
        tx.write_changes(&ChangeSet {
            player,
            summary,
            header,
            balances,
            ..ChangeSet::default()
        })
        .unwrap();
    }
    tx.commit().unwrap();
    (engine, store)
}

#[test]
fn s6_the_report_does_not_depend_on_the_number_of_threads() {
    let engine = damaged_engine();
    let never = CancellationToken::new();
    let report = |threads| {
        engine
            .maintenance()
            .verify_on_threads(threads, never.clone(), |_| {})
            .wait()
            .unwrap()
    };
    let one = report(1);
    let VerifyReport {
        players,
        events,
        behind,
        count,
        differences,
        ..
    } = &one;
    assert_eq!(
        (*players, *events, *behind, *count, differences.len()),
        (3_003, 3_003, 0, 1_001, 1_000)
    );
    assert!(differences.is_sorted_by(|one, other| one.player < other.player));
    for threads in [2, 3, 7] {
        assert_eq!(report(threads), one, "{threads}");
    }
}

#[test]
fn a_repair_fixes_all_differences_not_only_those_in_the_report() {
    let engine = damaged_engine();
    let report = engine.maintenance().repair(|_| {}).wait().unwrap();
    assert_eq!(
        (report.count, report.repaired, report.remaining_count),
        (1_001, 1_001, 0)
    );
    assert_eq!(
        engine
            .maintenance()
            .verify(|_| {})
            .wait()
            .unwrap()
            .differences,
        Vec::<Difference>::new()
    );
}

#[test]
fn a_repair_lists_the_first_1_000_differences_left() {
    let (engine, store) = damaged_store();
    // Outcomes that cannot be read remain. Half of the players have a wrong balance, too, so both
    // checks of the repair list differences that remain.
    let unreadable: Vec<OutcomeRow> = (0..2_400)
        .filter(|number| number % 3 < 2)
        .map(|number| OutcomeRow {
            player: format!("player-{number:04}"),
            kind: OutcomeKind::Points,
            subject: "xp".to_owned(),
            detail: "no JSON".to_owned(),
            at: Timestamp::FIRST,
            event: "visit".to_owned(),
            trigger: Trigger::Event,
            caused_by: None,
            recorded_at: Timestamp::FIRST,
        })
        .collect();
    let mut writer = store.open_writer().unwrap();
    let mut tx = writer.begin_transaction(&[]).unwrap();
    tx.append_outcomes(&unreadable).unwrap();
    tx.commit().unwrap();
    let report = engine.maintenance().repair(|_| {}).wait().unwrap();
    assert_eq!(report.repaired, 1_001);
    assert!(report.remaining_count > 1_000, "{}", report.remaining_count);
    assert_eq!(report.remaining.len(), 1_000);
    assert!(
        report
            .remaining
            .is_sorted_by(|one, other| one.player <= other.player)
    );
}

#[test]
fn a_cancelled_repair_keeps_the_players_it_repaired() {
    let engine = damaged_engine();
    let cancellation = CancellationToken::new();
    let own = cancellation.clone();
    let given_up = engine
        .maintenance()
        .repair_with(cancellation, move |so_far| {
            // The total has grown, so at least one player was repaired.
            if so_far.total > 3_003 {
                own.cancel();
            }
        });
    assert!(matches!(given_up.wait(), Err(Error::Cancelled)));
    let left = engine.maintenance().verify(|_| {}).wait().unwrap().count;
    assert!((1..1_001).contains(&left), "{left} are left");
    assert_eq!(
        engine.maintenance().repair(|_| {}).wait().unwrap().repaired,
        left,
        "another repair continues"
    );
    assert_eq!(engine.maintenance().verify(|_| {}).wait().unwrap().count, 0);
}
