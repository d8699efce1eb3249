//! API keys, administrators, sessions and the audit log of a service built on the engine.
//!
//! The crate `accolade-web` uses this module. It is not part of the public interface: it can change
//! in any release.

pub use crate::access_transaction::AccessTransaction;
pub use crate::audit::AuditEntry;
pub use crate::store::{AdministratorRow, KeyRow, SessionRow};

use crate::Engine;

/// API keys, administrators, sessions and the audit log: see [`Engine::service`].
#[derive(Clone, Copy)]
pub struct ServiceData<'a> {
    pub(crate) engine: &'a Engine,
}

impl Engine {
    /// API keys, administrators, sessions and the audit log.
    #[doc(hidden)]
    pub fn service(&self) -> ServiceData<'_> {
        ServiceData { engine: self }
    }
}
