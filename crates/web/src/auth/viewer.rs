//! Viewers of player pages.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum_extra::extract::CookieJar;

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
        let token = jar
            .get(PLAYER_COOKIE)
            .map(|cookie| cookie.value().to_owned());
        Ok(Self(token.and_then(|token| {
            // With an expired token, the viewer is a visitor: public pages must not fail for that.
            app.auth.tokens.verify_token(&token, app.engine.now()).ok()
        })))
    }
}

impl Viewer {
    /// True if the viewer is this player.
    pub(crate) fn is_player(&self, player: &str) -> bool {
        self.0.as_deref() == Some(player)
    }
}
