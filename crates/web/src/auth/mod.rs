//! Authentication, authorization and rate limits.

mod address;
pub(crate) mod administrators;
mod attempt_limit;
mod caller;
mod csrf;
pub(crate) mod invitations;
pub(crate) mod keys;
pub(crate) mod passwords;
mod rate_limit;
mod secrets;
pub(crate) mod sessions;
pub(crate) mod tokens;
pub(crate) mod viewer;

use accolade::{Engine, Error};

pub(crate) use address::ClientAddress;
pub(crate) use caller::Caller;
pub(crate) use csrf::csrf_layer;
pub use keys::{KeyError, KeyScope};
pub(crate) use sessions::Administrator;
pub(crate) use viewer::Viewer;

use crate::Settings;
use attempt_limit::AttemptLimiter;
use keys::KeyCache;
use rate_limit::RequestLimiter;
use tokens::TokenIssuer;

/// State of authentication and rate limiting.
pub(crate) struct AuthState {
    pub(crate) keys: KeyCache,
    pub(crate) tokens: TokenIssuer,
    pub(crate) request_limiter: RequestLimiter,
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
            tokens: TokenIssuer::new(&engine.service_secret().await?),
            request_limiter: RequestLimiter::new(&settings.limits),
            credential_attempts: AttemptLimiter::for_credentials(),
            sign_in_attempts: AttemptLimiter::for_sign_ins(),
            hash_permits: tokio::sync::Semaphore::new(MAX_CONCURRENT_HASHES),
        })
    }
}

/// Draws a random id for a request or job.
pub(crate) fn random_id() -> String {
    format!("{:016x}", u64::from_be_bytes(secrets::random_bytes()))
}
