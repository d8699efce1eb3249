//! Who looks at a page for players.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum_extra::extract::CookieJar;

use crate::site::App;

/// The cookie that holds a player token.
pub(crate) const COOKIE: &str = "accolade_player";

/// Who looks at a page: the player whom the host's login names, or else the one of a player token; nobody in particular
/// otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Viewer(pub(crate) Option<String>);

impl FromRequestParts<App> for Viewer {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        if let Some(identify) = &app.identify {
            return Ok(Self(identify(parts)));
        }
        let jar = CookieJar::from_headers(&parts.headers);
        let token = jar.get(COOKIE).map(|cookie| cookie.value().to_owned());
        Ok(Self(token.and_then(|token| {
            app.guard.tokens.player(&token, app.engine.now()).ok()
        })))
    }
}

impl Viewer {
    /// Whether this is the player.
    pub(crate) fn is(&self, player: &str) -> bool {
        self.0.as_deref() == Some(player)
    }
}
