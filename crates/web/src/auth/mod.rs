//! Authentication, authorization and rate limits.

mod action_counter;
mod address;
pub(crate) mod administrators;
mod attempt_limit;
pub(crate) mod audit;
mod caller;
mod csrf;
pub(crate) mod invitations;
pub(crate) mod key_cache;
pub(crate) mod key_usage;
pub(crate) mod keys;
mod page_limit;
pub(crate) mod passwords;
mod rate_limit;
mod refused_origins;
pub(crate) mod secret_watch;
mod secrets;
pub(crate) mod sessions;
mod state;
pub(crate) mod tokens;
pub(crate) mod viewer;

pub(crate) use address::{ClientAddress, network};
pub(crate) use caller::{Caller, authenticate_player};
pub(crate) use csrf::csrf_layer;
pub use keys::{KeyError, KeyScope};
pub(crate) use secrets::random_id;
pub(crate) use sessions::Administrator;
pub(crate) use state::AuthState;
pub(crate) use viewer::Viewer;
