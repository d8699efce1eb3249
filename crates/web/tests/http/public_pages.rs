//! Pages that need no key cost little, whatever the number of players.

use accolade::NewEvent;
use accolade_testing::CountingStore;

use crate::world::World;

/// Public pages, the costliest first.
const PAGES: [&str; 11] = [
    "/",
    "/badges",
    "/badges/first-post",
    "/badges/riddle",
    "/players",
    "/players?q=p0",
    "/players/p00001",
    "/names?player=p00001&badge=first-post&currency=xp",
    "/art/first-post.svg",
    "/avatar/p00001.svg",
    "/secret.svg",
];

/// Returns the rows that each page reads in a community of a size, from the second visit on.
async fn rows_read(players: usize) -> Vec<usize> {
    let store = CountingStore::default();
    let events = (0..players).map(|number| {
        let player = format!("p{number:05}");
        NewEvent::new(player.as_str(), "post.published").id("1")
    });
    let world = World::on_store(store.clone(), events.collect(), |_| {}).await;
    let mut rows = Vec::new();
    for page in PAGES {
        for _ in 0..2 {
            store.counts.take_counts();
            let answer = world.anonymous_request("GET", page).send().await;
            assert!(
                matches!(answer.status, 200 | 404),
                "{page}: {}",
                answer.text()
            );
        }
        rows.push(store.counts.take_counts().0);
    }
    rows
}

#[tokio::test]
async fn a_page_reads_the_same_number_of_rows_whatever_the_number_of_players() {
    let (few, many) = (rows_read(6_000).await, rows_read(12_000).await);
    for ((page, few), many) in PAGES.iter().zip(few).zip(many) {
        // The service itself reads a few rows a second to follow the feed.
        assert!(few.abs_diff(many) < 50, "{page}: {few} rows, then {many}");
    }
}

#[tokio::test]
async fn pages_have_a_rate_limit_for_each_address() {
    let world = World::with_settings(|settings| {
        settings.limits.pages_per_second = 1;
        settings.limits.pages_at_once = PAGES.len() as u32;
    })
    .await;
    let visit = |page: &'static str, accept: &'static str| {
        let request = world
            .anonymous_request("GET", page)
            .header("accept", accept);
        request.peer_address("192.0.2.1").send()
    };
    for page in PAGES {
        assert_ne!(visit(page, "text/html").await.status, 429, "{page}");
    }
    for page in PAGES.into_iter().chain(["/live", "/sign-in"]) {
        let refused = visit(page, "text/html,*/*").await.assert_status(429);
        assert!(
            refused.header("content-type").starts_with("text/html"),
            "{page}"
        );
        assert!(
            refused.text().contains("Too many requests"),
            "{}",
            refused.text()
        );
        let seconds: u64 = refused.header("retry-after").parse().unwrap();
        assert!((1..=2).contains(&seconds), "{seconds}");
        visit(page, "application/json")
            .await
            .assert_problem(429, "too-many-requests");
    }
    // Neither other addresses, nor style sheets, nor the API are affected.
    for (path, address) in [
        ("/badges", "192.0.2.2"),
        ("/assets/pages.css", "192.0.2.1"),
        ("/healthz", "192.0.2.1"),
        ("/v1/badges", "192.0.2.1"),
    ] {
        let request = world.admin_request("GET", path).peer_address(address);
        assert_ne!(request.send().await.status, 429, "{path}");
    }
}
