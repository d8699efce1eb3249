//! Pages that need no key cost little, whatever the number of players.

use accolade::NewEvent;
use accolade_testing::CountingStore;

use crate::world::World;

/// Public pages, the costliest first.
const PAGES: [&str; 9] = [
    "/",
    "/badges",
    "/badges/first-post",
    "/badges/riddle",
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
            assert!(matches!(answer.status, 200 | 404), "{page}: {}", answer.text());
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
