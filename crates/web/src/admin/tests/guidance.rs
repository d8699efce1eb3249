//! Tests of next steps, empty pages, notes of publications, and forms that show only what applies.

use accolade::{Action, NewEvent};
use axum::http::StatusCode;

use super::test_service::{CATALOG, TestService};

const PREVIEW: &str = "/admin/catalog/preview";

async fn preview(house: &TestService, fields: &[(&str, &str)]) -> String {
    let begun = house.post(PREVIEW, fields).await;
    let job = house.wait_for_job(&begun).await;
    house
        .get(&format!("/admin/catalog/previews/{job}"))
        .await
        .body
}

/// Returns the text of the draft on a preview.
fn draft_text(body: &str) -> String {
    let text = body.split_once("<textarea name=\"text\"").unwrap().1;
    let text = text
        .split_once(">\n")
        .unwrap()
        .1
        .split_once("</textarea>")
        .unwrap()
        .0;
    text.replace("&quot;", "\"")
        .replace("&#x27;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
}

#[tokio::test]
async fn an_empty_service_lists_the_next_steps_and_shows_no_charts() {
    let house = TestService::new().await;
    house.engine().players().erase("ada").await.unwrap();
    let page = house.get("/admin").await;
    for shown in [
        "0 of 4 done",
        "https:&#x2f;&#x2f;play.example/v1/events",
        "No activity yet",
    ] {
        assert!(page.body.contains(shown), "{shown}: {}", page.body);
    }
    assert!(!page.body.contains("id=\"over-time\""), "{}", page.body);
    house
        .post("/admin/keys", &[("name", "shop"), ("scope", "record")])
        .await;
    house.record_visits("bob", 1).await;
    let page = house.get("/admin").await;
    assert!(page.body.contains("2 of 4 done"), "{}", page.body);
    let players = house.get("/admin/players?search=").await;
    assert!(players.body.contains("<bdi>bob</bdi>"), "{}", players.body);
}

#[tokio::test]
async fn a_new_key_comes_with_a_request_that_uses_it() {
    let house = TestService::new().await;
    let page = house
        .post("/admin/keys", &[("name", "shop"), ("scope", "record")])
        .await;
    assert!(
        page.body.contains("Authorization: Bearer acc_"),
        "{}",
        page.body
    );
    assert!(page.body.contains("\"name\": \"visit\""), "{}", page.body);
}

#[tokio::test]
async fn a_preview_begins_with_the_effects_and_can_exclude_the_past() {
    let house = TestService::new().await;
    house.record_visits("bob", 6).await;
    let text = format!(
        "{CATALOG}\n[[badge]]\nid = \"guest\"\nname = \"Guest\"\n\
         criterion = {{ count = \"visit\" }}\n\
         tiers = [{{ id = \"bronze\", at = 1 }}, {{ id = \"silver\", at = 5 }}]\n"
    );
    let fields = [("text", &*text), ("format", "toml"), ("awards", "keep")];
    let body = preview(&house, &fields).await;
    assert!(
        body.contains("2 players get Guest now (1 bronze, 1 silver)"),
        "{body}"
    );
    assert!(
        body.contains("name=\"from_now\" value=\"badge:guest\""),
        "{body}"
    );
    // The button does what the remedy says.
    assert!(
        body.contains("<p>Guest is new: 2 players gain 3 awards for past events.</p>"),
        "{body}"
    );
    assert!(!body.contains("since = 20"), "{body}");

    let draft = draft_text(&body);
    let fields = [
        ("text", &*draft),
        ("format", "toml"),
        ("awards", "keep"),
        ("from_now", "badge:guest"),
    ];
    let body = preview(&house, &fields).await;
    assert!(
        body.contains("No player gains or loses anything."),
        "{body}"
    );
    assert!(
        draft_text(&body).contains("id = \"guest\"\nsince = 20"),
        "{body}"
    );
    assert!(!body.contains("name=\"from_now\""), "{body}");
}

#[tokio::test]
async fn a_publication_keeps_its_note_and_versions_are_compared() {
    let house = TestService::new().await;
    let text = CATALOG.replace("points = { xp = 5 }", "points = { xp = 7 }");
    let fields = [("text", &*text), ("format", "toml"), ("awards", "keep")];
    let body = preview(&house, &fields).await;
    let plan = body
        .split_once("name=\"plan\" value=\"")
        .unwrap()
        .1
        .split('"')
        .next()
        .unwrap();
    let fields = [
        fields[0],
        fields[1],
        fields[2],
        ("plan", plan),
        ("note", " Visits pay more "),
    ];
    let page = house.post("/admin/catalog/publish", &fields).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
    for path in [
        "/admin/catalog/history",
        "/admin/catalog/history/2",
        "/admin/audit",
    ] {
        let page = house.get(path).await;
        assert!(
            page.body.contains("Visits pay more"),
            "{path}: {}",
            page.body
        );
    }
    let page = house.get("/admin/catalog/history/2").await;
    for shown in [
        "1 line added, 1 removed",
        "<tr class=\"added\">",
        "<tr class=\"removed\">",
    ] {
        assert!(page.body.contains(shown), "{shown}: {}", page.body);
    }
    let page = house.get("/admin/catalog/history/9").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn forms_show_only_what_applies_to_the_player() {
    let house = TestService::new().await;
    let page = house.get("/admin/players/ada/actions/award").await;
    assert!(
        page.body.contains("Fan, bronze – held already"),
        "{}",
        page.body
    );
    assert!(
        !page.body.contains("name=\"key\""),
        "no badge is earned per key"
    );
    let page = house.get("/admin/players/ada/actions/revoke").await;
    assert!(
        page.body.contains("value=\"fan:bronze\"") && !page.body.contains("value=\"fan:gold\""),
        "{}",
        page.body
    );
    let other = NewEvent::new("bob", "other");
    house.engine().record(other).await.unwrap();
    let page = house.get("/admin/players/bob/actions/revoke").await;
    assert!(
        page.body.contains("This player holds no badges."),
        "{}",
        page.body
    );
}

#[tokio::test]
async fn the_notice_of_an_action_names_reason_and_author() {
    let house = TestService::new().await;
    let award = Action::award("ada", "hero")
        .id("a1")
        .by("admin:grace")
        .reason("kindness");
    house.engine().submit_action(award).await.unwrap();
    let page = house.get("/admin/players/ada?action=a1").await;
    let notice = page
        .body
        .split_once("Hero awarded to ada")
        .expect("a notice")
        .1;
    let notice = notice.split_once("View page").unwrap().0;
    assert!(
        notice.contains("“kindness” by grace") && notice.contains("Undo"),
        "{notice}"
    );
}
