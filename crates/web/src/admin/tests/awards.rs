//! Tests of awards to several players.

use std::collections::BTreeMap;

use accolade::{Action, props};
use axum::http::StatusCode;

use super::test_service::{TestResponse, TestService};

const PATH: &str = "/admin/badges/hero/award";

/// Submits a list and returns its check.
async fn check(house: &TestService, path: &str, fields: &[(&str, &str)]) -> TestResponse {
    let form = house.get(path).await.hidden_field("form");
    let mut fields = fields.to_vec();
    fields.extend([("form", &*form), ("step", "check")]);
    house.post(path, &fields).await
}

/// Submits the ticked players of a check, waits for the awards, and returns the result.
async fn award(
    house: &TestService,
    form: &str,
    players: &[(&str, &str)],
) -> (String, TestResponse) {
    let mut fields = players.to_vec();
    fields.extend([
        ("form", form),
        ("players", "the list"),
        ("reason", "helped"),
        ("step", "award"),
    ]);
    let page = house.post(PATH, &fields).await;
    let job = house.wait_for_job(&page).await;
    let page = house.get(&format!("/admin/jobs/{job}")).await;
    (job, page)
}

async fn name(house: &TestService, player: &str, name: &str) {
    let act = Action::profile(player, props! { "name" => name }).create();
    house.engine().submit_action(act).await.unwrap();
}

async fn balance(house: &TestService, player: &str) -> i64 {
    let balances = house
        .engine()
        .players()
        .load_balances(player)
        .await
        .unwrap();
    balances.get("xp").copied().unwrap_or_default()
}

#[tokio::test]
async fn a_list_is_checked_before_anything_is_awarded() {
    let house = TestService::new().await;
    for player in ["bob", "eve", "1", "2"] {
        house.record_visits(player, 1).await;
    }
    name(&house, "1", "Member 14").await;
    for player in ["2", "twin"] {
        name(&house, player, "Twin").await;
    }
    let held = Action::award("eve", "hero");
    house.engine().submit_action(held).await.unwrap();
    let list = "ada, bob\r\nADA\r\nmember 14\r\ntwin\r\n\r\neve\r\nbobb";
    let page = check(&house, PATH, &[("players", list), ("reason", "helped")]).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    for shown in [
        "value=\"ada\" checked",
        "value=\"bob\" checked",
        "value=\"1\" checked",
        // The id has precedence over the name.
        "value=\"twin\" checked",
        "Has it already",
        "Did you mean bob?",
        "name=\"create\" value=\"bobb\">",
        "Award to 4 players",
    ] {
        assert!(page.body.contains(shown), "{shown}: {}", page.body);
    }
    assert!(!page.body.contains("value=\"eve\""), "{}", page.body);
    let both = check(&house, PATH, &[("players", "Twin"), ("reason", "helped")]).await;
    assert!(
        both.body.contains("2 players have this name"),
        "{}",
        both.body
    );
    assert!(both.body.contains("Award to 0 players"), "{}", both.body);
    assert_eq!(balance(&house, "bob").await, 5, "nothing was awarded");
}

