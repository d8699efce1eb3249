//! API keys: `acc_`, the key's id, `_`, and a secret of which only a hash is stored.

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
use crate::site::App;

/// What every key begins with, so that people and scanners of leaks recognise one.
const PREFIX: &str = "acc_";
/// How long a key that was revoked by another process may still be taken.
const FRESH: Duration = Duration::from_secs(5);
/// How long the keys stay as they were read, at the most, before one that is not known makes them be read again.
const LOOK_AGAIN: Duration = Duration::from_millis(500);
/// How often it is noted when keys were used.
const NOTE: Duration = Duration::from_secs(60);
/// Characters of a key's name, at the most.
const NAME_CHARS: usize = 100;

/// What a key allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Recording events.
    Record,
    /// Reading players, badges and the feed, and making player tokens.
    Read,
    /// Acting on players by hand.
    Act,
    /// Everything that an administrator can do.
    Admin,
}

impl Scope {
    /// All, the weakest first.
    pub const ALL: [Self; 4] = [Self::Record, Self::Read, Self::Act, Self::Admin];

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::Read => "read",
            Self::Act => "act",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Scope {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|scope| scope.word() == word);
        known.ok_or_else(|| {
            format!("there is no scope `{word}`; there are record, read, act and admin")
        })
    }
}

/// Why a key was not made.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Its name does not fit.
    #[error("a key needs a name of 1 to {NAME_CHARS} characters that can be printed")]
    Name,
    /// It would allow nothing.
    #[error("a key needs a scope: record, read, act or admin")]
    NoScope,
    /// Another key has its name.
    #[error("there is a key `{0}` already; revoke it first, or take another name")]
    Taken(String),
    /// The database failed.
    #[error("{0}")]
    Engine(#[from] Error),
}

/// A key that may be used.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) scopes: Vec<Scope>,
    hash: Vec<u8>,
}

impl Key {
    /// The key of a row, unless it was revoked.
    fn usable(row: KeyRow) -> Option<Self> {
        let KeyRow {
            id,
            name,
            hash,
            scopes,
            revoked_at,
            ..
        } = row;
        let scopes = scopes_of(&scopes);
        revoked_at.is_none().then_some(Self {
            id,
            name,
            scopes,
            hash,
        })
    }
}

/// The scopes of a row.
pub(crate) fn scopes_of(words: &str) -> Vec<Scope> {
    words
        .split(',')
        .filter_map(|word| word.parse().ok())
        .collect()
}

/// How often in a second keys that are not known make the keys be read at once: guesses keep the database busy no longer.
const REREADS: NonZeroU32 = NonZeroU32::new(20).expect("it is not zero");

/// The keys that may be used, read again every few seconds.
pub(crate) struct Keys {
    known: RwLock<Known>,
    used: Mutex<HashMap<String, Timestamp>>,
    rereads: DefaultDirectRateLimiter,
}

impl Default for Keys {
    fn default() -> Self {
        let rereads = RateLimiter::direct(Quota::per_second(REREADS));
        Self {
            known: RwLock::default(),
            used: Mutex::default(),
            rereads,
        }
    }
}

#[derive(Default)]
struct Known {
    by_id: HashMap<String, Arc<Key>>,
    read: Option<Instant>,
}

impl Keys {
    /// The key of a text, if it is one and may be used.
    pub(crate) async fn find(
        &self,
        engine: &Engine,
        text: &str,
    ) -> Result<Option<Arc<Key>>, Error> {
        let Some((id, secret)) = text
            .strip_prefix(PREFIX)
            .and_then(|rest| rest.split_once('_'))
        else {
            return Ok(None);
        };
        let (mut key, age) = self.look(id);
        // One that is not known may have been made a moment ago, elsewhere.
        let stale = match &key {
            Some(_) => age.is_none_or(|age| age > FRESH),
            None => age.is_none_or(|age| age > LOOK_AGAIN) || self.rereads.check().is_ok(),
        };
        if stale {
            self.read(engine).await?;
            key = self.look(id).0;
        }
        Ok(key
            .filter(|key| secrets::is(secret, &key.hash))
            .inspect(|key| self.note(key, engine.now())))
    }

    /// Lets the next request read the keys again, because one of them was changed here.
    pub(crate) fn forget(&self) {
        self.known
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .read = None;
    }

