//! Tests of the events page.

use accolade::{Catalog, Engine, NewEvent, PublishOptions};
use axum::http::StatusCode;

use super::test_service::TestService;

async fn record(engine: &Engine, player: &str, name: &str) {
    let event = NewEvent::new(player, name)
        .prop("page", "home")
        .prop("long", "x".repeat(200));
    engine.record(event).await.unwrap();
}

#[tokio::test]
async fn a_misspelled_event_is_marked_with_a_suggestion() {
    let house = TestService::new().await;
    record(house.engine(), "bob", "vist").await;
    let page = house.get("/admin/events").await;
    assert_eq!(page.status, StatusCode::OK);
    for part in [
        "<code>vist</code>",
        "No rule listens",
        "Did you mean <code>visit</code>?",
        "<a href=\"/admin/badges/fan\">Fan</a>",
        "just now",
        "<dd>home</dd>",
    ] {
        assert!(page.body.contains(part), "{part} is not in {}", page.body);
    }
    assert!(!page.body.contains(&"x".repeat(100)), "long values are cut");
}

#[tokio::test]
async fn filters_and_the_search_select_names() {
    let house = TestService::new().await;
    record(house.engine(), "bob", "other").await;
    for (query, shown, hidden) in [
        ("", vec!["visit", "other"], vec![]),
        ("filter=unheard", vec!["other"], vec!["visit"]),
        ("contains=VIS", vec!["visit"], vec!["other"]),
        (
            "filter=unseen",
            vec!["Events of all names that rules listen to"],
            vec!["visit", "other"],
        ),
        (
            "contains=none",
            vec!["No event name contains"],
            vec!["visit", "other"],
        ),
        (
            "filter=%3Cb%3E&after=%3Cb%3E",
            vec!["visit", "other"],
            vec![],
        ),
    ] {
        let page = house.get(&format!("/admin/events?{query}")).await;
        let has = |name: &str| {
            page.body
                .contains(&format!("<th scope=\"row\"><code>{name}</code>"))
                || page.body.contains(&format!("<p class=\"notice\">{name}"))
                || page
                    .body
                    .contains(&format!("<p class=\"notice good\">{name}"))
        };
        assert!(shown.iter().all(|name| has(name)), "{query}: {}", page.body);
        assert!(
            !hidden.iter().any(|name| has(name)),
            "{query}: {}",
            page.body
        );
    }
}

#[tokio::test]
async fn pages_follow_each_other_and_keep_the_filter() {
    let house = TestService::new().await;
    for number in 0..310 {
        record(house.engine(), "bob", &format!("name {number:03}")).await;
    }
    let first = house
        .get("/admin/events?filter=unheard&contains=name")
        .await;
    let next = first.body.split("rel=\"next\" href=\"").nth(1).unwrap();
    let next = next.split('"').next().unwrap().replace("&amp;", "&");
    let second = house.get(&next).await;
    for (page, shown, hidden) in [
        (&first, "name 000", "name 305"),
        (&second, "name 305", "name 000"),
    ] {
        assert!(
            page.body.contains(shown) && !page.body.contains(hidden),
            "{}",
            page.body
        );
    }
    assert!(!second.body.contains("rel=\"next\""));
}

#[tokio::test]
async fn without_events_the_page_names_the_next_step() {
    let house = TestService::new().await;
    let engine = house.engine();
    engine.players().erase("ada").await.unwrap();
    let empty = Catalog::from_toml("").unwrap();
    let publishing = engine.catalog().publish(empty, PublishOptions::default());
    publishing.await.unwrap();
    let page = house.get("/admin/events").await;
    assert!(
        page.body.contains("No events yet") && page.body.contains("/admin/keys"),
        "{}",
        page.body
    );
}

#[tokio::test]
async fn evaluation_errors_of_the_rules_are_counted() {
    let house = TestService::new().await;
    let rule = "[[badge]]\nid = 'tall'\ncriterion = { count = 'measured', where = 'event.cm > 1' }";
    let catalog = Catalog::from_toml(rule).unwrap();
    let publishing = house
        .engine()
        .catalog()
        .publish(catalog, PublishOptions::default());
    publishing.await.unwrap();
    record(house.engine(), "bob", "measured").await;
    let page = house.get("/admin/events").await;
    assert!(
        page.body
            .contains("/admin/health#rule-errors\"><span class=\"pill bad\">1</span>"),
        "{}",
        page.body
    );
}
