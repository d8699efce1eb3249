//! Who asks, and what they may do.

mod address;
pub(crate) mod administrators;
mod caller;
pub(crate) mod invitations;
pub(crate) mod keys;
mod limits;
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
pub(crate) use sessions::Administrator;
pub(crate) use viewer::Viewer;

use crate::Settings;
use keys::Keys;
use limits::Rates;
use throttle::Throttle;
use tokens::Tokens;

/// What stands between a request and what it asks for.
pub(crate) struct Guard {
    pub(crate) keys: Keys,
    pub(crate) tokens: Tokens,
    pub(crate) rates: Rates,
    /// Failed tries with keys and tokens, by address.
    pub(crate) guesses: Throttle,
    /// Tries to sign in, by address and by name.
    pub(crate) sign_ins: Throttle,
    /// Passwords are checked a few at a time, because each takes a core for a while.
    pub(crate) hashing: tokio::sync::Semaphore,
}

/// Passwords checked at a time.
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

/// A text that nothing else is called by.
pub(crate) fn request_id() -> String {
    format!("{:016x}", u64::from_be_bytes(secrets::random()))
}
