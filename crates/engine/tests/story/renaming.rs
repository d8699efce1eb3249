//! Renamed rules: holdings follow a rule to its new id, and stay with the old one if no rule names
//! it (S15).

use std::collections::BTreeMap;

use accolade::{Action, Audience, PublishOptions, props};

use crate::world::{World, catalog, outcome};

const XP: &str = "[[currency]]\nid = \"xp\"\n";

/// A badge for two `x` that pays 5.
fn badge(id: &str, more: &str) -> String {
    format!(
        "{XP}[[badge]]\nid = \"{id}\"\n{more}\ncriterion = {{ count = \"x\", at_least = 2 }}\npoints = {{ xp = 5 }}\n"
    )
}

/// An earning of 3 for each `x`.
fn earning(id: &str, more: &str) -> String {
    format!("{XP}[[earning]]\nid = \"{id}\"\n{more}\non = \"x\"\npoints = {{ xp = 3 }}\n")
}

/// Rules of every kind that pay or require a currency.
fn economy(currency: &str, more: &str) -> String {
    format!(
        "[[currency]]\nid = \"{currency}\"\n{more}\n\
         [[earning]]\nid = \"post\"\non = \"x\"\npoints = {{ {currency} = 3 }}\n\
         [[badge]]\nid = \"fan\"\ncriterion = {{ count = \"x\", at_least = 2 }}\npoints = {{ {currency} = 5 }}\n\
         [[unlockable]]\nid = \"shop\"\ncriterion = {{ points = \"{currency}\", at_least = 10 }}\n"
    )
}

fn unlockable(id: &str, more: &str) -> String {
    format!(
        "[[unlockable]]\nid = \"{id}\"\n{more}\ncriterion = {{ count = \"x\", at_least = 2 }}\n"
    )
}

impl World {
    fn publish(&self, source: &str, how: PublishOptions) {
        self.advance_clock(60);
        self.engine
            .catalog()
            .publish(catalog(source), how)
            .wait()
            .unwrap();
    }

    /// Publishes a catalog, waits for the backfill and returns the outcomes.
    fn renamed(&self, source: &str) -> Vec<String> {
        let before = self
            .engine
            .maintenance()
            .count_rows()
            .wait()
            .unwrap()
            .last_outcome;
        self.publish(source, PublishOptions::default());
        self.engine.catalog().await_backfill(|_| {}).wait().unwrap();
        self.engine
            .feed()
            .list(before, 100)
            .wait()
            .unwrap()
            .iter()
            .map(outcome)
            .collect()
    }

    /// Sums the ledger entries of each currency.
    fn sums(&self) -> BTreeMap<String, i64> {
        let mut sums = BTreeMap::new();
        for entry in self.ledger() {
            *sums.entry(entry.currency.to_string()).or_default() += entry.amount;
        }
        sums
    }
}

#[test]
fn s15_a_renamed_badge_keeps_its_awards_and_points() {
    let world = World::new(&badge("writer", ""));
    world.events(2, "x");
    let ledger = world.ledger();
    assert_eq!(
        world.renamed(&badge("author", "was = [\"writer\"]")),
        Vec::<String>::new()
    );
    assert_eq!(
        (world.held(), world.balance("xp")),
        (vec!["author".to_owned()], 5)
    );
    assert_eq!(world.ledger(), ledger);
    assert_eq!(world.badge("author").earned[0].event.as_deref(), Some("e2"));
    assert_eq!(
        world
            .engine
            .catalog()
            .list_earners("writer", Audience::Admin, None, 9)
            .wait()
            .unwrap()
            .items
            .len(),
        1
    );
}

#[test]
fn s15_without_was_the_new_id_is_another_badge() {
    let world = World::new(&badge("writer", ""));
    world.events(2, "x");
    assert_eq!(
        world.renamed(&badge("author", "")),
        ["points xp 5", "badge.awarded author"]
    );
    assert_eq!(
        (world.held(), world.balance("xp")),
        (vec!["author".to_owned(), "writer".to_owned()], 10)
    );
}

#[test]
fn s15_revoking_spares_renamed_badges() {
    let world = World::new(&badge("writer", ""));
    world.events(2, "x");
    world.publish(
        &badge("author", "was = \"writer\""),
        PublishOptions::default().revoke(),
    );
    world
        .engine
        .catalog()
        .await_backfill(|_| {})
        .wait()
        .unwrap();
    assert_eq!(
        (world.held(), world.balance("xp")),
        (vec!["author".to_owned()], 5)
    );
}

