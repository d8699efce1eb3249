//! The defects of django-hero, which Accolade does not have. Visibility and code badges have files
//! of their own.

use accolade::{Audience, Catalog, CodeBadge, EarnedTier, Engine, props};
use accolade_testing::MemoryStore;

use crate::world::{World, outcome_lines, with_code};

const LEVELS: &str = r#"
    [[badge]]
    id = "runner"
    criterion = { sum = "event.km", on = "run" }
    tiers = [10, 20, 30, 40]
"#;

#[test]
fn a_level_never_advances_after_the_first_unlock() {
    let world = World::new(LEVELS);
    let earned = [(); 4].map(|()| outcome_lines(&world.event_with("run", props! { "km" => 10 })));
    let levels = ["bronze", "silver", "gold", "diamond"]
        .map(|level| vec![format!("badge.awarded runner:{level}")]);
    assert_eq!(earned, levels);
}

#[test]
fn one_event_may_reach_several_levels() {
    let world = World::new(LEVELS);
    world.event_with("run", props! { "km" => 35 });
    assert_eq!(
        world.held(),
        ["runner:bronze", "runner:gold", "runner:silver"]
    );
    assert_eq!(world.progress("runner"), "35/40 diamond");
}

#[test]
fn no_uniqueness_so_races_duplicate() {
    let world = World::new("[[badge]]\nid = \"first\"\ncriterion = { count = \"run\" }");
    std::thread::scope(|scope| {
        for number in 0..8 {
            let engine = world.engine.clone();
            let run = accolade::NewEvent::new("ada", "run").id(format!("run-{number}"));
            scope.spawn(move || engine.record(run).wait().unwrap());
        }
    });
    assert_eq!(world.held(), ["first"]);
    assert_eq!(
        world
            .engine
            .catalog()
            .list_earners("first", Audience::Admin, None, 10)
            .wait()
            .unwrap()
            .items
            .len(),
        1
    );
    let awarded = world.engine.feed().list(0, 100).wait().unwrap();
    assert_eq!(awarded.len(), 1, "{awarded:?}");
}

#[test]
fn is_unlocked_crashes_when_locked() {
    let world = World::new(
        "[[unlockable]]\nid = \"door\"\ncriterion = { count = \"knock\", at_least = 2 }",
    );
    world.event("knock");
    assert!(!world.is_open("door"));
    world.event("knock");
    assert!(world.is_open("door"));
}

#[test]
fn one_predicate_that_fails_stops_the_rest() {
    let badge = |id: &str, fails: bool| {
        let unlock = move |_: &accolade::CodeContext<'_>| {
            assert!(!fails, "a bug in {}", "a badge");
            Some(EarnedTier::unnamed())
        };
        CodeBadge::new(id, unlock).events(["run"])
    };
    let source = "[[badge]]\nid = \"declared\"\ncriterion = { count = \"run\" }";
    let badges = vec![badge("a", false), badge("broken", true), badge("z", false)];
    let world = World::on(MemoryStore::new(), with_code(source, badges));
    world.event("run");
    assert_eq!(world.held(), ["a", "declared", "z"]);
    let errors = world.engine.catalog().list_rule_errors().wait().unwrap();
    assert_eq!(
        (errors[0].id.as_str(), errors[0].message.as_str()),
        ("broken", "it panicked: a bug in a badge")
    );
}

#[test]
fn an_unknown_event_is_an_error() {
    let world = World::new(LEVELS);
    let receipt = world.event("never.heard.of");
    assert_eq!((receipt.outcomes, receipt.skipped), (vec![], vec![]));
    assert_eq!(
        world
            .engine
            .players()
            .list_timeline("ada")
            .wait()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn a_duplicate_id_silently_replaces_another_achievement() {
    let twice = "[[badge]]\nid = \"first\"\n[[badge]]\nid = \"first\"\n";
    let error = Catalog::from_toml(twice).unwrap_err().to_string();
    assert!(error.contains("first"), "{error}");
    let code = || CodeBadge::new("first", |_| None).events(["run"]);
    for (source, badges) in [
        ("", vec![code(), code()]),
        ("[[badge]]\nid = \"first\"\n", vec![code()]),
    ] {
        let made = Catalog::new(
            source,
            "story.toml",
            accolade_core::catalog::CatalogFormat::Toml,
            badges,
        );
        assert!(made.unwrap_err().to_string().contains("first"), "{source}");
    }
}

/// Visibility is enforced, for rules and for code badges. `secrecy.rs` has the details.
#[test]
fn secret_and_invisible_are_not_enforced() {
    let code = |id: &str| {
        CodeBadge::new(id, |_| Some(EarnedTier::unnamed()))
            .events(["found"])
            .description("The cellar")
    };
    let source = "[[badge]]\nid = \"egg\"\nvisibility = \"secret\"\n[[badge]]\nid = \"ghost\"\nvisibility = \"invisible\"\n";
    let catalog = with_code(
        source,
        vec![code("code-egg").secret(), code("code-ghost").invisible()],
    );
    let world = World::on(MemoryStore::new(), catalog);
    world.event("run");
    let seen = |audience| format!("{:?}", world.profile(audience).unwrap());
    let words = ["egg", "ghost", "cellar"];
    assert!(words.iter().all(
        |word| !seen(Audience::Player).contains(word) && !seen(Audience::Others).contains(word)
    ));
    assert_eq!(seen(Audience::Player).matches("Secret badge").count(), 2);
    world.event("found");
    assert!(words.iter().all(
        |word| seen(Audience::Player).contains(word) && !seen(Audience::Others).contains(word)
    ));
}

/// Compiling a catalog accesses no database, and a read-only engine does not write to an empty one.
#[test]
fn writing_to_the_database_at_import_time() {
    let store = MemoryStore::new();
    let catalog = crate::world::catalog(LEVELS);
    Engine::builder(store.clone())
        .catalog(catalog)
        .read_only()
        .open()
        .unwrap();
    let error = Engine::builder(store).open().err().unwrap().to_string();
    assert_eq!(error, "database `memory` has no catalog; open it with one");
}

/// Definitions follow the catalog, so badges can be listed whether or not they are held.
#[test]
fn stale_rows_break_the_admin() {
    let world = World::new(&format!("{LEVELS}[[badge]]\nid = \"unused\"\n"));
    world.event_with("run", props! { "km" => 10 });
    let badges = world
        .engine
        .catalog()
        .list_gallery(Audience::Admin)
        .wait()
        .unwrap();
    let rows: Vec<_> = badges
        .iter()
        .map(|badge| (badge.id.as_deref().unwrap(), badge.awards, badge.rarity))
        .collect();
    assert_eq!(rows, [("runner", 1, 1.0), ("unused", 0, 0.0)]);
}

#[test]
fn the_locked_image_is_always_shown() {
    let world = World::new(
        r#"
        [defaults]
        images = { locked = "locked.png", unlocked = "unlocked.png", secret = "secret.png" }

        [[badge]]
        id = "plain"
        criterion = { count = "run", at_least = 2 }

        [[badge]]
        id = "own"
        images = { unlocked = "own.png" }
        criterion = { count = "run", at_least = 2 }
    "#,
    );
    let images = || ["plain", "own"].map(|badge| world.badge(badge).image.unwrap());
    world.event("run");
    assert_eq!(images(), ["locked.png", "locked.png"]);
    world.event("run");
    assert_eq!(images(), ["unlocked.png", "own.png"]);
}
