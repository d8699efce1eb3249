//! Viewers of player pages.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum_extra::extract::CookieJar;

use super::caller::authenticate_player;
use super::tokens::PlayerToken;
use crate::state::AppState;

/// Name of the cookie with the player token.
pub(crate) const PLAYER_COOKIE: &str = "accolade_player";

/// Viewer of a page: a player identified by the host's login or by a player token, or a visitor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Viewer(pub(crate) Option<String>);

impl FromRequestParts<AppState> for Viewer {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        app: &AppState,
    ) -> Result<Self, Self::Rejection> {
        // The host's login replaces player tokens, even if it identifies no one.
        if let Some(identify) = &app.identify {
            return Ok(Self(identify(parts)));
        }
        let jar = CookieJar::from_headers(&parts.headers);
        let token = find_player_token(app, &jar).await;
        Ok(Self(token.map(|token| token.player)))
    }
}

/// Finds the valid player token in a cookie.
pub(crate) async fn find_player_token(app: &AppState, jar: &CookieJar) -> Option<PlayerToken> {
    let cookie = jar.get(PLAYER_COOKIE)?;
    // With an expired token, the viewer is a visitor: public pages must not fail for that.
    authenticate_player(app, cookie.value()).await.ok()
}

impl Viewer {
    /// True if the viewer is this player.
    pub(crate) fn is_player(&self, player: &str) -> bool {
        self.0.as_deref() == Some(player)
    }
}
