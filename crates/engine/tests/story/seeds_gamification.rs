//! The defects of django-gamification 0.3.2, which Accolade does not have.

use std::thread;

use accolade::{Action, Decimal, NewEvent, Timestamp};

use crate::world::{World, catalog, decimal, outcome_lines};

const CATALOG: &str = r#"
    [[currency]]
    id = "xp"

    [[badge]]
    id = "helper"
    points = { xp = 100 }

    [[badge]]
    id = "writer"
    criterion = { count = "comment.posted", at_least = 3 }
    points = { xp = 10 }

    [[unlockable]]
    id = "lounge"
    criterion = { points = "xp", at_least = 100 }
"#;

#[test]
fn paying_a_badge_twice_when_award_is_called_twice() {
    let world = World::new(CATALOG);
    let first = world.act(Action::award("ada", "helper")).unwrap();
    assert_eq!(
        outcome_lines(&first),
        [
            "points xp 100",
            "badge.awarded helper",
            "unlockable.opened lounge"
        ]
    );
    let second = world.act(Action::award("ada", "helper")).unwrap_err();
    assert_eq!(second, "badge `helper` is already held; nothing changed");
    assert_eq!((world.balance("xp"), world.ledger().len()), (100, 1));
}

#[test]
fn deducting_twice_when_revoked_twice() {
    let world = World::new(CATALOG);
    world.act(Action::award("ada", "helper")).unwrap();
    assert_eq!(
        outcome_lines(&world.act(Action::revoke("ada", "helper")).unwrap()),
        ["points xp -100", "badge.revoked helper"]
    );
    let second = world.act(Action::revoke("ada", "helper")).unwrap_err();
    assert_eq!(second, "badge `helper` is not held; nothing to revoke");
    assert_eq!((world.balance("xp"), world.held()), (0, vec![]));
}

/// A badge and its points are one commit: readers see both or neither.
#[test]
fn points_paid_but_the_badge_not_saved() {
    let world = World::new(CATALOG);
    world.events(2, "comment.posted");
    assert_eq!((world.balance("xp"), world.holds("writer")), (0, false));
    let third = world.event("comment.posted");
    assert_eq!(
        outcome_lines(&third),
        ["points xp 10", "badge.awarded writer"]
    );
    assert_eq!((world.balance("xp"), world.holds("writer")), (10, true));
}

#[test]
fn progress_lost_between_increment_and_save() {
    let world = World::new(CATALOG);
    world.event("comment.posted");
    assert_eq!(world.progress("writer"), "1/3");
    world
        .act(Action::add_progress("ada", "writer", decimal("1")))
        .unwrap();
    assert_eq!(world.progress("writer"), "2/3");
    world.event("comment.posted");
    assert_eq!(
        (world.progress("writer"), world.holds("writer")),
        (String::new(), true)
    );
}

#[test]
fn a_badge_finished_through_progress_pays_nothing_and_then_costs_points_when_revoked() {
    let world = World::new(CATALOG);
    let finished = world
        .act(Action::set_progress("ada", "writer", decimal("3")))
        .unwrap();
    assert_eq!(
        outcome_lines(&finished),
        ["points xp 10", "badge.awarded writer"]
    );
    assert_eq!(
        outcome_lines(&world.act(Action::revoke("ada", "writer")).unwrap()),
        ["points xp -10", "badge.revoked writer"]
    );
    assert_eq!(world.balance("xp"), 0);
}

/// Awarding a badge with unfinished progress works, and the receipt reports it.
#[test]
fn an_award_over_unfinished_progress_silently_does_nothing() {
    let world = World::new(CATALOG);
    world.event("comment.posted");
    assert_eq!(
        outcome_lines(&world.act(Action::award("ada", "writer")).unwrap()),
        ["points xp 10", "badge.awarded writer"]
    );
    world.events(5, "comment.posted");
    assert_eq!(
        (world.balance("xp"), world.held()),
        (10, vec!["writer".to_owned()])
    );
}

#[test]
fn after_a_reset_an_award_pays_but_is_not_shown_as_acquired() {
    let world = World::new(CATALOG);
    world.act(Action::award("ada", "helper")).unwrap();
    world.events(3, "comment.posted");
    world.act(Action::reset("ada")).unwrap();
    assert_eq!(
        (world.balance("xp"), world.held(), world.is_open("lounge")),
        (0, vec![], false)
    );
    assert_eq!(world.progress("writer"), "0/3");
    world.act(Action::award("ada", "helper")).unwrap();
    assert_eq!(
        (world.balance("xp"), world.held(), world.is_open("lounge")),
        (100, vec!["helper".to_owned()], true)
    );
    world.events(3, "comment.posted");
    assert_eq!((world.balance("xp"), world.holds("writer")), (110, true));
}

/// A reset makes the past stop counting, but keeps it.
#[test]
fn a_reset_loses_the_history() {
    let world = World::new(CATALOG);
    world.events(3, "comment.posted");
    world.act(Action::reset("ada")).unwrap();
    assert_eq!(
        world
            .engine
            .players()
            .list_timeline("ada")
            .wait()
            .unwrap()
            .len(),
        4
    );
    assert_eq!(
        world
            .ledger()
            .iter()
            .map(|row| row.amount)
            .collect::<Vec<_>>(),
        [10, -10]
    );
}

