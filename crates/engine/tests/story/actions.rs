//! Manual actions: checked once, idempotent, and without a trace if refused (S3).

use accolade::{Action, Audience, NewEvent, ReceiptStatus, Value, props};
use accolade_core::number::Decimal;

use crate::world::{World, decimal, instant, outcome_lines};

const CATALOG: &str = r#"
    [[currency]]
    id = "xp"

    [[badge]]
    id = "helper"
    points = { xp = 100 }

    [[badge]]
    id = "talker"
    criterion = { count = "comment.posted" }
    tiers = [{ id = "bronze", at = 3, points = { xp = 5 } }, { id = "gold", at = 6, points = { xp = 50 } }]

    [[badge]]
    id = "answerer"
    criterion = { count = "vote", per = "event.post", at_least = 3 }
    repeat = "per-key"
    points = { xp = 10 }

    [[badge]]
    id = "regular"
    criterion = { count = "visit", at_least = 2 }
    repeat = "again"
    points = { xp = 1 }

    [[badge]]
    id = "mixed"
    criterion = { all = [{ count = "comment.posted" }, { points = "xp", at_least = 1 }] }
"#;

#[test]
fn s3_a_refused_action_says_why_and_leaves_no_trace() {
    let world = World::new(CATALOG);
    let one = || Decimal::ONE;
    for (act, refusal) in [
        (
            Action::award("ada", "helpr"),
            "badge `helpr` not found; did you mean `helper`?",
        ),
        (
            Action::award("ada", "talker"),
            "badge `talker` has tiers; specify one of: bronze, gold",
        ),
        (
            Action::award("ada", "talker").tier("god"),
            "badge `talker` has no tier `god`; its tiers are bronze, gold",
        ),
        (
            Action::award("ada", "helper").tier("gold"),
            "badge `helper` has no tier `gold`; it has no tiers",
        ),
        (
            Action::award("ada", "answerer"),
            "badge `answerer` is earned per key; specify the key",
        ),
        (
            Action::award("ada", "helper").key("7"),
            "badge `helper` is not earned per key; omit the key",
        ),
        (
            Action::revoke("ada", "helper"),
            "badge `helper` is not held; nothing to revoke",
        ),
        (
            Action::revoke("ada", "talker").tier("gold"),
            "badge `talker` is not held; nothing to revoke",
        ),
        (
            Action::add_progress("ada", "helper", one()),
            "badge `helper` does not accept manual progress, because its criterion is not a single number; record the events that it counts instead",
        ),
        (
            Action::add_progress("ada", "mixed", one()),
            "badge `mixed` does not accept manual progress, because its criterion is not a single number; record the events that it counts instead",
        ),
        (
            Action::add_progress("ada", "answerer", one()),
            "badge `answerer` is earned per key; specify the key",
        ),
        (
            Action::add_progress("ada", "regular", one()).key("7"),
            "badge `regular` is not earned per key; omit the key",
        ),
        (
            Action::award("ada", "answerer").key(&"k".repeat(256)),
            "action `accolade.award` requires a `key` of at most 255 bytes without NUL characters (KEY_BYTES)",
        ),
        (
            Action::award("ada", "regular").key("7"),
            "badge `regular` is not earned per key; omit the key",
        ),
        (
            Action::points("ada", "gold", 5),
            "currency `gold` not found",
        ),
        (
            Action::points("ada", "xp", 0),
            "action `accolade.points` requires `amount`, an integer other than 0",
        ),
        (
            Action::points("ada", "xp", -5),
            "balance is 0 xp, less than the 5 to deduct; allow an overdraft to deduct them anyway",
        ),
        (
            Action::points("ada", "xp", i64::MIN),
            "result out of range; amounts are 64-bit integers",
        ),
        (
            Action::profile("ada", props! { "zone" => "Mars/Olympus" }),
            "`Mars/Olympus` is not a valid time zone; use an IANA name such as `Europe/Paris`",
        ),
    ] {
        assert_eq!(world.act(act.clone()).unwrap_err(), refusal, "{act:?}");
        assert_eq!(world.profile(Audience::Admin), None, "{act:?}");
    }
    let totals = world.engine.maintenance().count_rows().wait().unwrap();
    assert_eq!(
        (
            totals.players,
            totals.events,
            totals.ledger,
            totals.last_outcome
        ),
        (0, 0, 0, 0)
    );
}

