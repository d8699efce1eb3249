//! The audit log: actions of an actor, written in the same commit as their effects or not at all.

use accolade::{Action, Engine, EventSelection, NewEvent, PlayerId, PublishOptions};
use accolade_testing::MemoryStore;
use serde_json::json;

use crate::world::{World, catalog};

const RUNS: &str = r#"
[[currency]]
id = "xp"

[[earning]]
id = "run"
on = "run"
points = { xp = 10 }

[[badge]]
id = "hero"
criterion = { manual = true }
"#;

/// Renders the audit log in order, one line each.
fn log(engine: &Engine) -> Vec<String> {
    let mut items = engine
        .service()
        .list_audit_entries(None, 100)
        .wait()
        .unwrap()
        .items;
    items.reverse();
    let player = |player: &Option<PlayerId>| player.as_deref().unwrap_or("-").to_owned();
    items
        .iter()
        .map(|one| {
            format!(
                "{} {} {} {} {}",
                one.actor,
                one.action,
                player(&one.player),
                one.subject,
                one.detail
            )
        })
        .collect()
}

#[test]
fn actions_of_an_actor_are_audited_in_the_same_commit() {
    let world = World::new(RUNS);
    world.events(2, "run");
    let grace = world.engine.on_behalf_of("grace");
    grace
        .submit_action(
            Action::award("ada", "hero")
                .id("a1")
                .reason("thanks")
                .create(),
        )
        .wait()
        .unwrap();
    grace
        .submit_actions(vec![
            Action::points("bob", "xp", 5).id("a2").create(),
            Action::merge("ada", "bob").id("a3"),
        ])
        .wait()
        .unwrap();
    let selected = grace
        .players()
        .find_events(EventSelection::default().player("ada").name("run"))
        .wait()
        .unwrap();
    world
        .engine
        .on_behalf_of("heidi")
        .players()
        .retract_selected(selected, Action::empty().id("a4"))
        .wait()
        .unwrap();
    grace
        .submit_action(Action::unmerge("ada", "bob").id("a5"))
        .wait()
        .unwrap_err();
    grace
        .submit_action(Action::points("bob", "xp", 1).id("a6"))
        .wait()
        .unwrap();
    assert_eq!(
        log(&world.engine),
        [
            r#"grace accolade.award ada a1 {"badge":"hero","reason":"thanks"}"#,
            r#"grace accolade.points bob a2 {"amount":5,"currency":"xp"}"#,
            r#"grace accolade.merge ada a3 {"guest":"bob"}"#,
            r#"heidi accolade.retract ada a4 {"events":["e1","e2"]}"#,
            r#"grace accolade.points bob a6 {"amount":1,"currency":"xp"}"#,
        ]
    );
}

