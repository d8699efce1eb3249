//! Rows of a service on the engine: API keys, administrators, sessions and the audit log.

use accolade_core::time::Timestamp;

/// An API key of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// The key's public id.
    pub id: String,
    /// The display name, unique among active keys.
    pub name: String,
    /// The SHA-256 hash of the secret. The secret itself is not stored.
    pub hash: Vec<u8>,
    /// The scopes that it grants, separated by commas: `record,read`.
    pub scopes: String,
    /// The instant of creation.
    pub created_at: Timestamp,
    /// The name of the person who created it.
    pub created_by: String,
    /// The instant of the last use, as far as the service records it.
    pub last_used_at: Option<Timestamp>,
    /// The instant of revocation; `None` for an active key.
    pub revoked_at: Option<Timestamp>,
}

/// An administrator of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdministratorRow {
    /// The name to sign in with.
    pub name: String,
    /// The password hash with its parameters, opaque to the store.
    pub password: String,
    /// The instant of creation.
    pub created_at: Timestamp,
    /// The name of the person who created it.
    pub created_by: String,
}

accolade_core::named_enum! {
    /// The permission that a session grants.
    pub enum SessionKind {
        /// Act as the administrator who signed in.
        SignIn = "sign-in",
        /// Become an administrator, once.
        Invitation = "invitation",
    }
}

/// A secret with a permission that expires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// The SHA-256 hash of the secret. The secret itself is not stored.
    pub hash: Vec<u8>,
    /// The permission that it grants.
    pub kind: SessionKind,
    /// The administrator who signed in, or the name of the person or program that created the
    /// invitation.
    pub administrator: Option<String>,
    /// The instant of creation.
    pub created_at: Timestamp,
    /// The instant from which it is invalid.
    pub expires_at: Timestamp,
}

/// An entry of the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// The instant of the action.
    pub at: Timestamp,
    /// The name of the person or program that acted.
    pub actor: String,
    /// The kind of action: the name of a manual action, such as `accolade.award`, or a name such as
    /// `catalog.publish`.
    pub action: String,
    /// The player concerned; `None` if there is none or the player was erased.
    pub player: Option<String>,
    /// The object of the action, such as the id of a manual action or `version 2`. Empty if there
    /// is none or the player was erased.
    pub subject: String,
    /// Details as a JSON object, which is empty if the player was erased.
    pub detail: String,
}
