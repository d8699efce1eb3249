//! From a change of the catalog to its publication, and back.

use axum::http::StatusCode;

use super::house::{CATALOG, House};

const PREVIEW: &str = "/admin/catalog/preview";

#[tokio::test]
async fn a_catalog_is_changed_mended_previewed_published_and_taken_back() {
    let house = House::new().await;
    let shown = house.get("/admin/catalog").await;
    assert!(shown.body.contains("Version 1 is in force"));

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

    let better = CATALOG.replace("points = { xp = 5 }", "points = { xp = 7 }");
    let page = house
        .post(
            "/admin/catalog/check",
            &[("text", &better), ("format", "toml")],
        )
        .await;
    assert!(
        page.body.contains("1 of 1 of its own tests pass"),
        "{}",
        page.body
    );

    let fields = [("text", &*better), ("format", "toml"), ("awards", "keep")];
    let begun = house.post(PREVIEW, &fields).await;
    let job = house.over(&begun).await;
    let preview = house.get(&format!("/admin/catalog/previews/{job}")).await;
    assert!(
        preview
            .body
            .contains("something changes for <strong>1</strong>"),
        "{}",
        preview.body
    );
    let plan = preview.hidden("plan");

    // What is published is what was previewed.
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
    house.engine().sweep(|_| {}).await.unwrap();
    assert_eq!(
        house.engine().balances("ada").await.unwrap(),
        [("xp".to_owned(), 14)]
    );

    // And back, through the same preview.
    let history = house.get("/admin/catalog/history").await;
    assert!(history.body.contains("to version 1"), "{}", history.body);
    let begun = house.post(PREVIEW, &[("version", "1")]).await;
    let job = house.over(&begun).await;
    let preview = house.get(&format!("/admin/catalog/previews/{job}")).await;
    let plan = preview.hidden("plan");
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
    assert_eq!(house.engine().catalog_version(), 3);
    let log = house.engine().audit(None, 10).await.unwrap().items;
    assert_eq!(
        log.iter()
            .filter(|entry| entry.action == "catalog.publish")
            .count(),
        2
    );
}

#[tokio::test]
async fn a_preview_that_no_longer_holds_is_not_published_and_the_text_stays() {
    let house = House::new().await;
    let better = CATALOG.replace("points = { xp = 5 }", "points = { xp = 7 }");
    let fields = [("text", &*better), ("format", "toml"), ("awards", "keep")];
    let job = house.over(&house.post(PREVIEW, &fields).await).await;
    let plan = house
        .get(&format!("/admin/catalog/previews/{job}"))
        .await
        .hidden("plan");
    house.visit("bob", 3).await;
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
    assert_eq!(house.engine().catalog_version(), 1);
}

#[tokio::test]
async fn a_preview_is_needed_to_publish_and_shows_that_nothing_differs() {
    let house = House::new().await;
    let fields = [("text", CATALOG), ("format", "toml"), ("awards", "keep")];
    let page = house.post("/admin/catalog/publish", &fields).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let job = house.over(&house.post(PREVIEW, &fields).await).await;
    let page = house.get(&format!("/admin/catalog/previews/{job}")).await;
    assert!(
        page.body.contains("There is nothing to publish"),
        "{}",
        page.body
    );
}

#[tokio::test]
async fn a_preview_tells_badges_that_change_from_those_that_stay_as_they_are() {
    let house = House::new().await;
    let more = format!("{CATALOG}\n[[badge]]\nid = 'guest'\ncriterion = {{ count = 'visit' }}\n");
    let job = house
        .over(
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
        .split_once("1 stays as it is")
        .expect("one badge stays");
    assert!(
        table.contains("<th scope=\"row\">guest") && !table.contains("<th scope=\"row\">fan"),
        "{table}"
    );
    assert!(
        apart.contains("<li>fan <span class=\"pill bronze\">bronze</span>"),
        "{apart}"
    );
}

#[tokio::test]
async fn the_database_is_verified_and_repaired() {
    let house = House::new().await;
    for (path, told) in [
        ("verify", "Everything that is stored"),
        ("repair", "Nothing is left to mend"),
    ] {
        let job = house
            .over(&house.post(&format!("/admin/health/{path}"), &[]).await)
            .await;
        let page = house.get(&format!("/admin/jobs/{job}")).await;
        assert!(page.body.contains(told), "{}", page.body);
        assert!(house.get("/admin/health").await.body.contains(&job));
    }
}