#[test]
fn duplicates_and_refusals_leave_nothing() {
    let world = World::new(RUNS);
    let grace = world.engine.on_behalf_of("grace");
    let award = || Action::award("ada", "hero").id("a1").create();
    grace.submit_action(award()).wait().unwrap();
    grace.submit_action(award()).wait().unwrap();
    grace
        .submit_action(Action::revoke("ada", "hero").id("a1"))
        .wait()
        .unwrap_err();
    grace
        .submit_action(Action::points("ada", "xp", -5))
        .wait()
        .unwrap_err();
    grace
        .submit_action(Action::retract("ada", "a1").at(world.now()))
        .wait()
        .unwrap_err();
    grace.submit_actions(vec![award(), award()]).wait().unwrap();
    assert_eq!(
        log(&world.engine),
        [r#"grace accolade.award ada a1 {"badge":"hero"}"#]
    );
}

#[test]
fn events_of_players_are_not_audited() {
    let world = World::new(RUNS);
    let grace = world.engine.on_behalf_of("grace");
    grace.record(NewEvent::new("ada", "run")).wait().unwrap();
    grace
        .record_many(vec![NewEvent::new("ada", "run")])
        .wait()
        .unwrap()
        .pop()
        .unwrap()
        .unwrap();
    world
        .engine
        .submit_action(Action::award("ada", "hero").create())
        .wait()
        .unwrap();
    assert_eq!(log(&world.engine), [""; 0]);
}

#[test]
fn publications_are_audited_and_those_that_change_nothing_are_not() {
    let world = World::new(RUNS);
    let grace = world.engine.on_behalf_of("grace");
    let richer = RUNS.replace("10", "20");
    let plan = grace
        .catalog()
        .plan(catalog(&richer), Default::default(), |_| {})
        .wait()
        .unwrap();
    grace
        .catalog()
        .publish(catalog(&richer), PublishOptions::default().plan(plan.token))
        .wait()
        .unwrap();
    grace
        .catalog()
        .publish(catalog(&richer), PublishOptions::default())
        .wait()
        .unwrap();
    grace
        .catalog()
        .publish(catalog(RUNS), PublishOptions::default().expected_version(1))
        .wait()
        .unwrap_err();
    grace
        .catalog()
        .publish(catalog(RUNS), PublishOptions::default().revoke())
        .wait()
        .unwrap();
    let entry = |version: u32, take_back| {
        let detail = json!({ "revoke": take_back, "changes": ["the earning `run` was changed"] });
        format!("grace catalog.publish - version {version} {detail}")
    };
    assert_eq!(log(&world.engine), [entry(2, false), entry(3, true)]);
}

#[test]
fn s22_an_erased_player_is_not_in_the_log() {
    let world = World::new(RUNS);
    let grace = world.engine.on_behalf_of("grace");
    for player in ["ada", "bob"] {
        grace
            .submit_action(
                Action::award(player, "hero")
                    .create()
                    .id(format!("for-{player}"))
                    .reason(player),
            )
            .wait()
            .unwrap();
    }
    grace
        .submit_action(Action::merge("ada", "guest").id("join-ada").create())
        .wait()
        .unwrap();
    grace
        .players()
        .erase("guest")
        .wait()
        .unwrap()
        .expect("the guest is ada");
    grace.players().erase("ada").wait().unwrap();
    let counts =
        json!({ "ids": 2, "events": 2, "ledger": 0, "awards": 1, "outcomes": 1, "derived": 3 });
    assert_eq!(
        log(&world.engine),
        [
            "grace accolade.award -  {}".to_owned(),
            r#"grace accolade.award bob for-bob {"badge":"hero","reason":"bob"}"#.to_owned(),
            "grace accolade.merge -  {}".to_owned(),
            format!("grace player.erase -  {counts}"),
        ]
    );
}

#[test]
fn pruning_and_restoring_are_audited_with_counts() {
    let world = World::new(RUNS);
    let grace = world.engine.on_behalf_of("grace");
    let run = |id: &str| NewEvent::new("ada", "run").id(id).at(world.now());
    grace
        .maintenance()
        .restore_events(vec![
            run("1"),
            run("2"),
            run("1"),
            NewEvent::new("ada", "accolade.nothing"),
        ])
        .wait()
        .unwrap();
    grace
        .maintenance()
        .restore_events(vec![run("1")])
        .wait()
        .unwrap();
    world.advance_clock(60);
    for _ in 0..2 {
        grace.feed().prune(world.now()).wait().unwrap();
    }
    assert_eq!(
        log(&world.engine),
        [
            r#"grace events.restore -  {"events":2}"#,
            r#"grace feed.prune -  {"before":"2026-06-01T12:01:00Z","outcomes":2}"#,
        ]
    );
}

#[test]
fn the_log_is_read_by_pages_and_survives_reopening() {
    let store = MemoryStore::new();
    let engine = Engine::open(store.clone(), catalog(RUNS)).unwrap();
    let acts = (0..5)
        .map(|number| {
            Action::points("ada", "xp", 1)
                .id(number.to_string())
                .create()
        })
        .collect();
    engine
        .on_behalf_of("grace")
        .submit_actions(acts)
        .wait()
        .unwrap();
    engine.close().unwrap();
    let again = Engine::open(store, catalog(RUNS)).unwrap();
    let (mut before, mut pages) = (None, Vec::new());
    loop {
        let page = again
            .service()
            .list_audit_entries(before, 2)
            .wait()
            .unwrap();
        pages.push(
            page.items
                .into_iter()
                .map(|entry| entry.subject)
                .collect::<Vec<_>>(),
        );
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    assert_eq!(pages, [vec!["4", "3"], vec!["2", "1"], vec!["0"]]);
}
