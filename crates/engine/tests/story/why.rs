//! Explanations: every award, balance and ledger entry is traced to its cause.

use accolade::{Action, Catalog, NewEvent, PublishOptions, props};

use crate::world::World;

const CATALOG: &str = r#"
    [[currency]]
    id = "xp"

    [[earning]]
    id = "voted"
    on = "vote"
    points = { xp = 5 }

    [[badge]]
    id = "nice-answer"
    name = "Nice Answer"
    criterion = { count = "vote", per = "event.post", where = "event.up", at_least = 2 }
    repeat = "per-key"
    points = { xp = 10 }

    [[badge]]
    id = "critic"
    criterion = { count = "vote", at_least = 4 }
"#;

fn voted(world: &World, post: &str, up: bool) {
    world.event_with("vote", props! { "post" => post, "up" => up });
}

fn why(world: &World, about: &str) -> String {
    match world.engine.players().why("ada", about).wait() {
        Ok(Some(why)) => why.to_string(),
        Ok(None) => "nobody".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn s13_s14_s19_an_explanation_names_what_counted_and_what_did_not() {
    let world = World::new(CATALOG);
    voted(&world, "7", true);
    voted(&world, "7", true);
    voted(&world, "8", true);
    voted(&world, "8", false);
    voted(&world, "8", true);
    world.act(Action::retract("ada", "e5").id("r1")).unwrap();
    world.advance_clock(60);
    world
        .send(
            NewEvent::new("guest", "vote")
                .id("g1")
                .prop("post", "9")
                .prop("up", true),
        )
        .unwrap();
    world.act(Action::merge("ada", "guest")).unwrap();
    for (about, expected) in [
        ("nice-answer@7", "ada has Nice Answer"),
        ("nice-answer@7", "e2  vote"),
        ("award:nice-answer@7", "ada has Nice Answer"),
        ("nice-answer@8", "ada does not have Nice Answer"),
        ("nice-answer@8", "e4  vote: condition not met: event.up"),
        ("nice-answer@8", "e5  vote: retracted by action r1"),
        ("nice-answer@9", "g1  vote"),
        ("critic", "ada has critic"),
        ("currency:xp", "g1"),
        ("entry:1", "entry 1 is +5 xp of the earning voted"),
        ("entry:1", "for e1  vote of ada at"),
        ("entry:1", "under catalog version 1, published at "),
        ("nice-anser", "did you mean `nice-answer`?"),
        ("award:nice-anser@7", "did you mean `nice-answer`?"),
        ("entry:99", "ledger entry `99` of player `ada` not found"),
        ("entry:x", "ledger entry `x` of player `ada` not found"),
    ] {
        let text = why(&world, about);
        assert!(
            text.contains(expected),
            "{about} does not say {expected:?}:\n{text}"
        );
    }
    assert_eq!(
        world
            .engine
            .players()
            .why("nobody", "critic")
            .wait()
            .unwrap(),
        None
    );
    let guest = world
        .engine
        .players()
        .why("guest", "critic")
        .wait()
        .unwrap()
        .unwrap();
    assert_eq!(guest.player, "ada", "a guest's id leads to the player");
}

#[test]
fn s5_an_entry_is_explained_with_its_corrections_and_their_sum() {
    let world = World::new(CATALOG);
    voted(&world, "7", true);
    voted(&world, "7", true);
    world.act(Action::retract("ada", "e2").id("r1")).unwrap();
    let ledger = world.ledger();
    let paid = |rule: &str| {
        ledger
            .iter()
            .find(|row| row.rule == rule && (rule != "voted" || row.event == "e2"))
            .unwrap()
    };
    for (rule, cause_of_correction, explained) in
        [("voted", Some("r1"), false), ("nice-answer", None, true)]
    {
        let why = world
            .engine
            .players()
            .why("ada", &format!("entry:{}", paid(rule).seq))
            .wait()
            .unwrap()
            .unwrap();
        let story = why.entry.expect("it is about an entry");
        let moved: Vec<(i64, &str, Option<&str>)> = story
            .entries
            .iter()
            .map(|entry| {
                (
                    entry.amount,
                    entry.trigger.as_str(),
                    entry.caused_by.as_deref(),
                )
            })
            .collect();
        let amount = paid(rule).amount;
        assert_eq!(
            moved,
            [
                (amount, "event", None),
                (-amount, "retract", cause_of_correction)
            ],
            "{rule}"
        );
        assert_eq!(story.sum, 0, "{rule}");
        let cause = story.caused_by.expect("the event is there");
        assert_eq!(
            (&*cause.event, cause.retracted_by.as_deref()),
            ("e2", Some("r1")),
            "{rule}"
        );
        assert_eq!(
            (why.explanation.is_some(), story.rule_in_words.is_some()),
            (explained, !explained),
            "{rule}"
        );
    }
}

#[test]
fn s14_grandfathered_awards_are_explained_before_and_after_the_backfill() {
    let world = World::new(CATALOG);
    (0..4).for_each(|_| voted(&world, "7", true));
    let stricter = Catalog::from_toml(&CATALOG.replace("at_least = 4", "at_least = 9")).unwrap();
    world.advance_clock(60);
    world
        .engine
        .catalog()
        .publish(stricter, PublishOptions::default())
        .wait()
        .unwrap();
    let before = world
        .engine
        .players()
        .why("ada", "critic")
        .wait()
        .unwrap()
        .unwrap();
    world
        .engine
        .catalog()
        .await_backfill(|_| {})
        .wait()
        .unwrap();
    let after = world
        .engine
        .players()
        .why("ada", "critic")
        .wait()
        .unwrap()
        .unwrap();
    for why in [before, after] {
        let text = why.to_string();
        assert!(
            text.contains("ada has critic")
                && text.contains("under an earlier catalog and grandfathered"),
            "{text}"
        );
        assert_eq!(why.version, 2);
    }
}

#[test]
fn s22_an_export_holds_everything_of_a_player_and_nothing_of_others() {
    let world = World::new(CATALOG);
    voted(&world, "7", true);
    voted(&world, "7", true);
    world.act(Action::retract("ada", "e1").id("r1")).unwrap();
    world
        .send(NewEvent::new("guest", "vote").id("g1").prop("post", "9"))
        .unwrap();
    world.act(Action::merge("ada", "guest").id("m1")).unwrap();
    world.send(NewEvent::new("bob", "vote").id("b1")).unwrap();
    let export = world
        .engine
        .players()
        .export_personal_data("guest")
        .wait()
        .unwrap()
        .unwrap();
    assert_eq!(
        (&*export.player, &export.guests[..]),
        ("ada", &["guest".into()][..])
    );
    let events: Vec<(&str, &str, Option<&str>)> = export
        .events
        .iter()
        .map(|event| {
            (
                event.id.as_str(),
                event.player.as_str(),
                event.retracted_by.as_deref(),
            )
        })
        .collect();
    for expected in [
        ("e1", "ada", Some("r1")),
        ("e2", "ada", None),
        ("r1", "ada", None),
        ("g1", "guest", None),
    ] {
        assert!(
            events.contains(&expected),
            "{expected:?} is missing in {events:?}"
        );
    }
    assert_eq!(
        export.ledger.iter().map(|entry| entry.amount).sum::<i64>(),
        export.balances[0].balance
    );
    let text = format!("{export:?}");
    assert!(!text.contains("bob") && !text.contains("b1\""), "{text}");
}
