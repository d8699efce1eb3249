//! The badge gallery, the earners of a badge, and the rules of the catalog as listed on pages.

use accolade::{
    Action, Audience, CategoryView, CodeBadge, CurrencyId, Decimal, NewEvent, PlayerId,
    PublishOptions, TierId, TierView, props,
};
use accolade_testing::MemoryStore;
use std::collections::BTreeMap;

use crate::world::{World, catalog, decimal, with_code};

const CATALOG: &str = r#"
    [defaults]
    images = { locked = "locked.png", unlocked = "unlocked.png", secret = "secret.png" }

    [[currency]]
    id = "xp"
    name = "Experience"
    icon = "*"

    [[category]]
    id = "writing"
    name = "Writing"
    description = "What is written"

    [[badge]]
    id = "author"
    name = "Author"
    description = "Wrote {target} times"
    category = "writing"
    criterion = { count = "x" }
    tiers = [{ id = "low", at = 1 }, { id = "high", at = 3, points = { xp = 9 } }]
    points = { xp = 2 }

    [[badge]]
    id = "each"
    repeat = "per-key"
    criterion = { count = "y", per = "event.post" }

    [[badge]]
    id = "often"
    repeat = "again"
    criterion = { count = "y", at_least = 2 }

    [[unlockable]]
    id = "door"
    name = "The door"
    criterion = { count = "z" }
"#;

type TierParts = (TierId, Option<Decimal>, BTreeMap<CurrencyId, i64>, bool);

fn tier(id: &str, target: &str, xp: i64, earned: bool) -> TierParts {
    let points = BTreeMap::from([("xp".into(), xp)]);
    (id.into(), Some(decimal(target)), points, earned)
}

fn parts(tiers: &[TierView]) -> Vec<TierParts> {
    let parts = |tier: &TierView| {
        (
            tier.id.clone(),
            tier.target,
            tier.points.clone(),
            tier.earned,
        )
    };
    tiers.iter().map(parts).collect()
}

#[test]
fn badges_are_shown_with_their_tiers_and_how_often_they_are_held() {
    let code = CodeBadge::new("coded", |_| None).events(["x"]);
    let world = World::on(MemoryStore::new(), with_code(CATALOG, vec![code]));
    world.events(3, "x");
    world
        .send(NewEvent::new("bob", "y").prop("post", "1"))
        .unwrap();
    for audience in [Audience::Player, Audience::Others, Audience::Admin] {
        let badges = world
            .engine
            .catalog()
            .list_gallery(audience)
            .wait()
            .unwrap();
        let lines: Vec<_> = badges
            .iter()
            .map(|badge| {
                let (awards, players, rarity) = (badge.awards, badge.players, badge.rarity);
                let (id, repeat) = (badge.id.as_deref().unwrap(), badge.repeat.unwrap());
                format!(
                    "{id} {repeat} {} {awards} {players} {rarity}",
                    badge.in_code
                )
            })
            .collect();
        assert_eq!(
            lines,
            [
                "author once false 2 1 0.5",
                "coded once true 0 0 0",
                "each per-key false 1 1 0.5",
                "often again false 0 0 0"
            ]
        );
        let author = &badges[0];
        assert_eq!(
            (author.name.as_str(), author.description.as_str()),
            ("Author", "Wrote 1 or 3 times")
        );
        assert_eq!(
            (author.category.as_deref(), author.image.as_deref()),
            (Some("writing"), Some("unlocked.png"))
        );
        assert_eq!(
            parts(&author.tiers),
            [tier("low", "1", 2, false), tier("high", "3", 9, false)]
        );
        assert!(badges[1..].iter().all(|badge| badge.tiers.is_empty()));
        assert_eq!(
            world
                .engine
                .catalog()
                .find_gallery_badge("author", audience)
                .wait()
                .unwrap()
                .as_ref(),
            Some(author)
        );
        assert_eq!(
            world
                .engine
                .catalog()
                .find_gallery_badge("auth", audience)
                .wait()
                .unwrap(),
            None
        );
    }
}

#[test]
fn holders_are_listed_once_with_their_highest_tier() {
    let world = World::new(CATALOG);
    world.events(3, "x");
    world.send(NewEvent::new("bob", "x")).unwrap();
    for (post, player) in [("1", "ada"), ("2", "ada"), ("1", "bob")] {
        let event = NewEvent::new(player, "y").prop("post", post);
        world.send(event).unwrap();
    }
    let catalog = world.engine.catalog();
    let author = catalog.find_gallery_badge("author", Audience::Others);
    let tiers = author.wait().unwrap().unwrap().tiers;
    assert_eq!([tiers[0].players, tiers[1].players], [2, 1]);
    let holders = |badge: &str| {
        let page = catalog.list_holders(badge, Audience::Others, None, 9);
        let mut found: Vec<String> = page
            .wait()
            .unwrap()
            .items
            .into_iter()
            .map(|one| format!("{} {:?} {}", one.player, one.tier.as_deref(), one.times))
            .collect();
        found.sort();
        found
    };
    assert_eq!(
        holders("author"),
        ["ada Some(\"high\") 1", "bob Some(\"low\") 1"]
    );
    assert_eq!(holders("each"), ["ada None 2", "bob None 1"]);
}

