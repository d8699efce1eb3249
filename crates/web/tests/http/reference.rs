//! The API reference: its links lead somewhere, and its pages are small enough to read.

use std::collections::{BTreeMap, BTreeSet};

use crate::world::World;

/// Most bytes of a page, before compression.
const PAGE_BYTES: usize = 128_000;

#[tokio::test]
async fn every_link_of_the_reference_leads_to_a_place_on_a_small_page() {
    let world = World::new().await;
    let mut pages = BTreeMap::new();
    let mut found = BTreeSet::from(["/docs?q=ledger".to_owned()]);
    while let Some(path) = found.pop_first() {
        let page = world.get(&path).await.assert_status(200).text();
        assert!(page.len() < PAGE_BYTES, "{path} has {} bytes", page.len());
        let page = page.replace("&#x2f;", "/");
        let links = list_links(&page).map(|link| link.split('#').next().unwrap_or_default());
        let new = links.filter(|link| !link.is_empty() && !pages.contains_key(*link));
        found.extend(new.filter(|link| **link != *path).map(str::to_owned));
        pages.insert(path, page);
    }
    assert!(pages.len() > 100, "schemas have pages: {}", pages.len());
    for (path, page) in &pages {
        for link in list_links(page) {
            let (target, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if target.is_empty() { path } else { target };
            let is_there = pages[target].contains(&format!("id=\"{anchor}\""));
            assert!(anchor.is_empty() || is_there, "{path} links to {link}");
        }
    }
    let unknown = world.get("/docs/schemas/Nothing").await;
    unknown.assert_status(404);
}

/// Lists the links of a page that stay in the reference.
fn list_links(page: &str) -> impl Iterator<Item = &str> {
    page.split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .filter(|link| link.starts_with('#') || link.starts_with("/docs"))
}
