//! The report does not depend on the number of threads, and a repair covers all differences.

use accolade::store::{ChangeSet, Store};
use accolade::{CancellationToken, Catalog, Difference, Engine, Error, NewEvent, VerifyReport};
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
    engine
}

#[test]
fn s6_the_report_does_not_depend_on_the_number_of_threads() {
    let engine = damaged_engine();
    let never = CancellationToken::new();
    let report = |threads| {
        engine
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
    let report = engine.repair(|_| {}).wait().unwrap();
    assert_eq!(
        (report.count, report.repaired, report.remaining_count),
        (1_001, 1_001, 0)
    );
    assert_eq!(
        engine.verify(|_| {}).wait().unwrap().differences,
        Vec::<Difference>::new()
    );
}

#[test]
fn a_cancelled_repair_keeps_the_players_it_repaired() {
    let engine = damaged_engine();
    let cancellation = CancellationToken::new();
    let own = cancellation.clone();
    let given_up = engine.repair_with(cancellation, move |so_far| {
        // The total has grown, so at least one player was repaired.
        if so_far.total > 3_003 {
            own.cancel();
        }
    });
    assert!(matches!(given_up.wait(), Err(Error::Cancelled)));
    let left = engine.verify(|_| {}).wait().unwrap().count;
    assert!((1..1_001).contains(&left), "{left} are left");
    assert_eq!(
        engine.repair(|_| {}).wait().unwrap().repaired,
        left,
        "another repair continues"
    );
    assert_eq!(engine.verify(|_| {}).wait().unwrap().count, 0);
}