#[test]
fn players_learn_why_and_by_which_administrator_a_badge_was_given() {
    let world = World::new("[[badge]]\nid = \"one\"\n[[badge]]\nid = \"two\"");
    world.event("x");
    let given = [("one", "admin:eve"), ("two", "key:stories")];
    for (badge, by) in given {
        let award = Action::award("ada", badge).reason("thanks").by(by);
        world.act(award.id(badge)).unwrap();
    }
    let shown = |audience: Audience| -> Vec<(Option<String>, Option<String>)> {
        let badges = world.profile(audience).unwrap().badges;
        let awards = badges.into_iter().flat_map(|badge| badge.earned);
        let manual = awards.filter(|award| award.source == accolade::AwardSource::Manual);
        manual.map(|award| (award.reason, award.by)).collect()
    };
    let thanks = || Some("thanks".to_owned());
    let eve = || Some("admin:eve".to_owned());
    assert_eq!(
        shown(Audience::Player),
        [(thanks(), eve()), (thanks(), None)]
    );
    assert_eq!(
        shown(Audience::Admin),
        [
            (thanks(), eve()),
            (thanks(), Some("key:stories".to_owned()))
        ]
    );
    assert_eq!(shown(Audience::Others), [(None, None), (None, None)]);
}

#[test]
fn a_profile_shows_the_earned_tiers() {
    let world = World::new(CATALOG);
    let tiers = || parts(&world.badge("author").tiers);
    world.event("y");
    assert_eq!(
        tiers(),
        [tier("low", "1", 2, false), tier("high", "3", 9, false)]
    );
    world.event("x");
    assert_eq!(
        tiers(),
        [tier("low", "1", 2, true), tier("high", "3", 9, false)]
    );
    world
        .act(Action::revoke("ada", "author").tier("low"))
        .unwrap();
    assert_eq!(
        tiers(),
        [tier("low", "1", 2, false), tier("high", "3", 9, false)]
    );
    assert_eq!(world.badge("often").tiers, []);
}

/// A retired badge is not in the gallery, but its page stays for its holders. Retired tiers are no
/// targets.
#[test]
fn retired_badges_and_tiers_are_not_offered() {
    let world = World::new(CATALOG);
    world.events(3, "x");
    world.event_with("y", props! { "post" => "1" });
    let fewer = CATALOG.replace(r#", { id = "high", at = 3, points = { xp = 9 } }"#, "");
    let fewer = fewer.replace("id = \"each\"", "id = \"other\"");
    world.advance_clock(60);
    world
        .engine
        .catalog()
        .publish(catalog(&fewer), PublishOptions::default())
        .wait()
        .unwrap();
    world
        .engine
        .catalog()
        .await_backfill(|_| {})
        .wait()
        .unwrap();
    let badges = world
        .engine
        .catalog()
        .list_gallery(Audience::Others)
        .wait()
        .unwrap();
    assert_eq!(
        badges
            .iter()
            .flat_map(|badge| badge.id.as_deref())
            .collect::<Vec<_>>(),
        ["author", "often", "other"]
    );
    assert_eq!(
        (badges[0].description.as_str(), badges[0].tiers.len()),
        ("Wrote 1 times", 1)
    );
    let gone = world
        .engine
        .catalog()
        .find_gallery_badge("each", Audience::Others)
        .wait()
        .unwrap()
        .unwrap();
    assert_eq!((gone.retired, gone.players), (true, 1));
    assert_eq!(
        parts(&world.badge("author").tiers),
        [tier("low", "1", 2, true)]
    );
    assert_eq!(world.badge("author").description, "Wrote 1 times");
}

#[test]
fn earners_come_page_by_page_with_their_names() {
    let world = World::new(CATALOG);
    for player in ["dan", "ada", "bob"] {
        world.advance_clock(60);
        world.send(NewEvent::new(player, "x")).unwrap();
    }
    world
        .act(Action::profile("ada", props! { "name" => "Ada L." }))
        .unwrap();
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = world
            .engine
            .catalog()
            .list_earners("author", Audience::Others, after, 2)
            .wait()
            .unwrap();
        seen.extend(
            page.items
                .into_iter()
                .map(|one| (one.player, one.name, one.tier)),
        );
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let low = |player: &str, name: Option<&str>| {
        (
            PlayerId::from(player),
            name.map(str::to_owned),
            Some(TierId::from("low")),
        )
    };
    assert_eq!(
        seen,
        [
            low("dan", None),
            low("ada", Some("Ada L.")),
            low("bob", None)
        ]
    );
}

#[test]
fn the_catalog_lists_categories_currencies_and_unlockables() {
    let world = World::new(CATALOG);
    let engine = &world.engine;
    let categories = engine.catalog().list_categories();
    let texts = |one: &CategoryView| {
        [
            one.id.to_string(),
            one.name.clone(),
            one.description.clone(),
        ]
    };
    assert_eq!(
        categories.iter().map(texts).collect::<Vec<_>>(),
        [["writing", "Writing", "What is written"]]
    );
    let currency = &engine.catalog().list_currencies()[0];
    assert_eq!(
        (&*currency.id, &*currency.name, &*currency.description),
        ("xp", "Experience", "")
    );
    assert_eq!(currency.icon.as_deref(), Some("*"));
    let unlockable = &engine.catalog().list_unlockables()[0];
    assert_eq!(
        (&*unlockable.id, &*unlockable.name, &*unlockable.description),
        ("door", "The door", "")
    );
    world.event("z");
    engine
        .catalog()
        .publish(
            catalog("[[currency]]\nid = \"xp\""),
            PublishOptions::default(),
        )
        .wait()
        .unwrap();
    assert_eq!(
        (
            engine.catalog().list_categories(),
            engine.catalog().list_unlockables()
        ),
        (Vec::new(), Vec::new()),
        "what is retired is not offered"
    );
}