#[tokio::test]
async fn a_list_is_awarded_once_each_and_undone_with_one_click() {
    let house = TestService::new().await;
    house.record_visits("bob", 1).await;
    let page = check(
        &house,
        PATH,
        &[("players", "ada\nbob"), ("reason", "helped")],
    )
    .await;
    let form = page.hidden_field("form");
    let ticked = [("player", "ada"), ("player", "bob"), ("create", "newcomer")];
    let mut job = String::new();
    for result in [
        "Hero awarded to 3 players.",
        "Hero awarded to 0 players, 3 already awarded from this list.",
    ] {
        let page;
        (job, page) = award(&house, &form, &ticked).await;
        assert!(page.body.contains(result), "{}", page.body);
    }
    assert_eq!(balance(&house, "bob").await, 105);
    assert_eq!(balance(&house, "newcomer").await, 100);
    for result in [
        "Hero revoked from 3 players.",
        "Hero revoked from 0 players, 3 undone before.",
    ] {
        let page = house.post(&format!("/admin/jobs/{job}/undo"), &[]).await;
        let undo = house.wait_for_job(&page).await;
        let page = house.get(&format!("/admin/jobs/{undo}")).await;
        assert!(page.body.contains(result), "{}", page.body);
        let page = house.post(&format!("/admin/jobs/{undo}/undo"), &[]).await;
        assert_eq!(page.status, StatusCode::CONFLICT, "an undo is not undone");
    }
    let balances = ["ada", "bob", "newcomer"].map(|player| balance(&house, player));
    let [ada, bob, newcomer] = balances;
    assert_eq!((ada.await, bob.await, newcomer.await), (10, 5, 0));
}

#[tokio::test]
async fn an_unknown_player_is_not_awarded_unless_created() {
    let house = TestService::new().await;
    let page = check(&house, PATH, &[("players", "ghost"), ("reason", "helped")]).await;
    let form = page.hidden_field("form");
    let (_, page) = award(&house, &form, &[("player", "ghost")]).await;
    assert!(
        page.body
            .contains("Hero awarded to 0 players, 1 not awarded."),
        "{}",
        page.body
    );
    assert!(!house.engine().players().exists("ghost").await.unwrap());
}

#[tokio::test]
async fn errors_keep_the_input_of_both_steps() {
    let house = TestService::new().await;
    let tiered = "/admin/badges/fan/award";
    for (path, fields, error) in [
        (
            PATH,
            [("players", "ada"), ("reason", " "), ("tier", "")],
            "enter a reason",
        ),
        (
            PATH,
            [("players", " , "), ("reason", "x"), ("tier", "gold")],
            "choose a tier",
        ),
        (
            PATH,
            [("players", ""), ("reason", "<x>"), ("tier", "")],
            "enter at least one player",
        ),
        (
            tiered,
            [("players", "ada"), ("reason", "<x>"), ("tier", "")],
            "choose a tier",
        ),
    ] {
        let page = check(&house, path, &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{error}");
        assert!(page.body.contains(error), "{}", page.body);
        let values = BTreeMap::from(fields);
        assert!(
            page.body
                .contains(&format!("\n{}</textarea>", values["players"]))
        );
        assert_eq!(
            page.body.contains("value=\"&lt;x&gt;\""),
            values["reason"] == "<x>"
        );
    }
    let page = check(&house, PATH, &[("players", "ada\nbobb"), ("reason", "x")]).await;
    let form = page.hidden_field("form");
    let none = [
        ("form", &*form),
        ("players", "ada\nbobb"),
        ("reason", "x"),
        ("step", "award"),
    ];
    let page = house.post(PATH, &none).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.body.contains("choose at least one player"),
        "{}",
        page.body
    );
    assert!(
        page.body.contains("value=\"ada\">"),
        "the tick was removed: {}",
        page.body
    );
    let edit = [
        ("form", &*form),
        ("players", "ada\nbobb"),
        ("reason", "x"),
        ("step", "edit"),
    ];
    let page = house.post(PATH, &edit).await;
    assert!(page.body.contains("ada\nbobb</textarea>"), "{}", page.body);
}

#[tokio::test]
async fn players_are_found_by_the_beginning_of_their_name_or_id() {
    let house = TestService::new().await;
    name(&house, "17", "Adam").await;
    let page = house.get("/admin/players?prefix=ADA").await;
    assert!(page.body.contains("/admin/players/17\""), "{}", page.body);
    assert!(page.body.contains("not seen yet"), "{}", page.body);
    let page = house.get("/admin/players?prefix=ada").await;
    for player in ["ada", "17"] {
        let link = format!("/admin/players/{player}\"");
        assert_eq!(page.body.matches(&link).count(), 1, "{}", page.body);
    }
}
