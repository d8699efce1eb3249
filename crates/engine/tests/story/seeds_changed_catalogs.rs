//! The defects of django-gamification that involve a changed catalog. Publishing equals folding the
//! same timeline under the new catalog, so the history of one engine is restored into another that
//! has it.

use accolade::Action;

use crate::world::World;

const XP: &str = "[[currency]]\nid = \"xp\"\n";

fn writer(target: u32) -> String {
    format!(
        "{XP}[[badge]]\nid = \"writer\"\ncriterion = {{ count = \"comment.posted\", at_least = {target} }}\npoints = {{ xp = 10 }}\n"
    )
}

/// The same history with a lower target.
#[test]
fn a_target_lowered_below_the_progress_does_not_award() {
    let before = World::new(&writer(10));
    before.events(5, "comment.posted");
    assert_eq!(before.held(), Vec::<String>::new());
    let after = before.with_catalog(&writer(3));
    assert_eq!(
        (after.held(), after.balance("xp")),
        (vec!["writer".to_owned()], 10)
    );
    assert_eq!(after.badge("writer").earned[0].event.as_deref(), Some("e3"));
}

/// The same history with an unlockable that is new, or cheaper.
#[test]
fn an_unlockable_newly_created_or_lowered_stays_locked_until_the_next_change_of_points() {
    let shop = |cost: u32| {
        format!(
            "{XP}[[unlockable]]\nid = \"shop\"\ncriterion = {{ points = \"xp\", at_least = {cost} }}\n"
        )
    };
    let without = World::new(XP);
    without.act(Action::points("ada", "xp", 50)).unwrap();
    for (cost, open) in [(0, true), (50, true), (51, false)] {
        assert_eq!(
            without.with_catalog(&shop(cost)).is_open("shop"),
            open,
            "new, for {cost}"
        );
        assert_eq!(
            without
                .with_catalog(&shop(100))
                .with_catalog(&shop(cost))
                .is_open("shop"),
            open,
            "lowered to {cost}"
        );
    }
}

/// The same history with fifty more badges.
#[test]
fn definitions_loaded_in_bulk_produce_nothing() {
    let before = World::new(XP);
    before.events(7, "comment.posted");
    let many: String = (10..60)
        .map(|n| {
            writer(n - 9)
                .replace(XP, "")
                .replace("writer", &format!("writer-{n}"))
        })
        .collect();
    let after = before.with_catalog(&format!("{XP}{many}"));
    assert_eq!((after.held().len(), after.balance("xp")), (7, 70));
}

/// The same history with another amount for the badge.
#[test]
fn points_changed_between_award_and_revoke_leave_a_debt() {
    let pays =
        |points: u32| format!("{XP}[[badge]]\nid = \"helper\"\npoints = {{ xp = {points} }}\n");
    let before = World::new(&pays(10));
    before.act(Action::award("ada", "helper")).unwrap();
    for now in [0, 1, 30] {
        let after = before.with_catalog(&pays(now));
        assert_eq!(
            after.balance("xp"),
            10,
            "paid when awarded, whatever it pays now: {now}"
        );
        after.act(Action::revoke("ada", "helper")).unwrap();
        assert_eq!(after.balance("xp"), 0, "and taken back to the point: {now}");
    }
}

/// The same history with one badge that lost its criterion.
#[test]
fn clearing_a_target_deletes_other_badges_earned_ones_included() {
    let other = "[[badge]]\nid = \"other\"\ncriterion = { count = \"comment.posted\" }\n";
    let before = World::new(&format!("{}{other}", writer(3)));
    before.events(2, "comment.posted");
    before.act(Action::award("ada", "writer")).unwrap();
    assert_eq!(before.held(), ["other", "writer"]);
    let after = before.with_catalog(&format!("{XP}[[badge]]\nid = \"writer\"\n{other}"));
    assert_eq!(after.held(), ["other", "writer"]);
}

/// The same history without the category. A catalog that still refers to it is rejected, with the
/// location.
#[test]
fn deleting_a_category_deletes_definitions_and_everyones_badges() {
    let badge = "[[badge]]\nid = \"first\"\ncriterion = { count = \"comment.posted\" }\n";
    let labelled = format!("{badge}category = \"talk\"\n");
    let before = World::new(&format!("[[category]]\nid = \"talk\"\n{labelled}"));
    before.event("comment.posted");
    let after = before.with_catalog(badge);
    assert_eq!(
        (after.held(), after.badge("first").category),
        (vec!["first".to_owned()], None)
    );
    let error = accolade::Catalog::from_toml(&labelled)
        .unwrap_err()
        .to_string();
    assert!(error.contains("talk"), "{error}");
}

/// Opening an engine with another catalog does not publish it.
#[test]
fn an_engine_opened_with_another_catalog_lists_the_differences() {
    let store = accolade_testing::MemoryStore::new();
    drop(World::on(store.clone(), crate::world::catalog(&writer(3))));
    let error = accolade::Engine::open(store, crate::world::catalog(&writer(5)))
        .err()
        .unwrap()
        .to_string();
    assert!(
        error.contains("\n  the badge `writer` was changed\n"),
        "{error}"
    );
}