#[test]
fn s12_repeating_an_action_by_its_id_does_nothing_and_returns_the_first_outcome() {
    let world = World::new(CATALOG);
    world
        .act(Action::award("ada", "helper").id("setup"))
        .unwrap();
    for act in [
        Action::award("ada", "talker").tier("gold").id("award"),
        Action::revoke("ada", "helper").id("revoke"),
        Action::points("ada", "xp", 40).id("grant"),
        Action::points("ada", "xp", -10).id("take"),
        Action::add_progress("ada", "talker", decimal("3")).id("progress"),
        Action::profile("ada", props! { "country" => "fr" }).id("profile"),
        Action::reset("ada").id("reset"),
    ] {
        let first = world.act(act.clone()).unwrap();
        let (balance, held, progress) =
            (world.balance("xp"), world.held(), world.progress("talker"));
        let again = world.act(act.clone()).unwrap();
        assert_eq!(
            (first.status, again.status),
            (ReceiptStatus::Accepted, ReceiptStatus::Duplicate),
            "{act:?}"
        );
        assert_eq!(again.outcomes, first.outcomes, "{act:?}");
        assert_eq!(
            (world.balance("xp"), world.held(), world.progress("talker")),
            (balance, held, progress),
            "{act:?}"
        );
    }
}

#[test]
fn s12_another_action_under_a_used_id_is_a_conflict() {
    let world = World::new(CATALOG);
    world
        .act(Action::points("ada", "xp", 40).id("grant"))
        .unwrap();
    for act in [
        Action::points("ada", "xp", 41).id("grant"),
        Action::points("ada", "xp", 40).id("grant").by("grace"),
        Action::award("ada", "helper").id("grant"),
    ] {
        let refusal = world.act(act).unwrap_err();
        assert!(
            refusal.starts_with("event `grant` already exists and differs in "),
            "{refusal}"
        );
    }
    assert_eq!((world.balance("xp"), world.held()), (40, vec![]));
}

#[test]
fn s3_points_may_be_overdrawn_only_when_the_action_says_so() {
    let world = World::new(CATALOG);
    world.act(Action::points("ada", "xp", 10)).unwrap();
    world.act(Action::points("ada", "xp", -10)).unwrap();
    assert!(world.act(Action::points("ada", "xp", -1)).is_err());
    world
        .act(Action::points("ada", "xp", -7).overdraft())
        .unwrap();
    assert_eq!(world.balance("xp"), -7);
}

#[test]
fn s3_a_revocation_blocks_the_award_until_a_manual_award() {
    let world = World::new(CATALOG);
    world.events(3, "comment.posted");
    assert_eq!(world.held(), ["mixed", "talker:bronze"]);
    world
        .act(Action::revoke("ada", "talker").tier("bronze"))
        .unwrap();
    world.events(4, "comment.posted");
    assert_eq!(
        world.held(),
        ["mixed", "talker:gold"],
        "the other tier is not blocked"
    );
    world
        .act(Action::award("ada", "talker").tier("bronze"))
        .unwrap();
    assert_eq!(world.held(), ["mixed", "talker:bronze", "talker:gold"]);
    assert_eq!(world.balance("xp"), 55);
}

#[test]
fn s4_awarding_a_tier_also_awards_the_lower_tiers_that_are_not_held() {
    let world = World::new(CATALOG);
    let receipt = world.act(Action::award("ada", "talker").tier("gold").id("gold"));
    assert_eq!(
        outcome_lines(&receipt.unwrap()),
        [
            "points xp 5",
            "points xp 50",
            "badge.awarded talker:bronze",
            "badge.awarded talker:gold",
        ],
        "each tier pays its own points"
    );
    assert_eq!(world.held(), ["talker:bronze", "talker:gold"]);
    // Nothing is left to earn below a tier that is held.
    assert_eq!(world.progress("talker"), "");
    world
        .act(Action::revoke("ada", "talker").tier("bronze"))
        .unwrap();
    assert_eq!(world.held(), ["talker:gold"], "the other tier stays");
    assert_eq!(world.balance("xp"), 50);
    let again = world.act(Action::award("ada", "talker").tier("gold"));
    assert_eq!(
        again.unwrap_err(),
        "badge `talker` is already held; nothing changed"
    );
    // Retracting the award takes back all that it gave.
    world.act(Action::retract("ada", "gold")).unwrap();
    assert_eq!((world.held(), world.balance_or_zero("xp")), (vec![], 0));
}

