//! Profile page of a player.

use accolade::Audience;
use axum::extract::Path;
use serde::Serialize;

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
}

impl AdminPage for PlayerPage {
    const TEMPLATE: &'static str = "admin/player.html";
    const SECTION: &'static str = "players";
}

/// `GET /admin/players/{player}`
pub(in crate::admin) async fn show_player_page(
    visit: AdminRequest,
    Path(player): Path<String>,
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
    visit.render_page(&PlayerPage {
        player: profile.into(),
        guests,
        asked,
    })
}
