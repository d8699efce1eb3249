//! Tests of searches, sorted lists, and filters.

use accolade::{Action, NewEvent, props};

use super::test_service::TestService;

/// Asserts that texts follow each other on a page.
#[track_caller]
fn assert_order(body: &str, texts: &[&str]) {
    let mut rest = body;
    for text in texts {
        rest = match rest.split_once(text) {
            Some((_, rest)) => rest,
            None => panic!("{text} is missing or too early: {body}"),
        };
    }
}

fn main_part(body: &str) -> &str {
    body.split_once("<main").expect("a page has content").1
}

async fn name(house: &TestService, player: &str, name: &str) {
    let action = Action::profile(player, props! { "name" => name, "city" => "Vienna" });
    house.engine().submit_action(action).await.unwrap();
}

#[tokio::test]
async fn players_are_found_by_a_part_of_their_name_from_every_page() {
    let house = TestService::new().await;
    for player in ["m-2", "m-10"] {
        house.record_visits(player, 1).await;
        name(&house, player, &format!("Member {}", &player[2..])).await;
    }
    let page = house.get("/admin/badges").await;
    let form = "action=\"/admin/players\" role=\"search\"";
    assert!(page.body.contains(form), "{}", page.body);
    for (text, shown, hidden) in [
        ("EMBER+10", "Member 10", "Member 2"),
        ("vienna", "Member 2", "ada"),
        ("m-1", "Member 10", "Member 2"),
    ] {
        let page = house.get(&format!("/admin/players?search={text}")).await;
        let body = main_part(&page.body);
        assert!(
            body.contains(&format!("<bdi>{shown}</bdi>")),
            "{text}: {body}"
        );
        assert!(
            !body.contains(&format!("<bdi>{hidden}</bdi>")),
            "{text}: {body}"
        );
    }
    let page = house.get("/admin/players?search=nothing").await;
    assert!(
        page.body.contains("No name, id or attribute contains"),
        "{}",
        page.body
    );
}

#[tokio::test]
async fn lists_are_sorted_by_links_with_numbers_in_numeric_order() {
    let house = TestService::new().await;
    for (player, visits) in [("m-10", 3), ("m-9", 1)] {
        house.record_visits(player, visits).await;
    }
    for (query, order) in [
        (
            "sort=id&direction=ascending",
            ["<bdi>ada", "<bdi>m-9", "<bdi>m-10"],
        ),
        (
            "sort=id&direction=descending",
            ["<bdi>m-10", "<bdi>m-9", "<bdi>ada"],
        ),
        (
            "sort=events&direction=descending",
            ["<bdi>m-10", "<bdi>ada", "<bdi>m-9"],
        ),
    ] {
        let page = house.get(&format!("/admin/players?{query}")).await;
        assert_order(main_part(&page.body), &order);
    }
    let page = house
        .get("/admin/badges?sort=players&direction=ascending")
        .await;
    assert_order(
        main_part(&page.body),
        &["aria-sort=\"ascending\"", ">Hero<", ">Fan<"],
    );
    let page = house
        .get("/admin/events?sort=name&direction=ascending")
        .await;
    assert_order(main_part(&page.body), &["<code>visit</code>"]);
    for key in ["shop 10", "shop 9"] {
        house
            .post("/admin/keys", &[("name", key), ("scope", "read")])
            .await;
    }
    let page = house.get("/admin/keys?sort=name&direction=ascending").await;
    assert_order(main_part(&page.body), &["shop 9", "shop 10"]);
}

#[tokio::test]
async fn the_audit_log_is_read_as_sentences_and_filtered() {
    let house = TestService::new().await;
    name(&house, "ada", "Ada Lovelace").await;
    house.record_visits("bob", 1).await;
    let grace = house.engine().on_behalf_of("admin:grace");
    for action in [
        Action::award("ada", "fan").tier("gold").reason("kindness"),
        Action::points("bob", "xp", -3).reason("spam").overdraft(),
    ] {
        grace.submit_action(action).await.unwrap();
    }
    let page = house.get("/admin/audit").await;
    let body = main_part(&page.body);
    assert_order(
        body,
        &[
            "grace</strong></a> removed 3 Experience from",
            "<bdi>bob</bdi>",
            "“spam”",
        ],
    );
    assert_order(
        body,
        &[
            "grace</strong></a> awarded Fan (gold) to",
            "<bdi>Ada Lovelace</bdi>",
            "“kindness”",
        ],
    );
    assert!(body.contains("View or undo"), "{body}");
    for (filter, shown, hidden) in [
        ("kind=points", "removed 3", "awarded Fan"),
        ("player=ada+lovelace", "awarded Fan", "removed 3"),
        (
            "actor=admin%3Agrace&kind=badges",
            "awarded Fan",
            "removed 3",
        ),
        ("to=2001-01-01", "No entry matches", "awarded Fan"),
    ] {
        let page = house.get(&format!("/admin/audit?{filter}")).await;
        let body = main_part(&page.body);
        assert!(
            body.contains(shown) && !body.contains(hidden),
            "{filter}: {body}"
        );
    }
    let page = house.get("/admin/audit?from=2001-01-01&kind=badges").await;
    assert!(page.body.contains("awarded Fan"), "{}", page.body);
}

#[tokio::test]
async fn a_timeline_is_filtered_and_its_events_show_what_they_caused() {
    let house = TestService::new().await;
    let other = NewEvent::new("ada", "other").id("o1");
    house.engine().record(other).await.unwrap();
    let page = house.get("/admin/players/ada/timeline?name=other").await;
    let body = main_part(&page.body);
    assert!(
        body.contains("<code>o1</code>") && !body.contains("visit-ada-1"),
        "{body}"
    );
    // The second visit earns the bronze badge, and a link from the ledger leads back to it.
    let page = house
        .get("/admin/players/ada/timeline?event=visit-ada-1")
        .await;
    let body = main_part(&page.body);
    assert_order(
        body,
        &["<code>visit</code>", "Experience", ">Fan</a>", "bronze"],
    );
    assert!(!body.contains("visit-ada-0"), "{body}");
    let page = house.get("/admin/players/ada/ledger").await;
    let link = "ada/timeline?event=visit-ada-1\"";
    assert!(page.body.contains(link), "{}", page.body);
}
