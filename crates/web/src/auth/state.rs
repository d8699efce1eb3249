//! Shared state of authentication and rate limiting.

use accolade::{Engine, Error};

use super::attempt_limit::AttemptLimiter;
use super::key_cache::KeyCache;
use super::page_limit::PageLimiter;
use super::rate_limit::RequestLimiter;
use super::tokens::TokenIssuer;
use crate::Settings;

/// State of authentication and rate limiting.
pub(crate) struct AuthState {
    pub(crate) keys: KeyCache,
    pub(crate) tokens: TokenIssuer,
    pub(crate) request_limiter: RequestLimiter,
    pub(crate) page_limiter: PageLimiter,
    /// Rate limit of invalid keys and tokens, by address.
    pub(crate) credential_attempts: AttemptLimiter,
    /// Rate limit of sign-in attempts, by address and by name.
    pub(crate) sign_in_attempts: AttemptLimiter,
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
            sign_in_attempts: AttemptLimiter::for_sign_ins(),
            hash_permits: tokio::sync::Semaphore::new(MAX_CONCURRENT_HASHES),
        })
    }
}
