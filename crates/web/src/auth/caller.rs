//! Callers of the API: API keys and player tokens.

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

/// Authenticated caller of the API.
#[derive(Debug, Clone)]
pub(crate) enum Caller {
    /// Application with an API key.
    Key(Arc<Key>),
    /// Browser with a player token, by player id.
    Player(String),
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    /// Returns the caller that the authentication middleware found.
    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        let found = parts.extensions.get::<Self>().cloned();
        found.ok_or_else(missing_key)
    }
}

impl Caller {
    /// Authenticates a request by its API key or player token.
    pub(crate) async fn of(parts: &Parts, app: &App) -> Result<Self, Problem> {
        let Some(text) = bearer(parts) else {
            return Err(missing_key());
        };
        let found = match Tokens::looks_like_one(text) {
            true => app
                .guard
                .tokens
                .player(text, app.engine.now())
                .map(Self::Player)
                .map_err(|error| match error {
                    TokenError::Forged => Problem::unauthenticated("invalid player token"),
                    TokenError::Expired => {
                        Problem::unauthenticated("the player token has expired; request a new one")
                    }
                }),
            false => match app.guard.keys.find(&app.engine, text).await? {
                Some(key) => Ok(Self::Key(key)),
                None => Err(Problem::unauthenticated(
                    "the API key is unknown or has been revoked",
                )),
            },
        };
        // Only failures count, so that valid keys behind the same address are not affected.
        if found.is_err() {
            let Address(address) = Address::of(parts, &app.settings.server.trusted_proxies);
            if !app.guard.guesses.allows(&address.to_string()) {
                return Err(too_many_guesses());
            }
        }
        found
    }

    /// Returns the bucket of the rate limiter.
    pub(crate) fn counted_as(&self) -> String {
        match self {
            Self::Key(key) => format!("key:{}", key.id),
            Self::Player(player) => format!("player:{player}"),
        }
    }

    /// Returns the actor name for the audit log.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Key(key) => format!("key:{}", key.name),
            Self::Player(player) => format!("player:{player}"),
        }
    }

    /// Returns an error unless the caller has a scope.
    pub(crate) fn must(&self, scope: Scope) -> Result<(), Problem> {
        match self {
            Self::Key(key) if key.scopes.contains(&scope) || key.scopes.contains(&Scope::Admin) => {
                Ok(())
            }
            Self::Key(key) => {
                let name = &key.name;
                Err(Problem::forbidden(format!(
                    "the API key `{name}` lacks the scope `{scope}`; create a key with it"
                )))
            }
            Self::Player(_) => Err(Problem::forbidden(
                "player tokens can only read their own player's data",
            )),
        }
    }

    /// Returns an error unless the caller may read a player as this audience.
    ///
    /// Players may read their own data.
    pub(crate) fn must_read(&self, player: &str, audience: Audience) -> Result<(), Problem> {
        match self {
            Self::Player(own) if own == player && audience != Audience::Admin => Ok(()),
            Self::Key(_) if audience == Audience::Admin => self.must(Scope::Admin),
            // A player token has no scope, so this rejects it as well.
            _ => self.must(Scope::Read),
        }
    }
}

fn bearer(parts: &Parts) -> Option<&str> {
    let value = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, rest) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| rest.trim())
}

fn missing_key() -> Problem {
    Problem::unauthenticated("missing API key; send `Authorization: Bearer acc_…`")
}

fn too_many_guesses() -> Problem {
    let detail = "too many invalid keys from this address; retry in a minute";
    let status = axum::http::StatusCode::TOO_MANY_REQUESTS;
    let problem = Problem::new(status, "too-many-requests", "Too many requests", detail);
    problem.header(
        header::RETRY_AFTER,
        axum::http::HeaderValue::from_static("60"),
    )
}
