//! Callers of the API: API keys and player tokens.

use std::sync::Arc;

use accolade::Audience;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};

use super::address::ClientAddress;
use super::attempt_limit::too_many_attempts;
use super::key_cache::ActiveKey;
use super::keys::{KeyScope, key_actor};
use super::tokens::{PlayerToken, TokenError, TokenIssuer};
use crate::problem::Problem;
use crate::state::AppState;

/// Authenticated caller of the API.
#[derive(Debug, Clone)]
pub(crate) enum Caller {
    /// Application with an API key.
    Key(Arc<ActiveKey>),
    /// Browser with a player token.
    Player(PlayerToken),
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = Problem;

    /// Returns the caller that the authentication middleware found.
    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Problem> {
        let found = parts.extensions.get::<Self>().cloned();
        found.ok_or_else(missing_key)
    }
}

impl Caller {
    /// Authenticates a request by its API key or player token.
    pub(crate) async fn authenticate(parts: &Parts, app: &AppState) -> Result<Self, Problem> {
        let Some(text) = bearer_token(parts) else {
            return Err(missing_key());
        };
        let found = match TokenIssuer::has_token_prefix(text) {
            true => authenticate_player(app, text).await.map(Self::Player),
            false => match app.auth.keys.find_key(&app.engine, text).await? {
                Some(key) => Ok(Self::Key(key)),
                None => Err(Problem::unauthorized(
                    "the API key is unknown or has been revoked",
                )),
            },
        };
        // Only failures count, so that valid keys behind the same address are not affected.
        let is_guess = found
            .as_ref()
            .is_err_and(|problem| problem.status_code() == StatusCode::UNAUTHORIZED);
        if is_guess {
            let address = ClientAddress::from_parts(parts, &app.settings.server.trusted_proxies);
            let network = address.network().to_string();
            if !app.auth.credential_attempts.count_attempt(&network) {
                return Err(too_many_attempts(
                    "too many invalid keys from this address; retry in a minute",
                ));
            }
        }
        found
    }

    /// Returns the bucket of the rate limiter.
    pub(crate) fn rate_limit_key(&self) -> String {
        match self {
            // The prefix keeps a key and a player with the same id apart.
            Self::Key(key) => format!("key:{}", key.id),
            Self::Player(token) => format!("player:{}", token.player),
        }
    }

    /// Returns the actor name for the audit log.
    pub(crate) fn actor_name(&self) -> String {
        match self {
            Self::Key(key) => key_actor(&key.name),
            Self::Player(token) => format!("player:{}", token.player),
        }
    }

    /// Returns an error unless the caller has a scope.
    pub(crate) fn require_scope(&self, scope: KeyScope) -> Result<(), Problem> {
        match self {
            Self::Key(key)
                if key.scopes.contains(&scope) || key.scopes.contains(&KeyScope::Admin) =>
            {
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
    pub(crate) fn require_read(&self, player: &str, audience: Audience) -> Result<(), Problem> {
        match self {
            // As an administrator, the player would see badges that are still secret.
            Self::Player(own) if own.player == player && audience != Audience::Admin => Ok(()),
            Self::Key(_) if audience == Audience::Admin => self.require_scope(KeyScope::Admin),
            // A player token has no scope, so this rejects it as well.
            _ => self.require_scope(KeyScope::Read),
        }
    }
}

/// Authenticates a player by a token.
pub(crate) async fn authenticate_player(
    app: &AppState,
    text: &str,
) -> Result<PlayerToken, Problem> {
    let verified = app.auth.tokens.verify_token(text, app.engine.now());
    let token = verified.map_err(|error| match error {
        TokenError::Forged => Problem::unauthorized("invalid player token"),
        TokenError::Expired => {
            Problem::unauthorized("the player token has expired; request a new one")
        }
    })?;
    // Queries resolve a merged guest to the player, whose data a token of the guest must not read:
    // anyone may have planted the id of a guest in a browser.
    if app.engine.service().is_merged_guest(&token.player).await? {
        // Without the player's id, which the browser may not know.
        return Err(Problem::forbidden(format!(
            "guest `{}` was merged into another player; request a token for that player",
            token.player
        )));
    }
    Ok(token)
}

fn bearer_token(parts: &Parts) -> Option<&str> {
    let value = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, rest) = value.split_once(' ')?;
    // Schemes are case-insensitive (RFC 9110, 11.1).
    scheme.eq_ignore_ascii_case("bearer").then(|| rest.trim())
}

fn missing_key() -> Problem {
    Problem::unauthorized("missing API key; send `Authorization: Bearer acc_…`")
}
