//! Badges that `#[badge]` creates from functions and types.

use accolade::registry::{self, CodeUnlock};
use accolade::{Catalog, CodeBadge, CodeContext, EarnedTier, Props, badge, props};
use accolade_core::catalog::CatalogFormat;
use accolade_core::catalog::document::Visibility;
use accolade_core::event::Event;

/// Commented in the small hours,
/// when others sleep.
///
/// Only the first paragraph is the description.
#[badge(events("comment.posted"))]
fn night_owl(context: &CodeContext<'_>) -> Option<EarnedTier> {
    (context.prop("hour")?.as_int()? < 5).then(EarnedTier::unnamed)
}

#[badge(
    id = "walker",
    name = "Long-distance walker",
    description = "Walked far",
    category = "sport",
    version = 3,
    secret,
    image_locked = "locked.svg",
    image_unlocked = "unlocked.svg",
    image_secret = "secret.svg",
    events("walk.finished", "run.finished"),
    tiers("bronze", "silver"),
    points(xp = 5, "gold-coins" = 1),
)]
fn walks(context: &CodeContext<'_>) -> Option<EarnedTier> {
    match context.prop("km")?.as_int()? {
        ..10 => None,
        10..20 => Some(EarnedTier::named("bronze")),
        _ => Some(EarnedTier::named("silver")),
    }
}

/// Found the door.
#[badge(events("door.opened"), invisible)]
struct SecretDoor;

impl CodeUnlock for SecretDoor {
    fn unlock(_: &CodeContext<'_>) -> Option<EarnedTier> {
        Some(EarnedTier::unnamed())
    }
}

const SOURCE: &str = r#"
    [[currency]]
    id = "xp"

    [[currency]]
    id = "gold-coins"

    [[category]]
    id = "sport"
"#;

fn catalog() -> Catalog {
    Catalog::new(
        SOURCE,
        "accolade.toml",
        CatalogFormat::Toml,
        registry::collect_badges(),
    )
    .unwrap()
}

fn find(id: &str) -> CodeBadge {
    registry::collect_badges()
        .into_iter()
        .find(|badge| badge.id == id)
        .unwrap()
}

fn event(n: u32, name: &str, props: Props) -> Event {
    let at = "2026-11-20T10:00:00Z".parse().unwrap();
    Event {
        id: format!("e{n}"),
        player: "ada".into(),
        name: name.into(),
        at,
        order: 0,
        props,
    }
}

#[test]
fn badges_are_collected_in_order_of_id() {
    let ids: Vec<String> = registry::collect_badges()
        .into_iter()
        .map(|badge| badge.id)
        .collect();
    assert_eq!(ids, ["night-owl", "secret-door", "walker"]);
}

#[test]
fn missing_arguments_come_from_the_item() {
    let badge = find("night-owl");
    assert_eq!(
        (badge.name.as_str(), badge.version, badge.visibility),
        ("Night owl", 1, Visibility::Public)
    );
    assert_eq!(
        badge.description,
        "Commented in the small hours, when others sleep."
    );
    assert_eq!(badge.events, ["comment.posted"]);
    assert_eq!(
        (
            badge.category,
            badge.image_locked,
            badge.image_unlocked,
            badge.image_secret
        ),
        (None, None, None, None)
    );
    assert!(badge.tiers.is_empty() && badge.points.is_empty());
    let door = find("secret-door");
    assert_eq!(
        (door.name.as_str(), door.visibility),
        ("Secret door", Visibility::Invisible)
    );
}

#[test]
fn arguments_override_the_defaults() {
    let badge = find("walker");
    assert_eq!(
        (badge.name.as_str(), badge.description.as_str()),
        ("Long-distance walker", "Walked far")
    );
    assert_eq!((badge.version, badge.visibility), (3, Visibility::Secret));
    assert_eq!(badge.category.as_deref(), Some("sport"));
    let images = [badge.image_locked, badge.image_unlocked, badge.image_secret].map(Option::unwrap);
    assert_eq!(images, ["locked.svg", "unlocked.svg", "secret.svg"]);
    assert_eq!(badge.events, ["walk.finished", "run.finished"]);
    assert_eq!(badge.tiers, ["bronze", "silver"]);
    assert_eq!(
        badge.points,
        [("xp".to_owned(), 5), ("gold-coins".to_owned(), 1)]
    );
}

#[test]
fn functions_and_types_award_tiers() {
    let catalog = catalog();
    let walker = catalog.rules().badge_position("walker").unwrap();
    let [xp, coins] = ["xp", "gold-coins"]
        .map(|id| catalog.rules().currencies[catalog.rules().currency_position(id).unwrap()].slot);
    for (timeline, tiers, balance) in [
        (
            vec![event(1, "walk.finished", props! { "km" => 9 })],
            0,
            (0, 0),
        ),
        (
            vec![event(1, "run.finished", props! { "km" => 10 })],
            1,
            (5, 1),
        ),
        (
            vec![event(1, "walk.finished", props! { "km" => 30 })],
            2,
            (10, 2),
        ),
        (
            vec![event(1, "swim.finished", props! { "km" => 30 })],
            0,
            (0, 0),
        ),
    ] {
        let state = accolade_core::fold::replay(&catalog, &timeline);
        let held = state
            .badge_cell(catalog.rules().badges[walker].slot)
            .map_or(0, |badge| badge.held_count(None));
        assert_eq!(held, tiers, "{timeline:?}");
        assert_eq!(
            (state.balance(xp), state.balance(coins)),
            balance,
            "{timeline:?}"
        );
    }
    let door = accolade_core::fold::replay(&catalog, &[event(1, "door.opened", Props::new())]);
    assert!(
        door.badge_cell(
            catalog.rules().badges[catalog.rules().badge_position("secret-door").unwrap()].slot
        )
        .is_some()
    );
}

#[test]
fn s17_registered_badges_are_pure() {
    let walks = [9, 10, 30, 5]
        .iter()
        .zip(1..)
        .map(|(km, n)| event(n, "walk.finished", props! { "km" => *km }));
    let doors = (5..7).map(|n| event(n, "door.opened", Props::new()));
    registry::assert_pure(&catalog(), &walks.chain(doors).collect::<Vec<_>>());
}
