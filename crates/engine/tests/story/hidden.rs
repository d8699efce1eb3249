//! Secret and invisible badges, through every query that pages use, for every audience.

use accolade::{Action, Audience, Error, GalleryBadge, NewEvent, RuleKind, Visibility};

use crate::world::World;

const CATALOG: &str = r#"
    [defaults]
    images = { locked = "locked.png", unlocked = "unlocked.png", secret = "secret.png" }

    [[currency]]
    id = "xp"

    [[category]]
    id = "hunt"

    [[badge]]
    id = "hint"
    criterion = { count = "x" }

    [[badge]]
    id = "hedgehog"
    name = "Easter egg"
    description = "Found at {target} knocks"
    category = "hunt"
    visibility = "secret"
    was = "badger"
    criterion = { count = "knock" }
    tiers = [{ id = "cracked", at = 1 }, { id = "hatched", at = 2 }]
    points = { xp = 7 }

    [[badge]]
    id = "spectre"
    visibility = "invisible"
    criterion = { count = "knock" }
    points = { xp = 3 }
"#;

/// Texts that would reveal one of the two hidden badges.
const REVEALING: [&str; 9] = [
    "hedgehog",
    "badger",
    "spectre",
    "Easter",
    "knocks",
    "hunt",
    "cracked",
    "hatched",
    "invisible",
];
const PUBLIC: [Audience; 2] = [Audience::Player, Audience::Others];

/// Creates a world in which the hidden badges are not earned, and one in which ada has earned them.
fn worlds() -> [World; 2] {
    [0, 2].map(|knocks| {
        let world = World::new(CATALOG);
        world.send(NewEvent::new("bob", "x")).unwrap();
        world.event("x");
        world.events(knocks, "knock");
        world
    })
}

#[track_caller]
fn assert_secret(text: &str) {
    let revealed: Vec<_> = REVEALING
        .into_iter()
        .filter(|word| text.contains(word))
        .collect();
    assert_eq!(revealed, Vec::<&str>::new(), "{text}");
}

fn gallery(world: &World, audience: Audience) -> Vec<GalleryBadge> {
    world
        .engine
        .catalog()
        .list_gallery(audience)
        .wait()
        .unwrap()
}

#[test]
fn a_profile_lists_masked_badges_last() {
    let [unearned, earned] = worlds();
    for (world, audience) in [(unearned, Audience::Player), (earned, Audience::Others)] {
        let profile = world.engine.players().load_profile("ada", audience);
        let badges = profile.wait().unwrap().unwrap().badges;
        let names: Vec<_> = badges.iter().map(|badge| badge.name.as_str()).collect();
        assert_eq!(
            names,
            ["hint", "Secret badge"],
            "a mask has no place among the ids"
        );
    }
}

#[test]
fn the_gallery_masks_secret_badges_and_omits_invisible_ones() {
    for world in worlds() {
        for audience in PUBLIC {
            let badges = gallery(&world, audience);
            let names: Vec<_> = badges.iter().map(|badge| badge.name.as_str()).collect();
            assert_eq!(
                names,
                ["hint", "Secret badge"],
                "a mask has no place among the ids"
            );
            let mask = &badges[1];
            assert_eq!(
                (&mask.id, mask.image.as_deref(), mask.visibility),
                (&None, Some("secret.png"), Visibility::Secret)
            );
            assert_eq!(
                (mask.awards, mask.players, mask.rarity, mask.tiers.len()),
                (0, 0, 0.0, 0)
            );
            assert_eq!(
                (&mask.category, mask.repeat, mask.in_code),
                (&None, None, false)
            );
            assert_secret(&format!("{badges:?}"));
        }
        let ids: Vec<_> = gallery(&world, Audience::Admin)
            .into_iter()
            .map(|badge| badge.id.unwrap())
            .collect();
        assert_eq!(ids, ["hedgehog", "hint", "spectre"]);
    }
}

