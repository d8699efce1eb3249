//! API keys. A key is `acc_`, its id, `_`, and a secret of which only a hash is stored.

use std::collections::HashMap;
use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use accolade::store::KeyRow;
use accolade::{Engine, Error, Timestamp};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::secrets;

/// Prefix of all keys, which lets people and secret scanners recognize them.
const KEY_PREFIX: &str = "acc_";
/// Maximum age of cached keys: a key that another process revoked remains valid for this long.
const MAX_AGE: Duration = Duration::from_secs(5);
/// Age of cached keys from which an unknown key triggers a reload.
const RELOAD_AGE: Duration = Duration::from_millis(500);
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

/// API key that has not been revoked.
#[derive(Debug)]
pub(crate) struct ActiveKey {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) scopes: Vec<KeyScope>,
    hash: Vec<u8>,
}

impl ActiveKey {
    /// Converts a row. Returns `None` if the key was revoked.
    fn from_row(row: KeyRow) -> Option<Self> {
        let KeyRow {
            id,
            name,
            hash,
            scopes,
            revoked_at,
            ..
        } = row;
        let scopes = parse_scopes(&scopes);
        revoked_at.is_none().then_some(Self {
            id,
            name,
            scopes,
            hash,
        })
    }
}

/// Parses the comma-separated scopes of a row.
pub(crate) fn parse_scopes(words: &str) -> Vec<KeyScope> {
    words
        .split(',')
        // A scope of a newer release is unknown here, so it grants nothing.
        .filter_map(|word| word.parse().ok())
        .collect()
}

/// Maximum number of immediate reloads per second, so that guessing cannot overload the database.
const RELOADS_PER_SECOND: NonZeroU32 = NonZeroU32::new(20).expect("not zero");

/// Cache of the valid API keys, with the times of their last use.
pub(crate) struct KeyCache {
    cached: RwLock<CachedKeys>,
    last_used: Mutex<HashMap<String, Timestamp>>,
    reload_limiter: DefaultDirectRateLimiter,
}

impl Default for KeyCache {
    fn default() -> Self {
        let rereads = RateLimiter::direct(Quota::per_second(RELOADS_PER_SECOND));
        Self {
            cached: RwLock::default(),
            last_used: Mutex::default(),
            reload_limiter: rereads,
        }
    }
}

#[derive(Default)]
struct CachedKeys {
    by_id: HashMap<String, Arc<ActiveKey>>,
    loaded_at: Option<Instant>,
}

impl KeyCache {
    /// Finds the valid key that a text represents.
    pub(crate) async fn find_key(
        &self,
        engine: &Engine,
        text: &str,
    ) -> Result<Option<Arc<ActiveKey>>, Error> {
        // The id is hexadecimal, so the first underscore after the prefix ends it. A secret can
        // contain more of them.
        let Some((id, secret)) = text
            .strip_prefix(KEY_PREFIX)
            .and_then(|rest| rest.split_once('_'))
        else {
            return Ok(None);
        };
        let (mut key, age) = self.find_cached(id);
        // Another process may have created an unknown key a moment ago. Reloads for it are limited,
        // because anyone can send unknown keys.
        let stale = match &key {
            // A wrong secret for a known id causes no reload.
            Some(_) => age.is_none_or(|age| age > MAX_AGE),
            None => age.is_none_or(|age| age > RELOAD_AGE) || self.reload_limiter.check().is_ok(),
        };
        if stale {
            self.reload_keys(engine).await?;
            key = self.find_cached(id).0;
        }
        Ok(key
            // Only a key with the right secret counts as used.
            .filter(|key| secrets::matches_hash(secret, &key.hash))
            .inspect(|key| self.record_use(key, engine.now())))
    }

    /// Invalidates the cache after a change.
    pub(crate) fn invalidate_cache(&self) {
        self.cached
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .loaded_at = None;
    }

    fn find_cached(&self, id: &str) -> (Option<Arc<ActiveKey>>, Option<Duration>) {
        let known = self.cached.read().unwrap_or_else(PoisonError::into_inner);
        (
            // Cloned, so that the lock is not held while the request runs.
            known.by_id.get(id).cloned(),
            known.loaded_at.map(|read| read.elapsed()),
        )
    }

    async fn reload_keys(&self, engine: &Engine) -> Result<(), Error> {
        let keys = engine
            .service()
            .list_api_keys()
            .await?
            .into_iter()
            .filter_map(ActiveKey::from_row);
        let by_id = keys.map(|key| (key.id.clone(), Arc::new(key))).collect();
        *self.cached.write().unwrap_or_else(PoisonError::into_inner) = CachedKeys {
            by_id,
            loaded_at: Some(Instant::now()),
        };
        Ok(())
    }

    fn record_use(&self, key: &ActiveKey, now: Timestamp) {
        let mut used = self
            .last_used
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        // The first use in an interval is precise enough, and avoids an allocation for each
        // request.
        if !used.contains_key(&key.id) {
            used.insert(key.id.clone(), now);
        }
    }

    pub(super) fn drain_uses(&self) -> HashMap<String, Timestamp> {
        std::mem::take(
            &mut *self
                .last_used
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }
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

/// Revokes an API key by id or name. Returns false if there is no such key.
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
            let revoked_at = Some(access.now());
            access.put_api_key(&KeyRow { revoked_at, ..key })?;
            Ok(true)
        });
    revoked.await
}
