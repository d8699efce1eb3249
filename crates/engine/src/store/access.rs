//! The rows of a service on the engine: who may use it, and what was done on whose behalf.

use accolade_core::time::Timestamp;

/// A key with which a program may use a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// Its id, which is no secret.
    pub id: String,
    /// What people call it; unique among the keys that are not revoked.
    pub name: String,
    /// The SHA-256 hash of the secret, which itself is kept nowhere.
    pub hash: Vec<u8>,
    /// What it allows, as words with commas between them: `record,read`.
    pub scopes: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who made it.
    pub created_by: String,
    /// When it was last used, as far as that was noted.
    pub last_used_at: Option<Timestamp>,
    /// When it was revoked, if it was.
    pub revoked_at: Option<Timestamp>,
}

/// Somebody who may administer a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdministratorRow {
    /// The name with which they sign in.
    pub name: String,
    /// The hash of their password, with everything that checking it takes; opaque to the store.
    pub password: String,
    /// When they became one.
    pub created_at: Timestamp,
    /// Who made them one.
    pub created_by: String,
}

/// What whoever brings the secret of a session may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SessionKind {
    /// Act as the administrator who signed in.
    SignIn,
    /// Become an administrator, once.
    Invitation,
}

impl SessionKind {
    const ALL: [Self; 2] = [Self::SignIn, Self::Invitation];

    /// The word for it in rows.
    pub fn word(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::Invitation => "invitation",
        }
    }

    /// The kind of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// A secret that stands for somebody until it expires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// The SHA-256 hash of the secret, which itself is kept nowhere.
    pub hash: Vec<u8>,
    /// What it is good for.
    pub kind: SessionKind,
    /// For whom it stands; nobody, where an invitation is for whoever brings it.
    pub administrator: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is good for nothing.
    pub expires_at: Timestamp,
}

/// Something that was done on somebody's behalf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// When.
    pub at: Timestamp,
    /// On whose behalf.
    pub actor: String,
    /// What was done: the name of an act, such as `accolade.award`, or a word such as `catalog.publish`.
    pub action: String,
    /// To which player, if to one. Once they are erased, this is `None`, and `subject` and `detail` tell nothing.
    pub player: Option<String>,
    /// To what: the id of an act, `version 2`; empty where there is nothing to name.
    pub subject: String,
    /// The rest, as a JSON object.
    pub detail: String,
}