#[test]
fn s4_a_lower_tier_that_is_held_is_not_awarded_again() {
    let world = World::new(CATALOG);
    world.events(3, "comment.posted");
    let receipt = world.act(Action::award("ada", "talker").tier("gold"));
    assert_eq!(
        outcome_lines(&receipt.unwrap()),
        ["points xp 50", "badge.awarded talker:gold"]
    );
    assert_eq!(world.balance("xp"), 55);
}

#[test]
fn s4_a_late_event_that_earns_a_lower_tier_does_not_pay_it_twice() {
    let world = World::new(CATALOG);
    world
        .act(Action::award("ada", "talker").tier("gold"))
        .unwrap();
    for minute in 1..4 {
        let at = format!("2026-06-01T11:0{minute}:00Z");
        world.at(&at, "comment.posted", props! {});
    }
    assert!(world.holds("talker:bronze") && world.holds("talker:gold"));
    assert_eq!(world.balance("xp"), 55);
}

#[test]
fn s4_the_explanation_of_a_lower_tier_names_the_award_that_included_it() {
    let world = World::new(CATALOG);
    world
        .act(Action::award("ada", "talker").tier("gold").id("gift"))
        .unwrap();
    let why = world.engine.players().why("ada", "talker:bronze");
    let text = why.wait().unwrap().unwrap().to_string();
    assert!(
        text.contains("awarded talker:gold and the lower tiers bronze"),
        "{text}"
    );
}

#[test]
fn s3_revoking_without_a_tier_revokes_all_tiers_held() {
    let world = World::new(CATALOG);
    world.events(6, "comment.posted");
    let receipt = world.act(Action::revoke("ada", "talker")).unwrap();
    assert_eq!(
        outcome_lines(&receipt)[2..],
        ["badge.revoked talker:bronze", "badge.revoked talker:gold"]
    );
    assert_eq!(world.balance("xp"), 0);
}

#[test]
fn s3_a_revocation_in_the_past_blocks_the_criterion() {
    let world = World::new(CATALOG);
    world.events(3, "comment.posted");
    let before = Action::revoke("ada", "talker")
        .tier("bronze")
        .at(instant("2026-06-01T12:00:30Z"));
    assert_eq!(
        outcome_lines(&world.act(before).unwrap()),
        [
            "points xp -5",
            "badge.revoked mixed",
            "badge.revoked talker:bronze"
        ]
    );
    assert_eq!((world.held(), world.balance("xp")), (vec![], 0));
}

#[test]
fn s1_actions_take_their_place_in_the_timeline() {
    let world = World::new(CATALOG);
    world.at("2026-06-01T12:00:10Z", "comment.posted", props! {});
    world
        .act(
            Action::award("ada", "talker")
                .tier("bronze")
                .at(instant("2026-06-01T12:00:05Z")),
        )
        .unwrap();
    assert_eq!(
        world.badge("talker").earned[0].at,
        instant("2026-06-01T12:00:05Z")
    );
    let soon = world
        .send(NewEvent::new("ada", "comment.posted").at(world.now().plus_micros(60_000_000)))
        .unwrap();
    world
        .engine
        .submit_action(Action::award("ada", "helper").id("after"))
        .wait()
        .unwrap();
    let timeline = world.engine.players().list_timeline("ada").wait().unwrap();
    let [.., last_but_one, last] = &timeline[..] else {
        panic!("{timeline:?}")
    };
    assert_eq!(
        (last_but_one.id.as_str(), last.id.as_str()),
        (soon.id.as_str(), "after")
    );
    assert_eq!(
        last.at,
        last_but_one.at.plus_micros(1),
        "an action comes after everything of the player"
    );
}