/// A badge names its requirements. The order of rules, rows or queries does not matter.
#[test]
fn chains_that_depend_on_query_order() {
    let steps = [
        "[[badge]]\nid = \"a\"\nrequires = \"m\"\ncriterion = { count = \"x\", at_least = 3 }\n",
        "[[badge]]\nid = \"m\"\nrequires = \"z\"\ncriterion = { count = \"x\", at_least = 2 }\n",
        "[[badge]]\nid = \"z\"\ncriterion = { count = \"x\" }\n",
    ];
    for order in [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
    ] {
        let world = World::new(&order.map(|step| steps[step]).concat());
        let awarded = [(); 3].map(|()| outcome_lines(&world.event("x")));
        assert_eq!(
            awarded,
            [
                ["badge.awarded z"],
                ["badge.awarded m"],
                ["badge.awarded a"]
            ],
            "{order:?}"
        );
    }
    let world = World::new(&steps.concat());
    world.event("x");
    assert_eq!(
        (world.badge("z").next, world.badge("m").next),
        (Some("m".into()), Some("a".into()))
    );
}

#[test]
fn an_unlockable_with_0_points_stays_locked_until_the_next_change_of_points() {
    let world = World::new(
        "[[currency]]\nid = \"xp\"\n[[unlockable]]\nid = \"door\"\ncriterion = { points = \"xp\", at_least = 0 }",
    );
    let first = world.event("something.else");
    assert_eq!(outcome_lines(&first), ["unlockable.opened door"]);
    assert!(world.is_open("door"));
}

#[test]
fn eight_threads_awarding_the_same_badge_pay_once() {
    let world = World::new(CATALOG);
    let answers: Vec<_> = thread::scope(|scope| {
        let award = |number| {
            let engine = world.engine.clone();
            scope.spawn(move || {
                engine
                    .submit_action(
                        Action::award("ada", "helper")
                            .id(format!("award-{number}"))
                            .create(),
                    )
                    .wait()
            })
        };
        let threads: Vec<_> = (0..8).map(award).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    let refused = answers.iter().filter_map(|answer| answer.as_ref().err());
    assert!(
        refused
            .map(ToString::to_string)
            .all(|refusal| refusal == "badge `helper` is already held; nothing changed")
    );
    assert_eq!((world.balance("xp"), world.ledger().len()), (100, 1));
}

#[test]
fn one_hundred_and_sixty_concurrent_increments_are_one_hundred_and_sixty() {
    let world =
        World::new("[[badge]]\nid = \"steps\"\ncriterion = { manual = true, at_least = 1000 }");
    thread::scope(|scope| {
        for _ in 0..16 {
            let engine = world.engine.clone();
            scope.spawn(move || {
                (0..10).for_each(|_| {
                    drop(
                        engine
                            .submit_action(
                                Action::add_progress("ada", "steps", Decimal::ONE).create(),
                            )
                            .wait()
                            .unwrap(),
                    )
                });
            });
        }
    });
    assert_eq!(world.progress("steps"), "160/1000");
}

/// A player needs no setup: the first event creates them.
#[test]
fn a_player_without_an_interface_crashes() {
    let world = World::new(CATALOG);
    assert_eq!(world.profile(accolade::Audience::Player), None);
    world.send(NewEvent::new("bob", "comment.posted")).unwrap();
    world.act(Action::award("carol", "helper")).unwrap();
    let players = world
        .engine
        .players()
        .search("", None, 10)
        .wait()
        .unwrap()
        .items;
    assert_eq!(
        players
            .iter()
            .map(|row| row.player.as_str())
            .collect::<Vec<_>>(),
        ["bob", "carol"]
    );
}

#[test]
fn a_change_of_points_says_nothing_about_why() {
    let world = World::new(CATALOG);
    world
        .act(
            Action::points("ada", "xp", 40)
                .by("grace")
                .reason("found a bug"),
        )
        .unwrap();
    world
        .act(Action::points("ada", "xp", -15).by("grace"))
        .unwrap();
    let rows: Vec<_> = world
        .ledger()
        .into_iter()
        .map(|row| (row.amount, row.rule, row.reason.unwrap()))
        .collect();
    let act = || "accolade.points".to_owned();
    assert_eq!(
        rows,
        [
            (40, act(), "found a bug (grace)".to_owned()),
            (-15, act(), "by grace".to_owned())
        ]
    );
}

/// Another engine on the same store sees the state of the first one: nothing is in memory only.
#[test]
fn what_was_earned_is_there_after_a_restart() {
    let store = accolade_testing::MemoryStore::new();
    World::on(store.clone(), catalog(CATALOG)).events(3, "comment.posted");
    let again = World::on(store, catalog(CATALOG));
    assert_eq!(
        (again.balance("xp"), again.held()),
        (10, vec!["writer".to_owned()])
    );
    let at: Timestamp = again.badge("writer").earned[0].at;
    assert_eq!(at.to_string(), "2026-06-01T12:03:00Z");
}
