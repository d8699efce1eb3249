//! Profile page of a player.

use std::collections::BTreeSet;

use accolade::Audience;
use axum::extract::{Path, Query};
use serde::Serialize;

use super::performed::{PerformedAction, load_performed};
use crate::admin::activity::list_outcome_players;
use crate::admin::forms::FormData;
use crate::admin::page::{AdminPage, AdminRequest, PageResult};
use crate::models::PlayerModel;
use crate::problem::Problem;

/// Profile page.
#[derive(Serialize)]
pub(in crate::admin) struct PlayerPage {
    pub(in crate::admin) player: PlayerModel,
    /// Ids of guests merged into the player.
    pub(in crate::admin) guests: Vec<String>,
    /// Requested id, if it belongs to a merged guest.
    pub(in crate::admin) asked: Option<String>,
    /// True if the player has no event of their own, only manual actions.
    pub(in crate::admin) is_empty: bool,
    /// The action that was just performed.
    pub(in crate::admin) performed: Option<PerformedAction>,
}

impl AdminPage for PlayerPage {
    const TEMPLATE: &'static str = "admin/player.html";
    const SECTION: &'static str = "players";

    fn list_players(&self) -> BTreeSet<String> {
        list_outcome_players(&self.player.recent)
    }
}

/// `GET /admin/players/{player}`
pub(in crate::admin) async fn show_player_page(
    visit: AdminRequest,
    Path(player): Path<String>,
    query: Query<Vec<(String, String)>>,
) -> PageResult {
    let engine = &visit.app().engine;
    let Some(profile) = engine
        .players()
        .load_profile(&player, Audience::Admin)
        .await?
    else {
        return Err(Problem::player_not_found(&player).into());
    };
    let guests = engine.players().list_guests(&profile.player).await?;
    let guests = guests.into_iter().map(String::from).collect();
    let asked = Some(player).filter(|asked| *asked != profile.player);
    let is_empty = profile.events == 0 && engine.players().is_empty(&profile.player).await?;
    let name = profile.name.as_deref().unwrap_or(&profile.player);
    let performed = match FormData::from_query(query).get("action") {
        "" => None,
        event => load_performed(&visit, &profile.player, name, event).await?,
    };
    visit
        .render_page(&PlayerPage {
            player: profile.into(),
            guests,
            asked,
            is_empty,
            performed,
        })
        .await
}
