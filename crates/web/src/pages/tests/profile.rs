//! Order and content of a profile.

use accolade::NewEvent;

use super::{build_site, get_page};

#[tokio::test]
async fn a_profile_begins_with_the_next_goal_and_ends_with_activity() {
    let site = build_site(|_| {}).await;
    let body = get_page(&site, "/players/bob", Some("bob")).await.body;
    let places: Vec<Option<usize>> = [
        "next-title",
        "badges-title",
        "unlockables-title",
        "recent-title",
    ]
    .iter()
    .map(|id| body.find(&format!("id=\"{id}\"")))
    .collect();
    assert!(places.iter().all(Option::is_some), "{places:?}");
    assert!(places.is_sorted(), "{places:?}");
    let others = get_page(&site, "/players/bob", None).await.body;
    assert!(!others.contains("id=\"next-title\""), "goals are private");
}

#[tokio::test]
async fn goals_are_almost_reached_from_three_quarters_on() {
    let site = build_site(|_| {}).await;
    let engine = &site.app_state().engine;
    for (said, title) in [(5, "Up next"), (2, "Almost there")] {
        for _ in 0..said {
            engine.record(NewEvent::new("bob", "said")).await.unwrap();
        }
        let body = get_page(&site, "/players/bob", Some("bob")).await.body;
        assert!(body.contains(title), "no {title}: {body}");
    }
    let newcomer = get_page(&site, "/players/carol", Some("carol")).await.body;
    assert!(newcomer.contains("Up next") && newcomer.contains("0 of 1"));
}

#[tokio::test]
async fn points_of_one_cause_are_folded_by_day() {
    let site = build_site(|_| {}).await;
    let engine = &site.app_state().engine;
    for _ in 0..3 {
        engine.record(NewEvent::new("bob", "said")).await.unwrap();
    }
    let body = get_page(&site, "/players/bob", Some("bob")).await.body;
    let recent = body.split("id=\"recent-title\"").nth(1).unwrap();
    assert!(recent.contains("+40"), "{recent}");
    assert!(
        recent.contains("· said, <span class=\"number\">4</span> times"),
        "{recent}"
    );
    assert!(!recent.contains("+10"), "{recent}");
}

#[tokio::test]
async fn only_five_activities_are_shown_at_first() {
    let mut catalog = String::new();
    for number in 1..=7 {
        catalog +=
            &format!("[[badge]]\nid = \"b{number}\"\ncriterion = {{ count = \"e{number}\" }}\n");
    }
    let site = super::build_site_with_catalog(&catalog, |_| {}).await;
    let engine = &site.app_state().engine;
    for (number, is_folded) in [(5, false), (7, true)] {
        for event in 1..=number {
            let name = format!("e{event}");
            engine
                .record(NewEvent::new("bob", name.as_str()))
                .await
                .unwrap();
        }
        let body = get_page(&site, "/players/bob", None).await.body;
        let recent = body.split("id=\"recent-title\"").nth(1).unwrap();
        let (first, rest) = recent
            .split_once("<details class=\"more\">")
            .unwrap_or((recent, ""));
        let count = |part: &str| part.matches("<li class=\"activity-item\"").count();
        assert_eq!((count(first), count(rest)), (5, number - 5), "{recent}");
        assert_eq!(rest.contains("Show all"), is_folded, "{recent}");
    }
}

#[tokio::test]
async fn perks_say_what_is_missing() {
    let site = build_site(|_| {}).await;
    let body = get_page(&site, "/players/bob", Some("bob")).await.body;
    assert!(body.contains("985 Experience to go"), "{body}");
    assert!(
        body.contains("aria-label=\"The vault: 985 Experience to go\""),
        "{body}"
    );
}