#[test]
fn s15_a_renamed_badge_keeps_tiers_and_keys() {
    let badges = |[tiered, keyed]: [&str; 2], more: [&str; 2]| {
        format!(
            "[[badge]]\nid = \"{tiered}\"\n{}\ncriterion = {{ count = \"x\" }}\ntiers = [1, 2, 9]\n\
             [[badge]]\nid = \"{keyed}\"\n{}\nrepeat = \"per-key\"\ncriterion = {{ count = \"x\", per = \"event.post\" }}\n",
            more[0], more[1]
        )
    };
    let world = World::new(&badges(["t", "k"], ["", ""]));
    world.event_with("x", props! { "post" => 1 });
    world.event_with("x", props! { "post" => 2 });
    assert_eq!(world.held(), ["k@1", "k@2", "t:bronze", "t:silver"]);
    let renamed = badges(["steps", "posts"], ["was = \"t\"", "was = \"k\""]);
    assert_eq!(world.renamed(&renamed), Vec::<String>::new());
    assert_eq!(
        world.held(),
        ["posts@1", "posts@2", "steps:bronze", "steps:silver"]
    );
}

/// A tier that the renamed badge lacks becomes a retired tier of the new badge.
#[test]
fn s15_a_tier_that_is_gone_is_kept_under_the_new_id() {
    let badge = |id: &str, more: &str| {
        format!(
            "[[badge]]\nid = \"{id}\"\ncriterion = {{ count = \"x\" }}\ntiers = [{{ id = \"low\", at = 1 }}{more}]\n"
        )
    };
    let world = World::new(&badge("t", ", { id = \"high\", at = 2 }"));
    world.events(2, "x");
    let renamed = badge("steps", "").replace("criterion", "was = \"t\"\ncriterion");
    assert_eq!(world.renamed(&renamed), Vec::<String>::new());
    assert_eq!(world.held(), ["steps:high", "steps:low"]);
}

#[test]
fn s15_a_renamed_earning_keeps_its_ledger() {
    let world = World::new(&earning("post", ""));
    world.events(2, "x");
    let ledger = world.ledger();
    assert_eq!(
        world.renamed(&earning("writing", "was = [\"post\"]")),
        Vec::<String>::new()
    );
    assert_eq!(world.ledger(), ledger);
    world.at("2026-06-01T11:00:00Z", "x", props! {});
    let rules: Vec<_> = world.ledger().into_iter().map(|entry| entry.rule).collect();
    assert_eq!(
        (rules, world.balance("xp")),
        (vec!["post".into(), "post".into(), "writing".into()], 9)
    );
}

#[test]
fn s15_without_was_the_points_of_an_earning_are_earned_again() {
    let world = World::new(&earning("post", ""));
    world.events(1, "x");
    assert_eq!(
        world.renamed(&earning("writing", "")),
        ["points xp -3", "points xp 3"]
    );
    let entries: Vec<_> = world
        .ledger()
        .into_iter()
        .map(|entry| (entry.rule, entry.amount))
        .collect();
    assert_eq!(
        entries,
        [
            ("post".into(), 3),
            ("post".into(), -3),
            ("writing".into(), 3)
        ]
    );
}

#[test]
fn s15_the_entries_of_each_currency_still_sum_to_its_balance() {
    let world = World::new(&economy("xp", ""));
    world.events(2, "x");
    world.act(Action::points("ada", "xp", -1)).unwrap();
    let entries = world.ledger().len();
    assert_eq!(
        world.renamed(&economy("coins", "was = [\"xp\"]")),
        Vec::<String>::new()
    );
    assert_eq!(
        world.sums(),
        [("coins".into(), 10), ("xp".into(), 0)].into()
    );
    assert!(world.is_open("shop"));
    let moves = world.ledger().split_off(entries);
    assert!(
        moves
            .iter()
            .all(|entry| entry.caused_by.as_deref() == Some("catalog:2")),
        "{moves:?}"
    );
    assert_eq!(moves.len(), 2 * entries);

    world.at("2026-06-01T11:00:00Z", "x", props! {});
    assert_eq!(
        world.sums(),
        [("coins".into(), 13), ("xp".into(), 0)].into()
    );
    assert_eq!(
        world.renamed(&economy("gems", "was = [\"coins\", \"xp\"]")),
        Vec::<String>::new()
    );
    assert_eq!(
        world.sums(),
        [("coins".into(), 0), ("gems".into(), 13), ("xp".into(), 0)].into()
    );
}

#[test]
fn s15_an_unlockable_stays_open() {
    for (more, expected) in [
        ("was = \"edit\"", vec![]),
        ("", vec!["unlockable.opened change"]),
    ] {
        let world = World::new(&unlockable("edit", ""));
        world.events(2, "x");
        assert_eq!(
            world.renamed(&unlockable("change", more)),
            expected,
            "{more}"
        );
        assert!(world.is_open("change"));
    }
}

