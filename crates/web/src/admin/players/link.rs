//! Page that creates a sign-in link for a player.

use std::collections::BTreeSet;

use axum::extract::Path;
use serde::Serialize;

use crate::admin::page::{AdminPage, AdminRequest, PageResult};
use crate::auth::audit;
use crate::filters::encode_segment;

/// Sign-in link page.
#[derive(Default, Serialize)]
pub(in crate::admin) struct LinkPage {
    pub(in crate::admin) player: String,
    /// The link, if it was just created. It is shown only once.
    pub(in crate::admin) link: Option<String>,
    /// Validity of the link.
    pub(in crate::admin) minutes: u64,
}

impl AdminPage for LinkPage {
    const TEMPLATE: &'static str = "admin/player-link.html";
    const SECTION: &'static str = "players";

    fn list_players(&self) -> BTreeSet<String> {
        BTreeSet::from([self.player.clone()])
    }
}

/// `GET /admin/players/{player}/link`
pub(in crate::admin) async fn show_link_page(
    visit: AdminRequest,
    Path(player): Path<String>,
) -> PageResult {
    let minutes = visit.app().settings.players.token_seconds.div_ceil(60);
    visit
        .render_page(&LinkPage {
            player,
            link: None,
            minutes,
        })
        .await
}

/// `POST /admin/players/{player}/link`
pub(in crate::admin) async fn create_sign_in_link(
    visit: AdminRequest,
    Path(player): Path<String>,
) -> PageResult {
    let app = visit.app();
    // First, because with the link an administrator becomes the player.
    audit::record_player_action(&visit.engine(), "player.sign_in_link", &player).await?;
    let seconds = app.settings.players.token_seconds;
    let token = app
        .auth
        .tokens
        .issue_token(&player, seconds, app.engine.now());
    let to = format!("/players/{}", encode_segment(&player));
    // The sign-in page moves the token to a cookie and redirects, so it leaves the address bar.
    let link = format!(
        "{}/sign-in?token={token}&to={}",
        app.external_url(),
        encode_segment(&to)
    );
    visit
        .render_page(&LinkPage {
            player,
            link: Some(link),
            minutes: seconds.div_ceil(60),
        })
        .await
}