    fn look(&self, id: &str) -> (Option<Arc<Key>>, Option<Duration>) {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        (
            known.by_id.get(id).cloned(),
            known.read.map(|read| read.elapsed()),
        )
    }

    async fn read(&self, engine: &Engine) -> Result<(), Error> {
        let keys = engine.api_keys().await?.into_iter().filter_map(Key::usable);
        let by_id = keys.map(|key| (key.id.clone(), Arc::new(key))).collect();
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Known {
            by_id,
            read: Some(Instant::now()),
        };
        Ok(())
    }

    fn note(&self, key: &Key, now: Timestamp) {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if !used.contains_key(&key.id) {
            used.insert(key.id.clone(), now);
        }
    }

    fn take_uses(&self) -> HashMap<String, Timestamp> {
        std::mem::take(&mut *self.used.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Makes a key, and returns its text, of which only a hash is stored. The audit log has it.
///
/// # Errors
/// When the name does not fit or is taken, there is no scope, or the database fails.
pub async fn create(
    engine: &Engine,
    name: &str,
    scopes: &[Scope],
    by: &str,
) -> Result<String, KeyError> {
    let engine = engine.on_behalf_of(by);
    let name = name.trim().to_owned();
    if name.is_empty() || name.chars().count() > NAME_CHARS || name.chars().any(char::is_control) {
        return Err(KeyError::Name);
    }
    let mut scopes = scopes.to_vec();
    scopes.sort_unstable();
    scopes.dedup();
    if scopes.is_empty() {
        return Err(KeyError::NoScope);
    }
    let words: Vec<&str> = scopes.iter().map(|scope| scope.word()).collect();
    let words = words.join(",");
    let id: String = secrets::random::<6>()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let secret = secrets::draw();
    let text = format!("{PREFIX}{id}_{secret}");
    let (hash, by, taken) = (secrets::hash(&secret), by.to_owned(), name.clone());
    let made = engine.administer(move |desk| {
        if desk
            .api_keys()?
            .iter()
            .any(|key| key.revoked_at.is_none() && key.name == name)
        {
            return Ok(false);
        }
        let created_at = desk.now();
        desk.note("key.create", &name, json!({ "id": id, "scopes": words }))?;
        let (last_used_at, revoked_at) = (None, None);
        desk.put_api_key(&KeyRow {
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
        Err(KeyError::Taken(taken))
    }
}

/// Revokes the key of an id or a name. Returns whether there was one to revoke.
///
/// # Errors
/// When the database fails.
pub async fn revoke(engine: &Engine, key: &str, by: &str) -> Result<bool, Error> {
    let named = key.to_owned();
    let revoked = engine.on_behalf_of(by).administer(move |desk| {
        let mut usable = desk
            .api_keys()?
            .into_iter()
            .filter(|key| key.revoked_at.is_none());
        let Some(key) = usable.find(|key| key.id == named || key.name == named) else {
            return Ok(false);
        };
        desk.note("key.revoke", &key.name, json!({ "id": key.id }))?;
        let revoked_at = Some(desk.now());
        desk.put_api_key(&KeyRow { revoked_at, ..key })?;
        Ok(true)
    });
    revoked.await
}

/// Writes down every minute when keys were used last, until the service stops.
pub(crate) fn note_uses(app: &App) {
    let app = app.clone();
    tokio::spawn(async move {
        let mut stopping = app.stopping();
        loop {
            let stopped = tokio::time::timeout(NOTE, stopping.wait_for(|stop| *stop))
                .await
                .is_ok();
            let used = app.guard.keys.take_uses();
            if !used.is_empty()
                && let Err(error) = write_uses(&app.engine, used).await
            {
                tracing::warn!(%error, "when keys were used could not be noted");
            }
            if stopped {
                return;
            }
        }
    });
}

async fn write_uses(engine: &Engine, used: HashMap<String, Timestamp>) -> Result<(), Error> {
    let write = engine.administer(move |desk| {
        for key in desk.api_keys()? {
            if let Some(at) = used.get(&key.id) {
                desk.put_api_key(&KeyRow {
                    last_used_at: Some(*at),
                    ..key
                })?;
            }
        }
        Ok(())
    });
    write.await
}