#[test]
fn s3_progress_moves_tiers_keys_and_repetitions() {
    let world = World::new(CATALOG);
    world.event("comment.posted");
    world
        .act(Action::set_progress("ada", "talker", decimal("5")))
        .unwrap();
    assert_eq!(
        (world.progress("talker"), world.holds("talker:bronze")),
        ("5/6 gold".to_owned(), true)
    );
    world
        .act(Action::add_progress("ada", "talker", decimal("-4")))
        .unwrap();
    assert_eq!(
        (world.progress("talker"), world.holds("talker:bronze")),
        ("1/6 gold".to_owned(), true)
    );
    world.events(5, "comment.posted");
    assert!(world.holds("talker:gold"));

    world.event_with("vote", props! { "post" => "7" });
    world
        .act(Action::add_progress("ada", "answerer", decimal("2")).key("7"))
        .unwrap();
    world
        .act(Action::set_progress("ada", "answerer", decimal("2")).key("8"))
        .unwrap();
    assert_eq!(
        (world.holds("answerer@7"), world.holds("answerer@8")),
        (true, false)
    );
    assert_eq!(world.progress("answerer"), "2/3 @8");
    world.event_with("vote", props! { "post" => "8" });
    assert!(world.holds("answerer@8"));

    world
        .act(Action::add_progress("ada", "regular", decimal("4.5")))
        .unwrap();
    assert!(world.holds("regular@1") && world.holds("regular@2"));
    assert_eq!(world.progress("regular"), "4.5/6");
}

#[test]
fn s4_a_manual_award_of_a_repeated_badge_is_the_next_occurrence() {
    let world = World::new(CATALOG);
    world.events(4, "visit");
    world.act(Action::award("ada", "regular")).unwrap();
    assert_eq!(world.held(), ["regular@1", "regular@2", "regular@3"]);
    world.events(2, "visit");
    assert_eq!(
        world.held(),
        ["regular@1", "regular@2", "regular@3"],
        "the third time is held already, and pays once"
    );
    world.act(Action::revoke("ada", "regular")).unwrap();
    world
        .act(Action::revoke("ada", "regular").key("1"))
        .unwrap();
    assert_eq!(
        (world.held(), world.balance("xp")),
        (vec!["regular@2".to_owned()], 1)
    );
}

#[test]
fn s18_attributes_are_set_and_removed_one_by_one() {
    let world = World::new(CATALOG);
    world
        .act(Action::profile(
            "ada",
            props! { "zone" => "Asia/Tokyo", "country" => "jp" },
        ))
        .unwrap();
    world
        .act(Action::profile(
            "ada",
            props! { "country" => Value::Null, "team" => "red" },
        ))
        .unwrap();
    let attributes = world.profile(Audience::Player).unwrap().attributes;
    assert_eq!(
        attributes,
        props! { "zone" => "Asia/Tokyo", "team" => "red" }
    );
    world.act(Action::reset("ada")).unwrap();
    assert_eq!(
        world.profile(Audience::Player).unwrap().attributes.len(),
        2,
        "a reset keeps who the player is"
    );
}

#[test]
fn s18_reserved_names_are_for_actions() {
    let world = World::new(CATALOG);
    for name in [
        "accolade.award",
        "accolade.badge_awarded",
        "accolade.anything",
    ] {
        let error = world
            .send(NewEvent::new("ada", name))
            .unwrap_err()
            .to_string();
        assert!(error.contains("is reserved"), "{error}");
    }
    let forged = NewEvent::new("ada", "accolade.points_earned").prop("amount", 5);
    assert!(
        world
            .engine
            .maintenance()
            .restore_events(vec![forged])
            .wait()
            .unwrap()[0]
            .is_err(),
        "derived events cannot be sent"
    );
}

#[test]
fn a_reset_unblocks_revoked_badges_and_counts_again() {
    let world = World::new(CATALOG);
    world.events(3, "comment.posted");
    world.act(Action::revoke("ada", "talker")).unwrap();
    world.act(Action::reset("ada")).unwrap();
    world.events(2, "comment.posted");
    assert_eq!(world.held(), Vec::<String>::new());
    world.event("comment.posted");
    assert_eq!(
        (world.held(), world.balance("xp")),
        (vec!["mixed".to_owned(), "talker:bronze".to_owned()], 5)
    );
}

/// Revocations by a reset are not effects of a rule, so the limit on effects does not apply.
#[test]
fn a_reset_revokes_any_number_of_awards() {
    let world = World::new(&CATALOG.replace(
        "at_least = 3 }\n    repeat = \"per-key\"",
        "}\n    repeat = \"per-key\"",
    ));
    let posts = accolade_core::limits::DERIVED_EVENTS + 1;
    let votes = (0..posts).map(|n| {
        NewEvent::new("ada", "vote")
            .id(n.to_string())
            .prop("post", n.to_string())
    });
    world.engine.record_many(votes.collect()).wait().unwrap();
    assert_eq!(world.held().len(), posts);
    world.act(Action::reset("ada")).unwrap();
    assert_eq!((world.held().len(), world.balance("xp")), (0, 0));
}
