//! Tests that render every built-in template.

use std::fs;

use axum::body::Body;
use axum::http::{Request, StatusCode};

use super::{build_site, build_site_with_catalog, get_page};
use crate::Settings;
use crate::templates::TemplateSet;

/// Template, path, signed-in player, and a text that the page must contain.
const SAMPLES: [(&str, &str, Option<&str>, &str); 23] = [
    (
        "award.html",
        "/players/ada/badges/talker",
        None,
        "Ada L. earned Talker",
    ),
    ("embed.html", "/embed/players/ada", None, "Latest badges"),
    (
        "parts/share-buttons.html",
        "/badges/talker",
        None,
        "Copy link",
    ),
    ("parts/share-tags.html", "/badges/talker", None, "og:image"),
    (
        "why.html",
        "/players/ada/why/badges/talker",
        Some("ada"),
        "Why do I have this?",
    ),
    ("badge.html", "/badges/talker", Some("ada"), "On <time"),
    ("badges.html", "/badges", None, "Taking part"),
    ("community.html", "/", None, "See all players"),
    ("docs.html", "/docs", None, "OpenAPI document"),
    ("error.html", "/badges/nothing", None, "Badge not found"),
    ("frame.html", "/badges", None, "Skip to content"),
    ("layout.html", "/badges", None, "Powered by"),
    (
        "parts/key.html",
        "/players/ada/badges/talker",
        None,
        "Ada L. earned Talker",
    ),
    (
        "parts/activity-item.html",
        "/",
        None,
        "data-slot=\"subject\"",
    ),
    (
        "parts/icons.html",
        "/players/ada",
        Some("ada"),
        "class=\"icon\"",
    ),
    ("parts/player-badge.html", "/players/ada", None, "Talker"),
    (
        "parts/progress.html",
        "/players/bob",
        Some("bob"),
        "1 of 10",
    ),
    (
        "parts/badge-card.html",
        "/badges",
        None,
        "Say 1 or 10 things",
    ),
    ("parts/player-search.html", "/players", None, "Name or id"),
    ("parts/site-links.html", "/", None, "Players</a>"),
    ("players.html", "/players?q=Ada", None, "Results for"),
    ("profile.html", "/players/ada", Some("ada"), "Up next"),
    ("sign-in.html", "/sign-in", None, "Sign in from your app"),
];

#[tokio::test]
async fn every_template_is_rendered() {
    let site = build_site(|settings| settings.pages.title = "Talkers".to_owned()).await;
    // The administration has its own tests.
    for name in TemplateSet::built_in_names()
        .iter()
        .filter(|name| !name.starts_with("admin/"))
    {
        let sample = SAMPLES.iter().find(|(template, ..)| template == name);
        let Some((_, path, player, shown)) = sample else {
            panic!("add a page that shows {name} to SAMPLES")
        };
        let answer = get_page(&site, path, *player).await;
        assert!(!answer.status.is_server_error(), "{name}: {}", answer.body);
        assert!(
            answer.body.contains(shown),
            "{name} at {path} does not show `{shown}`: {}",
            answer.body
        );
    }
}

#[tokio::test]
async fn pages_have_no_inline_code_and_one_heading() {
    let site = build_site(|_| {}).await;
    for (name, path, player, _) in SAMPLES {
        let body = get_page(&site, path, player).await.body;
        assert_eq!(body.matches("<h1").count(), 1, "{name} at {path}");
        for inline in [" style=", "<style", " onclick=", "javascript:", "<script>"] {
            assert!(!body.contains(inline), "{name} at {path} has {inline}");
        }
    }
}

#[tokio::test]
async fn everything_is_under_the_prefix() {
    let site = build_site(|settings| settings.server.prefix = "/game".to_owned()).await;
    for path in [
        "/",
        "/badges",
        "/badges/talker",
        "/players",
        "/players/ada",
        "/sign-in",
        "/badges/nothing",
    ] {
        let body = get_page(&site, path, Some("ada")).await.body;
        let links = ["href=\"", "src=\"", "action=\"", "data-base=\""]
            .into_iter()
            .flat_map(|name| body.split(name).skip(1));
        for link in links
            .filter_map(|rest| rest.split('"').next())
            .filter(|link| !link.starts_with('#'))
        {
            // The canonical link is absolute.
            let link = link.strip_prefix("http://127.0.0.1:8000").unwrap_or(link);
            let is_ours = link.starts_with("/game/") || link == "/game" || link.is_empty();
            assert!(
                is_ours || link == "/own/picture.png",
                "{path} links to {link}"
            );
        }
    }
}

#[tokio::test]
async fn a_host_template_overrides_the_built_in_one() {
    let folder = tempfile::tempdir().unwrap();
    let over = "{% extends 'built-in/badges.html' %}{% block heading %}<h1>Our {{ total }}</h1>{% endblock %}";
    fs::write(folder.path().join("badges.html"), over).unwrap();
    let site = build_site(|settings| settings.pages.templates = folder.path().to_owned()).await;
    let badges = get_page(&site, "/badges", None).await;
    assert!(
        badges.body.contains("<h1>Our 3</h1>") && badges.body.contains("Say 1 or 10 things"),
        "{}",
        badges.body
    );
    assert!(
        get_page(&site, "/", None)
            .await
            .body
            .contains("See all players"),
        "other templates are unaffected"
    );

    fs::write(folder.path().join("badges.html"), "{% if %}").unwrap();
    let broken = get_page(&site, "/badges", None).await;
    assert_eq!(broken.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(
        broken.body.contains("Internal error") && !broken.body.contains("{% if"),
        "{}",
        broken.body
    );
}

#[tokio::test]
async fn unknown_paths_are_a_page_for_browsers_and_a_problem_for_programs() {
    let site = build_site(|_| {}).await;
    for (accept, begins) in [
        ("text/html,*/*;q=0.8", "<!doctype html>"),
        ("*/*", "{"),
        ("application/json", "{"),
    ] {
        let request = Request::get("/nothing/here")
            .header("accept", accept)
            .body(Body::empty())
            .unwrap();
        let answer = super::send_request(&site, request).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{accept}");
        assert!(answer.body.starts_with(begins), "{accept}: {}", answer.body);
    }
}

#[tokio::test]
async fn the_title_comes_from_the_setting_or_else_from_the_catalog() {
    let named = "name = 'Woodworkers'\n[[badge]]\nid = 'talker'\ncriterion = { count = 'said' }";
    for (catalog, setting, expected) in [
        (named, "", "Woodworkers"),
        (named, "Talkers", "Talkers"),
        ("", "", "Accolade"),
    ] {
        let change = |settings: &mut Settings| settings.pages.title = setting.to_owned();
        let site = build_site_with_catalog(catalog, change).await;
        let page = get_page(&site, "/badges", None).await.body;
        assert!(
            page.contains(&format!("{expected}</title>")),
            "{expected}: {page}"
        );
    }
}

#[tokio::test]
async fn the_footer_names_accolade_unless_a_setting_hides_it() {
    for credit in [true, false] {
        let site = build_site(|settings| settings.pages.credit = credit).await;
        let page = get_page(&site, "/badges", None).await.body;
        assert_eq!(page.contains("Powered by"), credit);
    }
}
