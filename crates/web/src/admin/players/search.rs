//! Player search page.

use accolade::PlayerCard;
use axum::extract::Query;
use serde::Serialize;

use super::ITEMS;
use crate::admin::forms::Posted;
use crate::admin::page::{Answer, Page, Visit};

/// Part of the players whose ids start with the prefix.
#[derive(Default, Serialize)]
pub(in crate::admin) struct PlayersPage {
    pub(in crate::admin) prefix: String,
    pub(in crate::admin) players: Vec<PlayerCard>,
    /// Cursor of the next page: players after this one follow.
    pub(in crate::admin) next: Option<String>,
}

impl Page for PlayersPage {
    const TEMPLATE: &'static str = "admin/players.html";
    const SECTION: &'static str = "players";
}

/// `GET /admin/players`
pub(in crate::admin) async fn get(visit: Visit, query: Query<Vec<(String, String)>>) -> Answer {
    let asked = Posted::of_query(query);
    let prefix = asked.trimmed("prefix").to_owned();
    let after = Some(asked.get("after").to_owned()).filter(|after| !after.is_empty());
    let found = visit
        .app()
        .engine
        .search_players(&prefix, after, ITEMS)
        .await?;
    visit.show(&PlayersPage {
        prefix,
        players: found.items,
        next: found.next,
    })
}
