//! Concurrent use of one file by two engines, each with its own writer thread, as in two processes.

use std::thread;

use accolade::{
    Action, Audience, Catalog, Decimal, Engine, Error, NewEvent, Receipt, ReceiptStatus,
};
use accolade_sqlite::SqliteStore;

const CATALOG: &str = r#"
    [[currency]]
    id = "xp"

    [[earning]]
    id = "commented"
    on = "comment.posted"
    points = { xp = 5 }

    [[badge]]
    id = "first-words"
    criterion = { count = "comment.posted" }
    points = { xp = 10 }

    [[badge]]
    id = "helper"
    points = { xp = 100 }

    [[badge]]
    id = "steps"
    criterion = { manual = true, at_least = 1000 }
"#;

/// Runs a function with two engines on one file, and verifies the stored data afterwards.
fn with_two_engines(run: impl FnOnce(&[Engine; 2])) {
    let folder = tempfile::tempdir().unwrap();
    let open = || {
        let store = SqliteStore::open(folder.path().join("accolade.db")).unwrap();
        Engine::open(store, Catalog::from_toml(CATALOG).unwrap()).unwrap()
    };
    let engines = [open(), open()];
    run(&engines);
    for engine in &engines {
        let report = engine.maintenance().verify(|_| {}).wait().unwrap();
        assert_eq!((report.players, report.differences), (1, vec![]));
    }
}

/// Runs a function in many threads, which alternate between the engines. Returns all results.
fn run_concurrently(
    engines: &[Engine; 2],
    threads: usize,
    each: impl Fn(&Engine, usize) -> Result<Receipt, Error> + Sync,
) -> Vec<Result<Receipt, Error>> {
    thread::scope(|scope| {
        let each = &each;
        let run = |number: usize| scope.spawn(move || each(&engines[number % 2], number));
        let running: Vec<_> = (0..threads).map(run).collect();
        running
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    })
}

fn balance(engine: &Engine) -> i64 {
    engine
        .players()
        .load_profile("ada", Audience::Player)
        .wait()
        .unwrap()
        .unwrap()
        .balances[0]
        .balance
}

#[test]
fn s12_sixty_four_threads_send_one_event_and_it_counts_once() {
    with_two_engines(|engines| {
        let comment = || NewEvent::new("ada", "comment.posted").id("comment-1");
        let answers = run_concurrently(engines, 64, |engine, _| engine.record(comment()).wait());
        let receipts: Vec<Receipt> = answers.into_iter().map(Result::unwrap).collect();
        let accepted = receipts
            .iter()
            .filter(|receipt| receipt.status == ReceiptStatus::Accepted)
            .count();
        assert_eq!(accepted, 1);
        assert!(
            receipts
                .iter()
                .all(|receipt| receipt.outcomes == receipts[0].outcomes),
            "all receipts have the first outcomes"
        );
        assert_eq!(engines.each_ref().map(balance), [15, 15]);
        let totals = engines[0].maintenance().count_rows().wait().unwrap();
        assert_eq!(
            (
                totals.events,
                totals.awards,
                totals.ledger,
                totals.last_outcome
            ),
            (1, 1, 2, 3)
        );
    });
}

#[test]
fn s4_eight_threads_award_one_badge_and_it_is_paid_once() {
    with_two_engines(|engines| {
        let award = |number: usize| {
            Action::award("ada", "helper")
                .id(format!("award-{number}"))
                .create()
        };
        let answers = run_concurrently(engines, 8, |engine, number| {
            engine.submit_action(award(number)).wait()
        });
        let refusals: Vec<String> = answers
            .iter()
            .filter_map(|answer| Some(answer.as_ref().err()?.to_string()))
            .collect();
        assert_eq!(
            refusals,
            ["badge `helper` is already held; nothing changed"; 7]
        );
        assert_eq!(engines.each_ref().map(balance), [100, 100]);
        let totals = engines[1].maintenance().count_rows().wait().unwrap();
        assert_eq!((totals.events, totals.awards, totals.ledger), (1, 1, 1));
    });
}

#[test]
fn s3_one_hundred_and_sixty_concurrent_steps_of_progress_are_one_hundred_and_sixty() {
    with_two_engines(|engines| {
        let step = || Action::add_progress("ada", "steps", Decimal::ONE).create();
        let answers = run_concurrently(engines, 16, |engine, _| {
            (0..9).for_each(|_| drop(engine.submit_action(step()).wait().unwrap()));
            engine.submit_action(step()).wait()
        });
        assert!(answers.iter().all(Result::is_ok));
        let profile = engines[0]
            .players()
            .load_profile("ada", Audience::Player)
            .wait()
            .unwrap()
            .unwrap();
        let steps = profile
            .badges
            .iter()
            .find(|badge| badge.id.as_deref() == Some("steps"))
            .unwrap();
        assert_eq!(
            steps.progress.as_ref().unwrap().current,
            Decimal::from_int(160)
        );
    });
}

#[test]
fn s3_concurrent_spending_never_exceeds_the_balance() {
    with_two_engines(|engines| {
        engines[0]
            .submit_action(Action::points("ada", "xp", 100).create())
            .wait()
            .unwrap();
        let answers = run_concurrently(engines, 30, |engine, _| {
            engine.submit_action(Action::points("ada", "xp", -7)).wait()
        });
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 14);
        assert_eq!(engines.each_ref().map(balance), [2, 2]);
    });
}

#[test]
fn s1_events_out_of_order_from_both_engines_give_the_same_state() {
    with_two_engines(|engines| {
        let now: accolade::Timestamp = "2026-06-01T12:00:00Z".parse().unwrap();
        let comment = |number: usize| {
            let behind = i64::try_from(number * 7 % 40).unwrap() * 1_000_000;
            NewEvent::new("ada", "comment.posted")
                .id(format!("c{number}"))
                .at(now.plus_micros(-behind))
        };
        let answers = run_concurrently(engines, 40, |engine, number| {
            engine.record(comment(number)).wait()
        });
        assert!(answers.iter().all(Result::is_ok));
        assert_eq!(engines.each_ref().map(balance), [210, 210]);
        let award = &engines[0].players().list_awards("ada").wait().unwrap()[0];
        assert_eq!(
            award.at,
            now.plus_micros(-39_000_000),
            "the earliest comment earned it, regardless of its arrival"
        );
    });
}
