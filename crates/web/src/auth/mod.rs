//! Authentication, authorization and rate limits.

mod address;
pub(crate) mod administrators;
mod caller;
pub(crate) mod invitations;
pub(crate) mod keys;
mod limits;
mod own_site;
pub(crate) mod passwords;
mod secrets;
pub(crate) mod sessions;
mod throttle;
pub(crate) mod tokens;
pub(crate) mod viewer;

use accolade::{Engine, Error};

pub(crate) use address::Address;
pub(crate) use caller::Caller;
pub use keys::{KeyError, Scope};
pub(crate) use own_site::own_site;
pub(crate) use sessions::Administrator;
pub(crate) use viewer::Viewer;

use crate::Settings;
use keys::Keys;
use limits::Rates;
use throttle::Throttle;
use tokens::Tokens;

/// State of authentication and rate limiting.
pub(crate) struct Guard {
    pub(crate) keys: Keys,
    pub(crate) tokens: Tokens,
    pub(crate) rates: Rates,
    /// Rate limit of invalid keys and tokens, by address.
    pub(crate) guesses: Throttle,
    /// Rate limit of sign-in attempts, by address and by name.
    pub(crate) sign_ins: Throttle,
    /// Limit of concurrent password hashes, because each occupies a core for a while.
    pub(crate) hashing: tokio::sync::Semaphore,
}

/// Maximum number of concurrent password hashes.
const HASHING: usize = 2;

impl Guard {
    pub(crate) async fn new(engine: &Engine, settings: &Settings) -> Result<Self, Error> {
        Ok(Self {
            keys: Keys::default(),
            tokens: Tokens::new(&engine.secret().await?),
            rates: Rates::new(&settings.limits),
            guesses: Throttle::guesses(),
            sign_ins: Throttle::sign_ins(),
            hashing: tokio::sync::Semaphore::new(HASHING),
        })
    }
}

/// Draws a random id for a request or job.
pub(crate) fn request_id() -> String {
    format!("{:016x}", u64::from_be_bytes(secrets::random()))
}
