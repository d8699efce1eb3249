//! Secret and invisible badges in profiles, for each audience, before and after they are earned.

use accolade::{Action, Audience, BadgeView, Profile};

use crate::world::{World, outcome};

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
    id = "egg"
    name = "Easter egg"
    description = "Found at {target} knocks"
    category = "hunt"
    visibility = "secret"
    requires = "hint"
    criterion = { count = "knock" }
    tiers = [{ id = "cracked", at = 1 }, { id = "hatched", at = 2 }]
    points = { xp = 7 }

    [[badge]]
    id = "ghost"
    visibility = "invisible"
    requires = "hint"
    criterion = { count = "knock" }
"#;

fn shown(profile: &Profile) -> Vec<String> {
    let line = |badge: &BadgeView| {
        let id = badge.id.as_deref().unwrap_or("?");
        format!(
            "{id} | {} | {} | {}",
            badge.name,
            badge.description,
            badge.image.as_deref().unwrap_or("")
        )
    };
    profile.badges.iter().map(line).collect()
}

fn recent(profile: &Profile) -> Vec<String> {
    profile.recent.iter().map(outcome).collect()
}

const HINT: &str = "hint | hint |  | unlocked.png";
const MASK: &str = "? | Secret badge |  | secret.png";

#[test]
fn before_they_are_earned() {
    let world = World::new(CATALOG);
    world.event("x");
    let [player, others, everything] = [Audience::Player, Audience::Others, Audience::Admin]
        .map(|audience| world.profile(audience).unwrap());
    assert_eq!(shown(&player), [HINT, MASK]);
    assert_eq!(shown(&others), [HINT]);
    assert_eq!(
        shown(&everything),
        [
            "egg | Easter egg | Found at 1 or 2 knocks | locked.png",
            "ghost | ghost |  | locked.png",
            HINT
        ]
    );
    let mask = &player.badges[1];
    assert_eq!(
        (
            &mask.category,
            &mask.progress,
            &mask.next,
            mask.earned.len()
        ),
        (&None, &None, &None, 0)
    );
    let next = |profile: &Profile| {
        let hint = |badge: &&BadgeView| badge.name == "hint";
        profile.badges.iter().find(hint).unwrap().next.clone()
    };
    assert_eq!(
        (next(&player), next(&others), next(&everything)),
        (None, None, Some("egg".into()))
    );
}

#[test]
fn after_they_are_earned() {
    let world = World::new(CATALOG);
    world.event("x");
    world.event("knock");
    let [player, others, everything] = [Audience::Player, Audience::Others, Audience::Admin]
        .map(|audience| world.profile(audience).unwrap());
    let egg = "egg | Easter egg | Found at 2 knocks | unlocked.png";
    assert_eq!(
        shown(&player),
        [egg, "ghost | ghost |  | unlocked.png", HINT]
    );
    assert_eq!(shown(&everything), shown(&player));
    assert_eq!(
        shown(&others),
        [HINT, MASK],
        "who has not earned it learns nothing from one who has"
    );
    let earned = &others.badges[1].earned[0];
    assert_eq!(
        (
            earned.tier.as_deref(),
            earned.key.as_deref(),
            earned.event.as_deref()
        ),
        (None, None, None)
    );
}

#[test]
fn outcomes_keep_the_secret_too() {
    let world = World::new(CATALOG);
    world.event("x");
    world.event("knock");
    let seen = |audience| recent(&world.profile(audience).unwrap());
    let all = [
        "badge.awarded ghost",
        "badge.awarded egg:cracked",
        "points xp 7",
        "badge.awarded hint",
    ];
    assert_eq!(seen(Audience::Player), all);
    assert_eq!(seen(Audience::Admin), all);
    assert_eq!(seen(Audience::Others), ["badge.awarded hint"]);
    world.act(Action::revoke("ada", "egg")).unwrap();
    world.act(Action::revoke("ada", "ghost")).unwrap();
    let player = world.profile(Audience::Player).unwrap();
    assert_eq!(
        recent(&player),
        ["badge.awarded hint"],
        "what is no longer held is a secret again"
    );
    assert!(
        !format!("{player:?}").contains("egg") && !format!("{player:?}").contains("ghost"),
        "{player:?}"
    );
}

#[test]
fn others_see_what_is_earned_and_no_progress_nor_attributes() {
    let world =
        World::new(&CATALOG.replace("{ count = \"x\" }", "{ count = \"x\" }\ntiers = [1, 5]"));
    world.event("x");
    world
        .act(Action::profile(
            "ada",
            accolade::props! { "country" => "fr" },
        ))
        .unwrap();
    let [player, others] =
        [Audience::Player, Audience::Others].map(|audience| world.profile(audience).unwrap());
    assert!(player.badges[0].progress.is_some() && others.badges[0].progress.is_none());
    assert!(!player.attributes.is_empty() && others.attributes.is_empty());
    assert_eq!(others.badges[0].earned.len(), 1);
}

#[test]
fn closed_unlockables_are_hidden_from_others() {
    let world = World::new(
        "[[unlockable]]\nid = \"a\"\ncriterion = { count = \"x\" }\n[[unlockable]]\nid = \"b\"\ncriterion = { count = \"y\" }",
    );
    world.event("x");
    let ids = |audience| {
        world
            .profile(audience)
            .unwrap()
            .unlockables
            .into_iter()
            .map(|view| view.id)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (ids(Audience::Player), ids(Audience::Others)),
        (vec!["a".into(), "b".into()], vec!["a".into()])
    );
}