/// Actions before and after the renaming, folded incrementally and from the beginning.
#[test]
fn s15_actions_may_name_the_old_id() {
    let by_hand = |badge: &str, currency: &str, more: [&str; 2]| {
        format!(
            "[[currency]]\nid = \"{currency}\"\n{}\n[[badge]]\nid = \"{badge}\"\n{}\n\
             criterion = {{ manual = true, at_least = 9 }}\npoints = {{ {currency} = 5 }}\n",
            more[0], more[1]
        )
    };
    let world = World::new(&by_hand("writer", "xp", ["", ""]));
    world.act(Action::award("ada", "writer")).unwrap();
    world.act(Action::points("ada", "xp", 2)).unwrap();
    assert_eq!(
        world.renamed(&by_hand(
            "author",
            "coins",
            ["was = \"xp\"", "was = \"writer\""]
        )),
        Vec::<String>::new()
    );
    assert_eq!(
        (world.held(), world.balance("coins")),
        (vec!["author".to_owned()], 7)
    );

    world.act(Action::points("ada", "xp", 1)).unwrap();
    assert_eq!(
        world.act(Action::award("ada", "writer")).unwrap_err(),
        "badge `author` is already held; nothing changed"
    );
    world.act(Action::revoke("ada", "writer")).unwrap();
    assert_eq!((world.held(), world.balance("coins")), (vec![], 3));
    world.at("2026-06-01T11:00:00Z", "x", props! {});
    assert_eq!((world.held(), world.balance("coins")), (vec![], 3));
    world.act(Action::award("ada", "author")).unwrap();
    assert_eq!(
        (world.held(), world.balance("coins")),
        (vec!["author".to_owned()], 8)
    );
}

#[test]
fn s15_a_renamed_badge_keeps_manual_progress() {
    let by_hand = |id: &str, more: &str| {
        format!("[[badge]]\nid = \"{id}\"\n{more}\ncriterion = {{ manual = true, at_least = 9 }}\n")
    };
    let world = World::new(&by_hand("writer", ""));
    world
        .act(Action::add_progress("ada", "writer", 4.into()))
        .unwrap();
    assert_eq!(
        world.renamed(&by_hand("author", "was = \"writer\"")),
        Vec::<String>::new()
    );
    world
        .act(Action::add_progress("ada", "writer", 1.into()))
        .unwrap();
    world
        .act(Action::set_progress("ada", "author", 7.into()))
        .unwrap();
    world.at("2026-06-01T11:00:00Z", "x", props! {});
    assert_eq!(world.progress("author"), "7/9");
}

/// With and without a backfill in between: without one, ada is backfilled through both publications
/// at her next read or event.
#[test]
fn s15_what_is_renamed_twice_names_both() {
    for swept in [true, false] {
        let world = World::new(&badge("a", ""));
        world.events(2, "x");
        for source in [
            badge("b", "was = \"a\""),
            badge("c", "was = [\"a\", \"b\"]"),
        ] {
            world.publish(&source, PublishOptions::default());
            if swept {
                world
                    .engine
                    .catalog()
                    .await_backfill(|_| {})
                    .wait()
                    .unwrap();
            }
        }
        assert_eq!(world.badge("c").earned.len(), 1, "{swept}");
        world.event("x");
        world
            .engine
            .catalog()
            .await_backfill(|_| {})
            .wait()
            .unwrap();
        assert_eq!(
            (world.held(), world.balance("xp"), world.ledger().len()),
            (vec!["c".to_owned()], 5, 1),
            "{swept}"
        );
    }
}

/// The new badge names the id of one that was retired in between.
#[test]
fn s15_a_retired_badge_can_come_back_under_another_id() {
    let world = World::new(&badge("writer", ""));
    world.events(2, "x");
    assert_eq!(world.renamed(XP), Vec::<String>::new());
    assert_eq!(world.held(), ["writer"]);
    assert_eq!(
        world.renamed(&badge("author", "was = \"writer\"")),
        Vec::<String>::new()
    );
    assert_eq!(
        (world.held(), world.balance("xp")),
        (vec!["author".to_owned()], 5)
    );
}

/// Two badges become one, which is held once and pays once.
#[test]
fn s15_two_badges_can_become_one() {
    let world = World::new(&format!(
        "{}{}",
        badge("a", ""),
        badge("b", "").replace(XP, "")
    ));
    world.events(2, "x");
    assert_eq!(world.balance("xp"), 10);
    assert_eq!(
        world.renamed(&badge("c", "was = [\"a\", \"b\"]")),
        ["points xp -5", "badge.revoked b"]
    );
    assert_eq!(
        (world.held(), world.balance("xp")),
        (vec!["c".to_owned()], 5)
    );
}

/// The same, where one of them keeps its id.
#[test]
fn s15_a_badge_can_absorb_another() {
    let world = World::new(&format!(
        "{}{}",
        badge("fan", ""),
        badge("friend", "").replace(XP, "")
    ));
    world.events(2, "x");
    assert_eq!(
        world.renamed(&badge("fan", "was = \"friend\"")),
        ["points xp -5", "badge.revoked friend"]
    );
    assert_eq!(
        (world.held(), world.balance("xp")),
        (vec!["fan".to_owned()], 5)
    );
    world.at("2026-06-01T11:00:00Z", "x", props! {});
    assert_eq!(
        (world.held(), world.balance("xp")),
        (vec!["fan".to_owned()], 5)
    );
}
