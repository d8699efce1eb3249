//! Code badges (S17).

use std::sync::atomic::{AtomicUsize, Ordering};

use accolade::{
    Action, Audience, CodeBadge, CodeContext, EarnedTier, Engine, Error, NewEvent, props,
};
use accolade_testing::MemoryStore;

use crate::world::{World, outcome_lines, with_code};

const CATALOG: &str = r#"
    [[currency]]
    id = "xp"
    [[badge]]
    id = "aaa"
    criterion = { count = "run", at_least = 5 }
    [[badge]]
    id = "zzz"
    criterion = { count = "run", at_least = 3 }
    [[unlockable]]
    id = "track"
    criterion = { badge = "zzz" }
"#;

fn runner() -> CodeBadge {
    let unlock = |context: &CodeContext<'_>| match context.prop("km")?.as_int()? {
        42.. => Some(EarnedTier::named("gold")),
        10.. => Some(EarnedTier::named("bronze")),
        _ => None,
    };
    CodeBadge::new("marathon", unlock)
        .events(["run"])
        .tiers(["bronze", "silver", "gold"])
        .points("xp", 5)
        .secret()
}

fn world(badges: Vec<CodeBadge>) -> World {
    World::on(MemoryStore::new(), with_code(CATALOG, badges))
}

#[test]
fn a_code_badge_awards_the_tier_it_returns_and_those_below() {
    let world = world(vec![runner()]);
    assert_eq!(
        outcome_lines(&world.event_with("run", props! { "km" => 5 })),
        Vec::<String>::new()
    );
    assert_eq!(
        outcome_lines(&world.event_with("run", props! { "km" => 12 })),
        ["points xp 5", "badge.awarded marathon:bronze"]
    );
    world.event_with("run", props! { "km" => 15 });
    assert_eq!(world.balance("xp"), 5);
    world.event_with("run", props! { "km" => 42 });
    assert_eq!(
        world.held()[..3],
        ["marathon:bronze", "marathon:gold", "marathon:silver"]
    );
    assert_eq!(
        (
            world.balance("xp"),
            world.badge("marathon").earned[0].source.as_str()
        ),
        (15, "code")
    );
}

#[test]
fn a_code_badge_is_awarded_and_revoked_manually_like_any_other() {
    let world = world(vec![runner()]);
    world
        .act(Action::award("ada", "marathon").tier("silver"))
        .unwrap();
    world.event_with("run", props! { "km" => 42 });
    world
        .act(Action::revoke("ada", "marathon").tier("gold"))
        .unwrap();
    world.event_with("run", props! { "km" => 42 });
    assert_eq!(world.held(), ["marathon:bronze", "marathon:silver"]);
}

#[test]
fn a_code_badge_sees_the_player_as_before_the_event() {
    let badge = CodeBadge::new("seer", |context| {
        let sees =
            context.points("xp") == 7 && context.holds_badge("zzz") && context.is_unlocked("track");
        (sees && context.attribute("team")?.as_text()? == "red" && context.event_name() == "run")
            .then(EarnedTier::unnamed)
    });
    let world = world(vec![badge.events(["run", "swim"])]);
    world
        .act(Action::profile("ada", props! { "team" => "red" }))
        .unwrap();
    world.act(Action::points("ada", "xp", 7)).unwrap();
    world.events(3, "run");
    world.event("swim");
    assert!(!world.holds("seer"));
    world.event("run");
    assert!(world.holds("seer"));
}

#[test]
fn a_tier_that_is_not_declared_is_an_error() {
    let badge = CodeBadge::new("odd", |_| Some(EarnedTier::named("platinum")))
        .events(["run"])
        .tiers(["gold"]);
    let world = world(vec![badge, runner()]);
    let receipt = world.event_with("run", props! { "km" => 12 });
    assert_eq!(
        outcome_lines(&receipt),
        ["points xp 5", "badge.awarded marathon:bronze"]
    );
    let errors = world.engine.catalog().list_rule_errors().wait().unwrap();
    assert_eq!(
        errors[0].message,
        "it returned `platinum`, a tier that it does not declare"
    );
}

