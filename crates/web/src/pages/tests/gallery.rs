//! The gallery and the page of a badge.

use accolade::{Action, NewEvent};
use axum::http::StatusCode;

use super::{build_site, get_page};

/// Returns the tiles of a gallery, by the names of their badges.
fn tile_of<'b>(body: &'b str, name: &str) -> &'b str {
    let tiles = body.split("<li class=\"tile").skip(1);
    let mut found = tiles.filter(|tile| tile.contains(name));
    found
        .next()
        .unwrap_or_else(|| panic!("no tile of {name}: {body}"))
}

#[tokio::test]
async fn visitors_see_all_targets_and_how_many_hold_each_tier() {
    let site = build_site(|_| {}).await;
    let body = get_page(&site, "/badges", None).await.body;
    let tile = tile_of(&body, "Talker");
    assert!(tile.contains("Say 1 or 10 things"), "{tile}");
    assert!(tile.contains("tier=bronze"), "the picture fits: {tile}");
    for (tier, players) in [("bronze", "2</span>"), ("silver", "0</span>")] {
        let pill = tile.split(&format!("pill {tier}")).nth(1).unwrap();
        assert!(pill.contains(players), "{tier}: {pill}");
    }
    assert!(!body.contains("tile-tick") && !body.contains("You have"));
}

#[tokio::test]
async fn the_gallery_shows_players_what_they_have_and_the_next_step() {
    let site = build_site(|_| {}).await;
    let body = get_page(&site, "/badges", Some("bob")).await.body;
    assert!(
        body.contains("aria-label=\"You have 2 of 3 badges\""),
        "{body}"
    );
    let talker = tile_of(&body, "Talker");
    for shown in ["held", "tile-tick", "Say 10 things", "1 of 10", "to silver"] {
        assert!(talker.contains(shown), "no {shown}: {talker}");
    }
    let newcomer = get_page(&site, "/badges", Some("carol")).await.body;
    let talker = tile_of(&newcomer, "Talker");
    for shown in ["locked", "?locked=1", "Say 1 or 10 things", "0 of 1"] {
        assert!(talker.contains(shown), "no {shown}: {talker}");
    }
}

#[tokio::test]
async fn an_earned_secret_badge_takes_the_place_of_its_mask() {
    let site = build_site(|_| {}).await;
    let own = get_page(&site, "/badges", Some("ada")).await.body;
    assert!(own.contains("The Riddle") && own.contains("The Ghost"));
    assert!(!own.contains("A secret badge."), "no mask is left: {own}");
    assert!(own.contains("aria-label=\"You have 4 of 4 badges\""));
}

#[tokio::test]
async fn filters_are_links_that_choose_badges() {
    let site = build_site(|_| {}).await;
    for (path, viewer, shown, hidden) in [
        ("/badges?show=mine", "bob", "Talker", "Secret badge"),
        (
            "/badges?show=mine",
            "carol",
            "Your first one is waiting",
            "Talker",
        ),
        ("/badges?show=next", "bob", "Talker", "Pictured"),
        ("/badges?show=secret", "bob", "Secret badge", "Talker"),
        ("/badges?tier=silver", "bob", "Talker", "Pictured"),
    ] {
        let body = get_page(&site, path, Some(viewer)).await.body;
        assert!(body.contains(shown), "{path} hides {shown}: {body}");
        assert!(!body.contains(hidden), "{path} shows {hidden}: {body}");
        assert!(body.contains("href=\"/badges\""), "{path} leads back");
    }
    // Outdated links show everything.
    for path in [
        "/badges?show=nothing",
        "/badges?tier=nothing",
        "/badges?show=mine",
    ] {
        let body = get_page(&site, path, None).await.body;
        assert!(
            body.contains("Talker") && body.contains("Pictured"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_badge_page_lists_each_holder_once_and_the_latest_first() {
    let catalog = r#"
        [[badge]]
        id = "post"
        repeat = "per-key"
        criterion = { count = "liked", per = "event.post", at_least = 2 }
    "#;
    let site = super::build_site_with_catalog(catalog, |_| {}).await;
    let engine = &site.app_state().engine;
    for (player, post) in [("bob", 1), ("ada", 1), ("ada", 2), ("ada", 3)] {
        // A third like would begin nothing new.
        let likes = if (player, post) == ("ada", 3) { 1 } else { 2 };
        for _ in 0..likes {
            let event = NewEvent::new(player, "liked").prop("post", post);
            engine.record(event).await.unwrap();
        }
    }
    let body = get_page(&site, "/badges/post", Some("ada")).await.body;
    let earners = body.split("id=\"earners\"").nth(1).unwrap();
    assert_eq!(earners.matches("/players/ada\"").count(), 1, "{earners}");
    assert!(earners.contains("×2"), "{earners}");
    assert!(earners.find("/players/ada\"") < earners.find("/players/bob\""));
    assert!(body.contains("1 of 2 on your best post"), "{body}");
}

#[tokio::test]
async fn a_given_badge_shows_the_player_the_reason_and_the_giver() {
    let site = build_site(|_| {}).await;
    let award = Action::award("carol", "talker").tier("silver");
    let award = award.reason("for the meetup").by("admin:eve");
    let engine = &site.app_state().engine;
    engine.submit_action(award).await.unwrap();
    let own = get_page(&site, "/badges/talker", Some("carol")).await;
    assert_eq!(own.status, StatusCode::OK);
    for shown in ["for the meetup", "given by <bdi>eve</bdi>"] {
        assert!(own.body.contains(shown), "no {shown}: {}", own.body);
    }
    for (path, viewer) in [
        ("/badges/talker", Some("bob")),
        ("/players/carol", Some("bob")),
        ("/players/carol", None),
    ] {
        let body = get_page(&site, path, viewer).await.body;
        assert!(!body.contains("for the meetup"), "{path} to {viewer:?}");
    }
}
