//! Shared state of authentication and rate limiting.

use accolade::{Engine, Error};
use tokio::sync::watch;

use super::action_counter::ActionCounter;
use super::attempt_limit::{AttemptLimiter, PasswordLimiter};
use super::key_cache::KeyCache;
use super::page_limit::PageLimiter;
use super::rate_limit::RequestLimiter;
use super::refused_origins::RefusedOrigins;
use super::tokens::TokenIssuer;
use crate::Settings;

/// State of authentication and rate limiting.
pub(crate) struct AuthState {
    pub(crate) keys: KeyCache,
    pub(crate) tokens: TokenIssuer,
    pub(crate) request_limiter: RequestLimiter,
    pub(crate) page_limiter: PageLimiter,
    /// Rate limit of invalid keys and tokens, by network.
    pub(crate) credential_attempts: AttemptLimiter,
    /// Rate limit of passwords.
    pub(crate) password_attempts: PasswordLimiter,
    /// Counts of actions that are too frequent for an audit entry each.
    pub(crate) action_counter: ActionCounter,
    /// Origins that are not in `players.origins`.
    pub(crate) refused_origins: RefusedOrigins,
    /// Signal that a credential has ended, on which live streams check theirs.
    revocations: watch::Sender<()>,
    /// Limit of concurrent password hashes, because each occupies a core for a while.
    pub(crate) hash_permits: tokio::sync::Semaphore,
}

/// Maximum number of concurrent password hashes.
const MAX_CONCURRENT_HASHES: usize = 2;

impl AuthState {
    pub(crate) async fn new(engine: &Engine, settings: &Settings) -> Result<Self, Error> {
        Ok(Self {
            keys: KeyCache::default(),
            // The secret is in the database, so that tokens survive a restart and work in every
            // process.
            tokens: TokenIssuer::new(&engine.service().load_secret().await?),
            request_limiter: RequestLimiter::new(&settings.limits),
            page_limiter: PageLimiter::new(&settings.limits),
            credential_attempts: AttemptLimiter::for_credentials(),
            password_attempts: PasswordLimiter::default(),
            action_counter: ActionCounter::default(),
            refused_origins: RefusedOrigins::default(),
            revocations: watch::Sender::default(),
            hash_permits: tokio::sync::Semaphore::new(MAX_CONCURRENT_HASHES),
        })
    }

    /// Signals that a credential has ended: a key, a session, an administrator or all tokens.
    pub(crate) fn signal_revocation(&self) {
        self.revocations.send_replace(());
    }

    /// Returns a receiver that changes when a credential has ended.
    pub(crate) fn subscribe_to_revocations(&self) -> watch::Receiver<()> {
        self.revocations.subscribe()
    }
}
