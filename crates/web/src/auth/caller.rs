//! Who calls the API: a key, or a player with a token.

use std::sync::Arc;

use accolade::Audience;
use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;

use super::address::Address;
use super::keys::{Key, Scope};
use super::tokens::{TokenError, Tokens};
use crate::problem::Problem;
use crate::site::App;

/// Who calls the API.
#[derive(Debug, Clone)]
pub(crate) enum Caller {
    /// An application.
    Key(Arc<Key>),
    /// A player's browser.
    Player(String),
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    /// The caller that the layer around the API found.
    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        let found = parts.extensions.get::<Self>().cloned();
        found.ok_or_else(|| Problem::unauthenticated("send a key: Authorization: Bearer acc_…"))
    }
}

impl Caller {
    /// Who sends a request. Wrong keys and tokens are slowed down, whoever has a right one is not.
    pub(crate) async fn of(parts: &Parts, app: &App) -> Result<Self, Problem> {
        let Some(text) = bearer(parts) else {
            return Err(Problem::unauthenticated(
                "send a key: Authorization: Bearer acc_…",
            ));
        };
        let found = match Tokens::looks_like_one(text) {
            true => app
                .guard
                .tokens
                .player(text, app.engine.now())
                .map(Self::Player)
                .map_err(|error| match error {
                    TokenError::Forged => {
                        Problem::unauthenticated("this player token was not made here")
                    }
                    TokenError::Expired => Problem::unauthenticated(
                        "this player token has expired; ask for another one",
                    ),
                }),
            false => match app.guard.keys.find(&app.engine, text).await? {
                Some(key) => Ok(Self::Key(key)),
                None => Err(Problem::unauthenticated(
                    "there is no such key, or it was revoked",
                )),
            },
        };
        if found.is_err() {
            let Address(address) = Address::of(parts, &app.settings.server.trusted_proxies);
            if !app.guard.guesses.allows(&address.to_string()) {
                return Err(too_many_guesses());
            }
        }
        found
    }

    /// Under which name its requests are counted.
    pub(crate) fn counted_as(&self) -> String {
        match self {
            Self::Key(key) => format!("key:{}", key.id),
            Self::Player(player) => format!("player:{player}"),
        }
    }

    /// Who it is, in the audit log.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Key(key) => format!("key:{}", key.name),
            Self::Player(player) => format!("player:{player}"),
        }
    }

    /// Refuses who has not this scope.
    pub(crate) fn must(&self, scope: Scope) -> Result<(), Problem> {
        match self {
            Self::Key(key) if key.scopes.contains(&scope) || key.scopes.contains(&Scope::Admin) => {
                Ok(())
            }
            Self::Key(key) => {
                let name = &key.name;
                Err(Problem::forbidden(format!(
                    "the key `{name}` lacks the scope `{scope}`; make one that has it"
                )))
            }
            Self::Player(_) => Err(Problem::forbidden(
                "a player token reads its own player's data and nothing else",
            )),
        }
    }

    /// Refuses who may not read a player, or not as this audience. Players read themselves.
    pub(crate) fn must_read(&self, player: &str, audience: Audience) -> Result<(), Problem> {
        match self {
            Self::Player(own) if own == player && audience != Audience::Everything => Ok(()),
            Self::Key(_) if audience == Audience::Everything => self.must(Scope::Admin),
            _ => self.must(Scope::Read),
        }
    }
}

fn bearer(parts: &Parts) -> Option<&str> {
    let value = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, rest) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| rest.trim())
}

fn too_many_guesses() -> Problem {
    let detail = "too many wrong keys from this address; wait a minute";
    let status = axum::http::StatusCode::TOO_MANY_REQUESTS;
    let problem = Problem::new(status, "too-many-requests", "Too many requests", detail);
    problem.header(
        header::RETRY_AFTER,
        axum::http::HeaderValue::from_static("60"),
    )
}
