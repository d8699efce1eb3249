//! `GET /players`: list of all players, and search by name or id.

use std::collections::HashSet;

use accolade::{PlayerId, PlayerListItem};
use axum::response::Response;
use serde::{Deserialize, Serialize};

use super::activity_item::PlayerLink;
use super::page::{LenientQuery, PageRequest};
use crate::filters::encode_segment;
use crate::problem::Problem;

/// Players per page.
const PAGE_SIZE: usize = 48;

/// Query parameters.
#[derive(Debug, Default, Deserialize)]
pub(super) struct PlayerListQuery {
    /// Beginning of a name or an id.
    #[serde(default)]
    q: String,
    /// Id of the last player of the previous page.
    after: Option<String>,
}

/// Context of `players.html`.
#[derive(Debug, Clone, Serialize)]
pub(super) struct PlayerListPage {
    /// Text that is searched for; empty for all players.
    pub(super) search: String,
    /// Number of all players.
    pub(super) total: u64,
    pub(super) players: Vec<ListedPlayer>,
    /// True on the first page.
    pub(super) is_first: bool,
    /// URL of the next page.
    pub(super) next: Option<String>,
}

/// Player in the list.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ListedPlayer {
    pub(super) player: PlayerLink,
    /// Instant of the first event; empty if there is none.
    pub(super) since: String,
}

pub(super) async fn show_players_page(
    page: PageRequest,
    LenientQuery(query): LenientQuery<PlayerListQuery>,
) -> Response {
    let result = match page.check_others_visible() {
        Ok(()) => render_players_page(&page, query).await,
        Err(problem) => Err(problem),
    };
    page.render_result(result).await
}

async fn render_players_page(
    page: &PageRequest,
    query: PlayerListQuery,
) -> Result<Response, Problem> {
    let players = page.app.engine.players();
    let search = query.q.trim().to_owned();
    let after = query.after.filter(|after| !after.is_empty());
    let found = players
        .search(&search, after.clone().map(PlayerId::from), PAGE_SIZE)
        .await?;
    // Names come first, on the first page: people search by them.
    let mut listed = match &after {
        None if !search.is_empty() => players.find_by_name(&search, PAGE_SIZE).await?,
        _ => Vec::new(),
    };
    let by_name: HashSet<PlayerId> = listed.iter().map(|one| one.player.clone()).collect();
    let by_id = found.items.into_iter();
    listed.extend(by_id.filter(|one| !by_name.contains(&one.player)));
    let next = found.next.map(|next| {
        let (search, next) = (encode_segment(&search), encode_segment(&next));
        format!("{}/players?q={search}&after={next}", page.base())
    });
    let to_listed = |one: PlayerListItem| ListedPlayer {
        player: PlayerLink::new(page.base(), one.player.into(), one.name),
        since: one.first_at.map(|at| at.to_string()).unwrap_or_default(),
    };
    let list = PlayerListPage {
        search,
        total: players.approximate_count().await?,
        players: listed.into_iter().map(to_listed).collect(),
        is_first: after.is_none(),
        next,
    };
    page.render_page("players.html", &list).await
}
