//! Names of events: those that no rule listens to, and those that rules listen to in vain.

use accolade::{
    Action, EventNameCursor, EventNameFilter, EventNameView, NewEvent, PlanOptions, PublishOptions,
    props,
};

use crate::world::{World, catalog};

const CATALOG: &str = r#"
    [[currency]]
    id = "xp"

    [[earning]]
    id = "wrote"
    name = "Wrote a post"
    on = ["post.published", "post.revised"]
    where = "event.words > 10"
    points = { xp = 1 }

    [[badge]]
    id = "author"
    criterion = { count = "post.published" }

    [[badge]]
    id = "rich"
    criterion = { count = "accolade.points_earned" }

    [[unlockable]]
    id = "chat"
    criterion = { count = "visit" }
"#;

fn unheard(receipt: &accolade::Receipt) -> Option<String> {
    receipt.unheard.as_ref().map(ToString::to_string)
}

#[test]
fn a_receipt_says_if_no_rule_listens_to_the_event() {
    let world = World::new(CATALOG);
    let send = |id: &str, name: &str| {
        let event = NewEvent::new("ada", name).id(id);
        world.engine.record(event).wait().unwrap()
    };
    let hint = "no rule listens to `post.publishd`; did you mean `post.published`?";
    for (id, name, expected) in [
        ("1", "post.publishd", Some(hint)),
        ("1", "post.publishd", Some(hint)),
        ("2", "post.published", None),
        ("2", "post.published", None),
        (
            "3",
            "entirely.different",
            Some("no rule listens to `entirely.different`"),
        ),
    ] {
        assert_eq!(unheard(&send(id, name)).as_deref(), expected, "{id} {name}");
    }
    let batch = ["vist", "visit", "vist"].map(|name| NewEvent::new("ada", name));
    let receipts = world.engine.record_many(batch.into()).wait().unwrap();
    let hints: Vec<_> = receipts
        .iter()
        .map(|receipt| unheard(receipt.as_ref().unwrap()))
        .collect();
    let hint = Some("no rule listens to `vist`; did you mean `visit`?".to_owned());
    assert_eq!(hints, [hint.clone(), None, hint]);
}

#[test]
fn manual_actions_are_never_unheard() {
    let world = World::new("[[currency]]\nid = \"xp\"");
    let receipt = world.act(Action::points("ada", "xp", 5)).unwrap();
    assert_eq!(unheard(&receipt), None);
    assert_eq!(list(&world, EventNameFilter::All, ""), Vec::<String>::new());
}

#[test]
fn a_published_catalog_decides_who_listens() {
    let world = World::new("");
    assert!(world.event("visit").unheard.is_some());
    let publishing = world
        .engine
        .catalog()
        .publish(catalog(CATALOG), PublishOptions::default());
    publishing.wait().unwrap();
    assert_eq!(unheard(&world.event("visit")), None);
    assert_eq!(
        list(&world, EventNameFilter::Unheard, ""),
        Vec::<String>::new()
    );
}

fn pages(
    world: &World,
    filter: EventNameFilter,
    contains: &str,
    size: usize,
) -> Vec<EventNameView> {
    let mut all = Vec::new();
    let mut after: Option<EventNameCursor> = None;
    loop {
        let page = world
            .engine
            .catalog()
            .list_event_names(filter, contains, after, size)
            .wait()
            .unwrap();
        assert!(page.items.len() <= size);
        all.extend(page.items);
        after = page.next;
        if after.is_none() {
            return all;
        }
    }
}

/// Lists names as lines: `visit 3`, with a suggestion if there is one.
fn list(world: &World, filter: EventNameFilter, contains: &str) -> Vec<String> {
    let line = |view: &EventNameView| {
        let suggestion = view.suggestion.as_ref();
        let suggestion = suggestion
            .map(|name| format!(" → {name}"))
            .unwrap_or_default();
        format!("{} {}{suggestion}", view.name, view.events)
    };
    let views = pages(world, filter, contains, 100);
    for size in 1..5 {
        assert_eq!(pages(world, filter, contains, size), views, "{size}");
    }
    views.iter().map(line).collect()
}

