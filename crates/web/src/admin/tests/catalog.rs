//! Tests of editing, previewing, publishing and rolling back a catalog.

use axum::http::StatusCode;
use std::collections::BTreeMap;

use super::test_service::{CATALOG, TestService};

const PREVIEW: &str = "/admin/catalog/preview";

#[tokio::test]
async fn a_catalog_is_edited_previewed_published_and_rolled_back() {
    let house = TestService::new().await;
    let shown = house.get("/admin/catalog").await;
    assert!(shown.body.contains("Version 1 is published"));

    let wrong = CATALOG.replace("points = { xp = 5 }", "points = { xq = 5 }");
    let page = house
        .post(
            "/admin/catalog/check",
            &[("text", &wrong.replace('\n', "\r\n")), ("format", "toml")],
        )
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.body.contains("xq") && page.body.contains("data-line=\"9\""),
        "{}",
        page.body
    );

    let badge = |n| format!("[[badge]]\nid = \"b{n}\"\ncriterion = {{ badge = \"x{n}\" }}\n");
    let many: String = (0..1_400).map(badge).collect();
    let fields = [("text", &*many), ("format", "toml")];
    let page = house.post("/admin/catalog/check", &fields).await;
    assert_eq!(page.body.matches("data-line=").count(), 200);
    for part in ["1,400 errors", "Only 200 of 1,400 errors are shown."] {
        assert!(page.body.contains(part), "{part}");
    }

    let better = CATALOG.replace("points = { xp = 5 }", "points = { xp = 7 }");
    let page = house
        .post(
            "/admin/catalog/check",
            &[("text", &better), ("format", "toml")],
        )
        .await;
    assert!(page.body.contains("1 of 1 test passed"), "{}", page.body);

    let fields = [("text", &*better), ("format", "toml"), ("awards", "keep")];
    let begun = house.post(PREVIEW, &fields).await;
    let job = house.wait_for_job(&begun).await;
    let preview = house.get(&format!("/admin/catalog/previews/{job}")).await;
    assert!(
        preview.body.contains("1 of 1 player is affected")
            && preview
                .body
                .contains("+4 Experience in total, for 1 player"),
        "{}",
        preview.body
    );
    let plan = preview.hidden_field("plan");

    // Only the previewed text can be published.
    let other = better.replace("xp = 7", "xp = 8");
    let page = house
        .post(
            "/admin/catalog/publish",
            &[("text", &*other), fields[1], fields[2], ("plan", &plan)],
        )
        .await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(
        page.body.contains("another catalog") && page.body.contains("xp = 8"),
        "{}",
        page.body
    );

    let page = house
        .post(
            "/admin/catalog/publish",
            &[fields[0], fields[1], fields[2], ("plan", &plan)],
        )
        .await;
    assert_eq!(
        page.location, "/admin/catalog/history?notice=published",
        "{}",
        page.body
    );
    house
        .engine()
        .catalog()
        .await_backfill(|_| {})
        .await
        .unwrap();
    assert_eq!(
        house.engine().players().load_balances("ada").await.unwrap(),
        BTreeMap::from([("xp".into(), 14)])
    );

    // A rollback goes through a preview, too.
    let history = house.get("/admin/catalog/history").await;
    assert!(
        history
            .body
            .contains("Restore…<span class=\"visually-hidden\"> version 1<"),
        "{}",
        history.body
    );
    let begun = house.post(PREVIEW, &[("version", "1")]).await;
    let job = house.wait_for_job(&begun).await;
    let preview = house.get(&format!("/admin/catalog/previews/{job}")).await;
    let plan = preview.hidden_field("plan");
    let page = house
        .post(
            "/admin/catalog/publish",
            &[("text", CATALOG), fields[1], fields[2], ("plan", &plan)],
        )
        .await;
    assert_eq!(
        page.location, "/admin/catalog/history?notice=published",
        "{}",
        page.body
    );
    assert_eq!(house.engine().catalog().version(), 3);
    let log = house
        .engine()
        .service()
        .list_audit_entries(None, 10)
        .await
        .unwrap()
        .items;
    assert_eq!(
        log.iter()
            .filter(|entry| entry.action == "catalog.publish")
            .count(),
        2
    );
}

#[tokio::test]
async fn an_outdated_preview_is_not_published_and_the_text_is_kept() {
    let house = TestService::new().await;
    let better = CATALOG.replace("points = { xp = 5 }", "points = { xp = 7 }");
    let fields = [("text", &*better), ("format", "toml"), ("awards", "keep")];
    let job = house
        .wait_for_job(&house.post(PREVIEW, &fields).await)
        .await;
    let plan = house
        .get(&format!("/admin/catalog/previews/{job}"))
        .await
        .hidden_field("plan");
    house.record_visits("bob", 3).await;
    let page = house
        .post(
            "/admin/catalog/publish",
            &[fields[0], fields[1], fields[2], ("plan", &plan)],
        )
        .await;
    assert_eq!(page.status, StatusCode::CONFLICT, "{}", page.body);
    assert!(page.body.contains("xp = 7"));
    let kept = house.get(&format!("/admin/catalog?preview={job}")).await;
    assert!(
        kept.body.contains("xp = 7"),
        "the text of a preview is kept"
    );
    assert_eq!(house.engine().catalog().version(), 1);
}

#[tokio::test]
async fn publishing_needs_a_preview_which_reports_an_identical_catalog() {
    let house = TestService::new().await;
    let fields = [("text", CATALOG), ("format", "toml"), ("awards", "keep")];
    let page = house.post("/admin/catalog/publish", &fields).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let job = house
        .wait_for_job(&house.post(PREVIEW, &fields).await)
        .await;
    let page = house.get(&format!("/admin/catalog/previews/{job}")).await;
    assert!(
        page.body.contains("There is nothing to publish"),
        "{}",
        page.body
    );
}

#[tokio::test]
async fn a_preview_separates_changed_from_unchanged_badges() {
    let house = TestService::new().await;
    let more = format!("{CATALOG}\n[[badge]]\nid = 'guest'\ncriterion = {{ count = 'visit' }}\n");
    let job = house
        .wait_for_job(
            &house
                .post(
                    PREVIEW,
                    &[("text", &more), ("format", "toml"), ("awards", "keep")],
                )
                .await,
        )
        .await;
    let page = house.get(&format!("/admin/catalog/previews/{job}")).await;
    let (table, apart) = page
        .body
        .split_once("1 badge unchanged")
        .expect("one badge is unchanged");
    assert!(
        table.contains("<th scope=\"row\">guest") && !table.contains("<th scope=\"row\">Fan"),
        "{table}"
    );
    assert!(
        apart.contains("<li>Fan <span class=\"pill bronze\">bronze</span>"),
        "{apart}"
    );
}

#[tokio::test]
async fn the_database_is_verified_and_repaired() {
    let house = TestService::new().await;
    for path in ["verify", "repair"] {
        let job = house
            .wait_for_job(&house.post(&format!("/admin/health/{path}"), &[]).await)
            .await;
        let page = house.get(&format!("/admin/jobs/{job}")).await;
        assert!(
            page.body.contains("All stored data matches the events"),
            "{}",
            page.body
        );
        assert!(house.get("/admin/health").await.body.contains(&job));
    }
}