#[test]
fn a_hidden_badge_looks_nonexistent_by_its_id() {
    for world in worlds() {
        for id in ["hedgehog", "badger", "spectre", "nothing"] {
            for audience in PUBLIC {
                assert_eq!(
                    world
                        .engine
                        .catalog()
                        .find_gallery_badge(id, audience)
                        .wait()
                        .unwrap(),
                    None,
                    "{id} {audience:?}"
                );
            }
            let found = world
                .engine
                .catalog()
                .find_gallery_badge(id, Audience::Admin)
                .wait()
                .unwrap();
            assert_eq!(found.is_some(), id != "nothing", "{id}");
        }
    }
}

#[test]
fn holders_of_a_hidden_badge_and_its_existence_are_not_revealed() {
    for world in worlds() {
        for id in [
            "hedgehog",
            "badger",
            "spectre",
            "hedgehogs",
            "spectr",
            "hins",
        ] {
            for audience in PUBLIC {
                let error = world
                    .engine
                    .catalog()
                    .list_earners(id, audience, None, 9)
                    .wait()
                    .unwrap_err();
                let Error::UnknownRule {
                    kind: RuleKind::Badge,
                    id: asked,
                    suggestion,
                } = error
                else {
                    panic!("{error}")
                };
                let expected = (id == "hins").then_some("hint");
                assert_eq!(
                    (asked.as_str(), suggestion.as_deref()),
                    (id, expected),
                    "{audience:?}"
                );
            }
        }
        let holders = |id: &str| {
            world
                .engine
                .catalog()
                .list_earners(id, Audience::Admin, None, 9)
                .wait()
                .map(|page| page.items.len())
        };
        assert_eq!(
            holders("spectre").unwrap(),
            world.held().contains(&"spectre".into()) as usize
        );
        assert_eq!(holders("hint").unwrap(), 2);
        assert!(
            holders("spectr")
                .unwrap_err()
                .to_string()
                .contains("did you mean `spectre`?")
        );
    }
}

#[test]
fn a_profile_shows_no_tiers_of_a_mask() {
    let [before, after] = worlds();
    for world in [&before, &after] {
        assert_secret(&format!("{:?}", world.profile(Audience::Others)));
    }
    assert_secret(&format!("{:?}", before.profile(Audience::Player)));
    let player = after.profile(Audience::Player).unwrap();
    let badge = player
        .badges
        .iter()
        .find(|badge| badge.id.as_deref() == Some("hedgehog"))
        .unwrap();
    let tiers: Vec<_> = badge
        .tiers
        .iter()
        .map(|tier| (tier.id.as_str(), tier.points["xp"], tier.earned))
        .collect();
    assert_eq!(
        tiers,
        [("cracked", 7, true), ("hatched", 7, true)],
        "a player who has earned it sees all of it"
    );
}

#[test]
fn the_feed_keeps_secrets_and_players_see_all_of_their_own() {
    for world in worlds() {
        world.act(Action::points("ada", "xp", 1)).unwrap();
        let all = world
            .engine
            .feed()
            .list_latest(Audience::Admin, None, 99)
            .wait()
            .unwrap()
            .items;
        for audience in PUBLIC {
            let page = world
                .engine
                .feed()
                .list_latest(audience, None, 99)
                .wait()
                .unwrap();
            let seen: Vec<_> = page
                .items
                .iter()
                .map(|one| (one.player.as_str(), one.subject.as_str()))
                .collect();
            assert_eq!(seen, [("ada", "hint"), ("bob", "hint")]);
            assert_secret(&format!("{page:?}"));
        }
        for one in &all {
            assert!(
                world.engine.feed().can_see(Audience::Admin, one)
                    && world.engine.feed().can_see(Audience::Player, one)
            );
            assert_eq!(
                world.engine.feed().can_see(Audience::Others, one),
                one.subject == "hint",
                "{one:?}"
            );
        }
    }
}