#[test]
fn names_are_listed_with_the_rules_that_listen_and_those_that_were_never_recorded() {
    let world = World::new(CATALOG);
    world.events(2, "post.publishd");
    world.events(3, "visit");
    world.event_with("post.published", props! { "words" => 20 });
    world.event("other");
    world.act(Action::points("ada", "xp", 5)).unwrap();
    let all = [
        "visit 3",
        "post.publishd 2 → post.published",
        "other 1",
        "post.published 1",
        "post.revised 0",
    ];
    assert_eq!(list(&world, EventNameFilter::All, ""), all);
    assert_eq!(
        list(&world, EventNameFilter::Unheard, ""),
        ["post.publishd 2 → post.published", "other 1"]
    );
    assert_eq!(
        list(&world, EventNameFilter::Unseen, ""),
        ["post.revised 0"]
    );
    assert_eq!(
        list(&world, EventNameFilter::All, "POST.P"),
        ["post.publishd 2 → post.published", "post.published 1"]
    );
    let totals = world.engine.catalog().count_event_names().wait().unwrap();
    assert_eq!((totals.all, totals.unheard, totals.unseen), (5, 2, 1));
}

#[test]
fn a_name_shows_its_rules_their_errors_and_its_latest_properties() {
    let world = World::new(CATALOG);
    world.event_with("post.published", props! { "words" => 20 });
    world.event("post.published");
    let view = pages(&world, EventNameFilter::All, "published", 9).remove(0);
    let rules: Vec<_> = view
        .rules
        .iter()
        .map(|(rule, errors)| (rule.kind.as_str(), &*rule.id, &*rule.name, *errors))
        .collect();
    assert_eq!(
        rules,
        [
            ("earning", "wrote", "Wrote a post", 1),
            ("badge", "author", "author", 0)
        ]
    );
    assert_eq!(view.sample, Some(props! {}));
    assert_eq!(view.last_recorded_at, Some(world.now()));
    assert!(view.first_recorded_at < view.last_recorded_at);
}

#[test]
fn s19_a_merge_moves_no_event_name() {
    let world = World::new(CATALOG);
    world.event("visit");
    world
        .engine
        .record(NewEvent::new("guest", "visit"))
        .wait()
        .unwrap();
    world.act(Action::merge("ada", "guest").id("m")).unwrap();
    assert_eq!(list(&world, EventNameFilter::All, "visit"), ["visit 2"]);
    world.act(Action::unmerge("ada", "guest")).unwrap();
    assert_eq!(list(&world, EventNameFilter::All, "visit"), ["visit 2"]);
}

#[test]
fn s22_an_erased_player_leaves_neither_events_nor_a_sample() {
    let world = World::new(CATALOG);
    world.event("visit");
    let send = |name: &str| {
        let event = NewEvent::new("bob", name).prop("secret", "bob's");
        world.engine.record(event).wait().unwrap();
    };
    send("visit");
    send("only.bob");
    world.engine.players().erase("bob").wait().unwrap();
    assert_eq!(
        list(&world, EventNameFilter::Unheard, ""),
        Vec::<String>::new()
    );
    let view = pages(&world, EventNameFilter::All, "visit", 9).remove(0);
    assert_eq!((view.events, view.sample), (1, None));
}

#[test]
fn a_plan_lists_names_that_were_never_recorded() {
    let world = World::new("");
    let plan = || {
        let options = PlanOptions::default();
        let plan = world
            .engine
            .catalog()
            .plan(catalog(CATALOG), options, |_| {});
        let unseen = plan.wait().unwrap().unseen_events;
        unseen.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(
        plan(),
        Vec::<String>::new(),
        "an empty database says nothing"
    );
    world.events(2, "post.publishd");
    world.event("visit");
    assert_eq!(
        plan(),
        [
            "earning `wrote` and badge `author` listen to `post.published`, but no such event was \
             recorded; did you mean `post.publishd`?",
            "earning `wrote` listens to `post.revised`, but no such event was recorded",
        ]
    );
}