#[test]
fn s17_verify_finds_code_that_is_not_pure() {
    let calls = AtomicUsize::new(0);
    let fickle = move |_: &CodeContext<'_>| {
        (calls.fetch_add(1, Ordering::Relaxed) == 0).then(EarnedTier::unnamed)
    };
    let catalog = with_code("", vec![CodeBadge::new("fickle", fickle).events(["run"])]);
    let engine = Engine::open(MemoryStore::new(), catalog).unwrap();
    engine.record(NewEvent::new("ada", "run")).wait().unwrap();
    let report = engine.maintenance().verify(|_| {}).wait().unwrap();
    assert!(
        report
            .differences
            .iter()
            .any(|found| found.subject == "award fickle"),
        "{report:?}"
    );
}

#[test]
fn a_late_event_calls_the_code_again() {
    let second = CodeBadge::new("second-run", |context| {
        context.holds_badge("first-run").then(EarnedTier::unnamed)
    });
    let source = "[[badge]]\nid = \"first-run\"\ncriterion = { count = \"run\" }";
    let world = World::on(
        MemoryStore::new(),
        with_code(source, vec![second.events(["run"])]),
    );
    world.at("2026-06-01T12:00:00Z", "run", props! {});
    assert!(!world.holds("second-run"));
    world.at("2026-06-01T11:00:00Z", "run", props! {});
    assert_eq!(
        world.badge("second-run").earned[0].event.as_deref(),
        Some("e1")
    );
}

#[test]
fn s17_without_the_code_nothing_is_folded() {
    let store = MemoryStore::new();
    drop(World::on(store.clone(), with_code(CATALOG, vec![runner()])));
    for (badges, lacking) in [
        (vec![], true),
        (vec![runner().version(2)], true),
        (vec![runner()], false),
    ] {
        let opened = Engine::builder(store.clone()).code_badges(badges).open();
        assert_eq!(opened.is_err(), lacking);
        assert!(opened.err().is_none_or(
            |error| matches!(error, Error::MissingCode(ids) if ids == ["marathon (version 1)"])
        ));
    }
}

#[test]
fn s17_a_new_version_of_the_code_is_another_catalog() {
    let store = MemoryStore::new();
    drop(World::on(store.clone(), with_code(CATALOG, vec![runner()])));
    let error = Engine::open(store, with_code(CATALOG, vec![runner().version(2)]))
        .err()
        .unwrap();
    assert!(
        matches!(&error, Error::CatalogDiffers { .. }) && error.to_string().contains("marathon"),
        "{error}"
    );
}

#[test]
fn s17_without_the_code_everything_can_be_read() {
    let store = MemoryStore::new();
    let catalog = format!(
        "{CATALOG}[[badge]]\nid = \"next\"\nrequires = \"marathon\"\ncriterion = {{ badge = \"marathon\", tier = \"gold\" }}\n"
    );
    let world = World::on(store.clone(), with_code(&catalog, vec![runner()]));
    world.events(3, "run");
    let reader = Engine::builder(store.clone()).read_only().open().unwrap();
    for audience in [Audience::Player, Audience::Others, Audience::Admin] {
        let [with, without] = [&world.engine, &reader].map(|engine| {
            engine
                .players()
                .load_profile("ada", audience)
                .wait()
                .unwrap()
                .unwrap()
        });
        assert_eq!(without, with, "{audience:?}");
    }
    assert!(
        matches!(
            reader.maintenance().verify(|_| {}).wait(),
            Err(Error::MissingCode(_))
        ),
        "to verify is to fold"
    );
    assert!(matches!(
        reader.record(NewEvent::new("ada", "run")).wait(),
        Err(Error::ReadOnly)
    ));
}
