//! Player search page.

use std::collections::HashSet;

use accolade::PlayerId;
use axum::extract::Query;
use serde::Serialize;

use super::PAGE_SIZE;
use crate::admin::forms::FormData;
use crate::admin::page::{AdminPage, AdminRequest, PageResult};
use crate::models::PlayerSummaryModel;

/// Part of the players whose ids or names start with the prefix.
#[derive(Default, Serialize)]
pub(in crate::admin) struct PlayersPage {
    pub(in crate::admin) prefix: String,
    pub(in crate::admin) players: Vec<PlayerSummaryModel>,
    /// Cursor of the next page: players after this one follow.
    pub(in crate::admin) next: Option<String>,
}

impl AdminPage for PlayersPage {
    const TEMPLATE: &'static str = "admin/players.html";
    const SECTION: &'static str = "players";
}

/// `GET /admin/players`
pub(in crate::admin) async fn show_players_page(
    visit: AdminRequest,
    query: Query<Vec<(String, String)>>,
) -> PageResult {
    let asked = FormData::from_query(query);
    let prefix = asked.get_trimmed("prefix").to_owned();
    let after = Some(asked.get("after")).filter(|after| !after.is_empty());
    let found = visit
        .app()
        .engine
        .players()
        .search(&prefix, after.map(PlayerId::from), PAGE_SIZE)
        .await?;
    // Names come first, on the first page: people search by them.
    let mut players = match after {
        None if !prefix.is_empty() => {
            let players = visit.app().engine.players();
            players.search_names(&prefix, PAGE_SIZE).await?
        }
        _ => Vec::new(),
    };
    let by_name: HashSet<PlayerId> = players.iter().map(|one| one.player.clone()).collect();
    let by_id = found.items.into_iter();
    players.extend(by_id.filter(|one| !by_name.contains(&one.player)));
    let pictures = visit.app().picture_urls();
    visit.render_page(&PlayersPage {
        prefix,
        players: players
            .into_iter()
            .map(|player| PlayerSummaryModel::from_item(player, &pictures))
            .collect(),
        next: found.next.map(String::from),
    })
}
