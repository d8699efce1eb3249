//! Manual actions on unknown players are refused, unless they say `create` (S45).

use accolade::{Action, NewEvent, ReceiptStatus, props};

use crate::world::World;

const CATALOG: &str = r#"
    [[currency]]
    id = "xp"

    [[badge]]
    id = "helper"
    points = { xp = 100 }
"#;

/// Submits an action as it is, and returns the message of a rejection.
fn submit(world: &World, act: Action) -> Result<ReceiptStatus, String> {
    let answer = world.engine.submit_action(act).wait();
    answer
        .map(|receipt| receipt.status)
        .map_err(|error| error.to_string())
}

fn exists(world: &World, player: &str) -> bool {
    world.engine.players().exists(player).wait().unwrap()
}

#[test]
fn s45_every_action_on_an_unknown_player_is_refused_with_a_suggestion() {
    let world = World::new(CATALOG);
    world.event("visit");
    let refusal = "player `adaa` not found; did you mean `ada`? to create the player, set `create`";
    for act in [
        Action::award("adaa", "helper"),
        Action::points("adaa", "xp", 5),
        Action::profile("adaa", props! { "name" => "Ada" }),
        Action::reset("adaa"),
        Action::retract("adaa", "e1"),
        Action::restore("adaa", "e1"),
        Action::merge("adaa", "ada"),
        Action::merge("ada", "adaa"),
        Action::unmerge("adaa", "ada"),
    ] {
        assert_eq!(
            submit(&world, act.clone()),
            Err(refusal.to_owned()),
            "{act:?}"
        );
    }
    assert!(!exists(&world, "adaa"));
    assert_eq!(world.engine.players().count().wait().unwrap(), 1);
}

#[test]
fn s45_an_action_that_says_create_creates_the_player() {
    let world = World::new(CATALOG);
    let name = Action::profile("bea", props! { "name" => "Bea" }).create();
    assert_eq!(submit(&world, name), Ok(ReceiptStatus::Accepted));
    assert!(exists(&world, "bea"));
    // From then on the player is known.
    let gift = Action::points("bea", "xp", 5);
    assert_eq!(submit(&world, gift), Ok(ReceiptStatus::Accepted));
}

#[test]
fn s45_an_event_makes_its_player_known_to_the_actions_after_it() {
    let world = World::new(CATALOG);
    let event = world.engine.record(NewEvent::new("bea", "visit"));
    let gift = world.engine.submit_action(Action::points("bea", "xp", 5));
    event.wait().unwrap();
    gift.wait().unwrap();
}

#[test]
fn s13_a_retraction_of_an_event_that_is_still_to_come_can_create_the_player() {
    let world = World::new(CATALOG);
    let early = Action::retract("bea", "late").create();
    assert_eq!(submit(&world, early), Ok(ReceiptStatus::Accepted));
    let late = NewEvent::new("bea", "visit").id("late");
    let receipt = world.engine.record(late).wait().unwrap();
    assert_eq!(
        receipt.skipped[0].message,
        "retracted by `".to_owned() + &early_id(&world) + "`"
    );
}

fn early_id(world: &World) -> String {
    let timeline = world.engine.players().list_timeline("bea").wait().unwrap();
    let act = timeline.iter().find(|row| row.name == "accolade.retract");
    act.unwrap().id.to_string()
}

#[test]
fn s45_create_is_not_content_so_a_retry_may_leave_it_out_or_add_it() {
    let world = World::new(CATALOG);
    let gift = || Action::points("bea", "xp", 5).id("gift");
    assert_eq!(submit(&world, gift().create()), Ok(ReceiptStatus::Accepted));
    assert_eq!(submit(&world, gift()), Ok(ReceiptStatus::Duplicate));
    assert_eq!(
        submit(&world, gift().create()),
        Ok(ReceiptStatus::Duplicate)
    );
    let both = vec![
        Action::points("cid", "xp", 5).id("gift"),
        Action::points("cid", "xp", 5).id("gift").create(),
    ];
    let answers = world.engine.submit_actions(both).wait().unwrap();
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    let timeline = world.engine.players().list_timeline("bea").wait().unwrap();
    assert_eq!(timeline.len(), 1);
    assert!(timeline[0].props.get("create").is_none());
}

#[test]
fn s45_a_merge_that_says_create_needs_neither_player_nor_guest() {
    let world = World::new(CATALOG);
    let merge = Action::merge("bea", "guest-1").create();
    assert_eq!(submit(&world, merge), Ok(ReceiptStatus::Accepted));
    world
        .engine
        .record(NewEvent::new("guest-1", "visit"))
        .wait()
        .unwrap();
    let timeline = world.engine.players().list_timeline("bea").wait().unwrap();
    assert_eq!(timeline.len(), 2);
}

#[test]
fn s45_an_action_on_a_merged_guest_needs_no_create() {
    let world = World::new(CATALOG);
    world.event("visit");
    world
        .engine
        .record(NewEvent::new("guest-1", "visit"))
        .wait()
        .unwrap();
    let merge = Action::merge("ada", "guest-1");
    assert_eq!(submit(&world, merge), Ok(ReceiptStatus::Accepted));
    let gift = Action::points("guest-1", "xp", 5);
    assert_eq!(submit(&world, gift), Ok(ReceiptStatus::Accepted));
}

#[test]
fn an_unmerge_of_an_unknown_guest_suggests_one_that_is_merged() {
    let world = World::new(CATALOG);
    world.event("visit");
    for guest in ["guest-1", "visitor"] {
        let merge = Action::merge("ada", guest).create();
        assert_eq!(submit(&world, merge), Ok(ReceiptStatus::Accepted));
    }
    assert_eq!(
        submit(&world, Action::unmerge("ada", "geust-1")),
        Err(
            "`geust-1` is not merged into `ada`; there is nothing to unmerge; did you mean \
             `guest-1`?"
                .to_owned()
        )
    );
}

#[test]
fn ids_are_suggested_from_their_neighborhood() {
    let world = World::new(CATALOG);
    let ids = (0..300).map(|number| format!("user-{number:04}"));
    let events = ids.chain(["ada".to_owned(), "Zoe".to_owned()]);
    let events = events.map(|id| NewEvent::new(id, "visit")).collect();
    world.engine.record_many(events).wait().unwrap();
    for (id, expected) in [
        ("adda", Some("ada")),
        ("zoe", Some("Zoe")),
        ("ADA", Some("ada")),
        // Far from the first ids with the prefix `use`.
        ("user-0288x", Some("user-0288")),
        ("usre-0001", Some("user-0001")),
        ("another one", None),
        ("", None),
    ] {
        let found = world.engine.players().suggest(id).wait().unwrap();
        assert_eq!(found.as_deref(), expected, "{id}");
    }
}
