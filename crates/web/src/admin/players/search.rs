//! Player search page.

use accolade::{PlayerOrder, PlayerSearch};
use axum::extract::Query;
use serde::Serialize;

use super::PAGE_SIZE;
use crate::admin::forms::FormData;
use crate::admin::page::{AdminPage, AdminRequest, PageResult};
use crate::admin::sorting::SortChoice;
use crate::models::PlayerSummaryModel;

/// Part of the players whose ids, names or attributes contain a text.
#[derive(Default, Serialize)]
pub(in crate::admin) struct PlayersPage {
    pub(in crate::admin) search: String,
    pub(in crate::admin) sort: SortChoice,
    pub(in crate::admin) players: Vec<PlayerSummaryModel>,
    /// Number of players on earlier pages.
    pub(in crate::admin) skip: usize,
    /// Number of players to skip on the previous page, if there is one.
    pub(in crate::admin) previous: Option<usize>,
    /// Number of players to skip on the next page, if there is one.
    pub(in crate::admin) next: Option<usize>,
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
    let text = asked.get_trimmed("search").to_owned();
    let skip: usize = asked.get("skip").parse().unwrap_or_default();
    // People who search want the best match first, and others the players who are active now.
    let default = match text.is_empty() {
        true => ("last-seen", true),
        false => ("match", false),
    };
    let sort = SortChoice::from_query(&asked, default);
    let order = sort.key.parse().unwrap_or(PlayerOrder::LastSeen);
    let search = PlayerSearch::new(&text, PAGE_SIZE)
        .ordered_by(order, sort.is_descending)
        .skip(skip);
    let found = visit.app().engine.players().find(search).await?;
    let pictures = visit.app().picture_urls();
    let players = found
        .items
        .into_iter()
        .map(|player| PlayerSummaryModel::from_item(player, &pictures));
    visit
        .render_page(&PlayersPage {
            search: text,
            sort,
            players: players.collect(),
            skip,
            previous: (skip > 0).then(|| skip.saturating_sub(PAGE_SIZE)),
            next: found.next,
        })
        .await
}
