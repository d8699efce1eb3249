//! The valid API keys in memory, so that a request with a key needs no query.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use accolade::service::KeyRow;
use accolade::{Engine, Error, Timestamp};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use tokio::time::Instant;

use super::keys::{KEY_PREFIX, KeyScope, parse_scopes};
use super::secrets;

/// Maximum age of cached keys: a key that another process revoked remains valid for this long.
const MAX_AGE: Duration = Duration::from_secs(5);
/// Age of cached keys from which an unknown key triggers a reload.
const RELOAD_AGE: Duration = Duration::from_millis(500);
/// Maximum number of immediate reloads per second, so that guessing cannot overload the database.
const RELOADS_PER_SECOND: NonZeroU32 = NonZeroU32::new(20).expect("not zero");

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

/// Cache of the valid API keys, with the times of their last use.
pub(crate) struct KeyCache {
    cached: Arc<RwLock<CachedKeys>>,
    last_used: Mutex<HashMap<String, Timestamp>>,
    reload_limiter: DefaultDirectRateLimiter,
    /// Held during a reload, so that requests that need the same one wait for it.
    reload: Arc<tokio::sync::Mutex<()>>,
}

impl Default for KeyCache {
    fn default() -> Self {
        let rereads = RateLimiter::direct(Quota::per_second(RELOADS_PER_SECOND));
        Self {
            cached: Arc::default(),
            last_used: Mutex::default(),
            reload_limiter: rereads,
            reload: Arc::default(),
        }
    }
}

#[derive(Default)]
struct CachedKeys {
    by_id: HashMap<String, Arc<ActiveKey>>,
    loaded_at: Option<Instant>,
    /// Number of invalidations.
    invalidations: u64,
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

    /// Returns true if a key has not been revoked.
    pub(crate) async fn is_active(&self, engine: &Engine, id: &str) -> Result<bool, Error> {
        let (_, age) = self.find_cached(id);
        if age.is_none_or(|age| age > MAX_AGE) {
            self.reload_keys(engine).await?;
        }
        Ok(self.find_cached(id).0.is_some())
    }

    /// Invalidates the cache after a change.
    pub(crate) fn invalidate_cache(&self) {
        let mut cached = self.cached.write().unwrap_or_else(PoisonError::into_inner);
        cached.loaded_at = None;
        cached.invalidations += 1;
    }

    fn find_cached(&self, id: &str) -> (Option<Arc<ActiveKey>>, Option<Duration>) {
        let known = self.cached.read().unwrap_or_else(PoisonError::into_inner);
        (
            // Cloned, so that the lock is not held while the request runs.
            known.by_id.get(id).cloned(),
            known.loaded_at.map(|read| read.elapsed()),
        )
    }

    /// Reloads the keys, or waits for a reload that began after the call.
    async fn reload_keys(&self, engine: &Engine) -> Result<(), Error> {
        let reload = KeyReload {
            cached: Arc::clone(&self.cached),
            lock: Arc::clone(&self.reload),
            engine: engine.clone(),
            asked_at: Instant::now(),
        };
        // In a task of its own. A caller can be a stream that is no longer polled, which would hold
        // the lock and let all requests with keys wait.
        match tokio::spawn(reload.run()).await {
            Ok(result) => result,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // The runtime is shutting down.
                Err(_) => Err(Error::Closed),
            },
        }
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

/// A request to reload the keys.
struct KeyReload {
    cached: Arc<RwLock<CachedKeys>>,
    lock: Arc<tokio::sync::Mutex<()>>,
    engine: Engine,
    asked_at: Instant,
}

impl KeyReload {
    async fn run(self) -> Result<(), Error> {
        let _reload = self.lock.lock().await;
        let invalidations = {
            let cached = self.cached.read().unwrap_or_else(PoisonError::into_inner);
            if cached
                .loaded_at
                .is_some_and(|loaded_at| loaded_at > self.asked_at)
            {
                return Ok(());
            }
            cached.invalidations
        };
        let started_at = Instant::now();
        let keys = self
            .engine
            .service()
            .list_api_keys()
            .await?
            .into_iter()
            .filter_map(ActiveKey::from_row);
        let by_id = keys.map(|key| (key.id.clone(), Arc::new(key))).collect();
        let mut cached = self.cached.write().unwrap_or_else(PoisonError::into_inner);
        cached.by_id = by_id;
        // The start, because a key can be revoked during the reload. If this process revoked one,
        // the next request reloads again.
        cached.loaded_at = (cached.invalidations == invalidations).then_some(started_at);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::pin::pin;
    use std::task::Poll;

    use accolade::Catalog;
    use accolade_testing::MemoryStore;

    use super::*;
    use crate::auth::keys;

    #[tokio::test]
    async fn a_key_that_is_revoked_during_a_reload_is_invalid_afterwards() {
        let engine = Engine::open(MemoryStore::new(), Catalog::from_toml("").unwrap()).unwrap();
        let key = keys::create_key(&engine, "shop", &[KeyScope::Read], "tests");
        let key = key.await.unwrap();
        let cache = KeyCache::default();
        let mut reload = pin!(cache.reload_keys(&engine));
        // Queues the query, which then runs before the key is revoked.
        let early = poll_fn(|context| Poll::Ready(reload.as_mut().poll(context))).await;
        for _ in 0..2 {
            engine.service().list_api_keys().await.unwrap();
        }
        keys::revoke_key(&engine, "shop", "tests").await.unwrap();
        cache.invalidate_cache();
        if early.is_pending() {
            reload.await.unwrap();
        }
        let found = cache.find_key(&engine, &key).await.unwrap();
        assert!(found.is_none(), "{found:?}");
    }

    #[tokio::test]
    async fn a_caller_that_is_no_longer_polled_does_not_block_others() {
        let engine = Engine::open(MemoryStore::new(), Catalog::from_toml("").unwrap()).unwrap();
        let key = keys::create_key(&engine, "shop", &[KeyScope::Read], "tests");
        let key = key.await.unwrap();
        let cache = KeyCache::default();
        let mut abandoned = pin!(cache.reload_keys(&engine));
        let early = poll_fn(|context| Poll::Ready(abandoned.as_mut().poll(context))).await;
        assert!(early.is_pending());
        let found = tokio::time::timeout(Duration::from_secs(60), cache.find_key(&engine, &key));
        assert!(
            found
                .await
                .expect("the reload is abandoned")
                .unwrap()
                .is_some()
        );
    }
}
