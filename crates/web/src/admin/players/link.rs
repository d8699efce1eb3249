//! A link with which a player's browser may read the player's own data.

use axum::extract::Path;
use serde::Serialize;

use crate::admin::handout;
use crate::admin::page::{Answer, Page, Visit};
use crate::filters::segment;

/// A link for a player, shown once.
#[derive(Default, Serialize)]
pub(in crate::admin) struct LinkPage {
    pub(in crate::admin) player: String,
    /// The link, once it was made.
    pub(in crate::admin) link: Option<String>,
    /// How long it can be used.
    pub(in crate::admin) minutes: u64,
}

impl Page for LinkPage {
    const TEMPLATE: &'static str = "admin/player-link.html";
    const SECTION: &'static str = "players";
}

/// `GET /admin/players/{player}/link`
pub(in crate::admin) async fn get(visit: Visit, Path(player): Path<String>) -> Answer {
    let minutes = visit.app().settings.players.token_seconds.div_ceil(60);
    visit.show(&LinkPage {
        player,
        link: None,
        minutes,
    })
}

/// `POST /admin/players/{player}/link`
pub(in crate::admin) async fn post(visit: Visit, Path(player): Path<String>) -> Answer {
    let app = visit.app();
    let seconds = app.settings.players.token_seconds;
    let token = app.guard.tokens.issue(&player, seconds, app.engine.now());
    let to = format!("/players/{}", segment(&player));
    let link = format!(
        "{}/sign-in?token={token}&to={}",
        handout::url(app),
        segment(&to)
    );
    visit.show(&LinkPage {
        player,
        link: Some(link),
        minutes: seconds.div_ceil(60),
    })
}
