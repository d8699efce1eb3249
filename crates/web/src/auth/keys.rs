//! API keys. A key is `acc_`, its id, `_`, and a secret of which only a hash is stored.

use std::fmt;
use std::str::FromStr;

use accolade::service::KeyRow;
use accolade::{Engine, Error};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::secrets;

/// Prefix of all keys, which lets people and secret scanners recognize them.
pub(super) const KEY_PREFIX: &str = "acc_";
/// Prefix of the actor names of keys.
pub(crate) const ACTOR_PREFIX: &str = "key:";
/// Maximum length of a key's name, in characters.
const NAME_CHARS: usize = 100;

/// Permission of an API key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Scope)]
pub enum KeyScope {
    /// Record events of players.
    Record,
    /// Read players, badges and the feed, and create player tokens.
    Read,
    /// Perform manual actions on players.
    Actions,
    /// Everything, including administration.
    Admin,
}

impl KeyScope {
    /// All scopes, the least powerful first.
    pub const ALL: [Self; 4] = [Self::Record, Self::Read, Self::Actions, Self::Admin];

    /// Returns the name of the scope, as in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::Read => "read",
            Self::Actions => "actions",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for KeyScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for KeyScope {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|scope| scope.as_str() == word);
        known.ok_or_else(|| {
            format!("unknown scope `{word}`; valid scopes are record, read, actions and admin")
        })
    }
}

/// Error of creating an API key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The name is empty, too long or contains control characters.
    #[error("invalid key name; use 1 to {NAME_CHARS} printable characters")]
    InvalidName,
    /// No scope was given.
    #[error("missing scope; choose from record, read, actions and admin")]
    MissingScope,
    /// Another key has the same name.
    #[error("a key named `{0}` already exists; revoke it first or choose another name")]
    NameTaken(String),
    /// The database failed.
    #[error(transparent)]
    Engine(#[from] Error),
}

/// Parses the comma-separated scopes of a row.
pub(crate) fn parse_scopes(words: &str) -> Vec<KeyScope> {
    words
        .split(',')
        // A scope of a newer release is unknown here, so it grants nothing.
        .filter_map(|word| word.parse().ok())
        .collect()
}

/// Creates an API key and records it in the audit log. Returns the key, which is not stored.
///
/// # Errors
/// Returns an error if the name is invalid or taken, if there is no scope, or if the database
/// fails.
pub async fn create_key(
    engine: &Engine,
    name: &str,
    scopes: &[KeyScope],
    by: &str,
) -> Result<String, KeyError> {
    let engine = engine.on_behalf_of(by);
    let name = name.trim().to_owned();
    if name.is_empty() || name.chars().count() > NAME_CHARS || name.chars().any(char::is_control) {
        return Err(KeyError::InvalidName);
    }
    // Normalized, so that equal sets are stored equally.
    let mut scopes = scopes.to_vec();
    scopes.sort_unstable();
    scopes.dedup();
    if scopes.is_empty() {
        return Err(KeyError::MissingScope);
    }
    let words: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
    let words = words.join(",");
    // The id is public. It only has to be unique; the secret must not be guessed.
    let id: String = secrets::random_bytes::<6>()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let secret = secrets::draw_secret();
    let text = format!("{KEY_PREFIX}{id}_{secret}");
    let (hash, by, taken) = (secrets::hash_secret(&secret), by.to_owned(), name.clone());
    // The check of the name is part of the transaction, so that it cannot be taken in between.
    let made = engine.service().change_access(move |access| {
        if access
            .list_api_keys()?
            .iter()
            .any(|key| key.revoked_at.is_none() && key.name == name)
        {
            return Ok(false);
        }
        let created_at = access.now();
        access.record_audit_entry("key.create", &name, json!({ "id": id, "scopes": words }))?;
        let (last_used_at, revoked_at) = (None, None);
        access.put_api_key(&KeyRow {
            id,
            name,
            hash,
            scopes: words,
            created_at,
            created_by: by,
            last_used_at,
            revoked_at,
        })?;
        Ok(true)
    });
    if made.await? {
        Ok(text)
    } else {
        Err(KeyError::NameTaken(taken))
    }
}

/// Returns the actor name of an API key.
pub(crate) fn key_actor(name: &str) -> String {
    format!("{ACTOR_PREFIX}{name}")
}

/// Replaces the secret that signs player tokens, and records it in the audit log.
///
/// All player tokens end. A running service notices within five seconds.
///
/// # Errors
/// Returns an error if the database fails.
pub async fn rotate_token_secret(engine: &Engine, by: &str) -> Result<(), Error> {
    let rotated = engine.on_behalf_of(by).service().change_access(|access| {
        access.record_audit_entry("tokens.rotate", "", json!({}))?;
        access.replace_secret()
    });
    rotated.await
}

/// Revokes an API key by id or name, and ends its invitations of administrators. Returns false if
/// there is no such key.
///
/// # Errors
/// Returns an error if the database fails.
pub async fn revoke_key(engine: &Engine, key: &str, by: &str) -> Result<bool, Error> {
    let named = key.to_owned();
    let revoked = engine
        .on_behalf_of(by)
        .service()
        .change_access(move |access| {
            let mut usable = access
                .list_api_keys()?
                .into_iter()
                .filter(|key| key.revoked_at.is_none());
            // Only active keys are searched, because names of revoked ones can be used again.
            let Some(key) = usable.find(|key| key.id == named || key.name == named) else {
                return Ok(false);
            };
            access.record_audit_entry("key.revoke", &key.name, json!({ "id": key.id }))?;
            access.delete_invitations_of(&key_actor(&key.name))?;
            let revoked_at = Some(access.now());
            access.put_api_key(&KeyRow { revoked_at, ..key })?;
            Ok(true)
        });
    revoked.await
}
