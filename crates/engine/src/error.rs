//! What can go wrong, in words for the person who reads them.

use accolade_core::catalog::diagnostic::Diagnostics;
use accolade_core::event::EventError;
use accolade_core::fold::Refusal;

use crate::store::StoreError;

/// Why something could not be done. Nothing is half done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database failed.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The event or act was not taken.
    #[error("{0}")]
    Rejected(#[from] Rejection),
    /// The catalog is wrong.
    #[error("{0}")]
    Catalog(#[from] Diagnostics),
    /// The database has no catalog yet, and none was given.
    #[error("the database {0} has no catalog yet; open it with one")]
    NoCatalog(String),
    /// The catalog that was given is not the one in force.
    #[error("the catalog given is not the one in force in {location}:{}\nopen the database without a catalog to use its own", list(.differences))]
    CatalogDiffers {
        /// Where the database is.
        location: String,
        /// What differs, a line each.
        differences: Vec<String>,
    },
    /// The catalog in force counts on badges in code that this process does not have.
    #[error("the catalog in force counts on badges in code that are not registered here: {}; register them; without them, what is there can be shown, but nothing folded", .0.join(", "))]
    MissingCode(Vec<String>),
    /// The engine was opened to read only.
    #[error("the engine was opened to read only")]
    ReadOnly,
    /// The catalog defines no such thing.
    #[error("there is no {kind} `{id}`{}", suggest(.suggestion.as_deref()))]
    Unknown {
        /// What kind of thing.
        kind: &'static str,
        /// The id that was given.
        id: String,
        /// An id that looks like it.
        suggestion: Option<String>,
    },
    /// The engine was closed before it could answer.
    #[error("the engine was closed before it could answer")]
    Closed,
}

/// Why an event or an act was not taken. Nothing of it is kept; others of the same batch are not concerned.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Rejection {
    /// It breaks a rule for events.
    #[error("{0}")]
    Invalid(#[from] EventError),
    /// Its id was used before, with another content (S12).
    #[error(
        "the id `{id}` was used before with another {differs}; an event is never changed: send it with an id of its own"
    )]
    Conflict {
        /// The id.
        id: String,
        /// What differs: `name`, `time`, `order` or `props`.
        differs: &'static str,
    },
    /// It was judged, and cannot be done.
    #[error("{0}")]
    Refused(#[from] Refusal),
}

fn list(lines: &[String]) -> String {
    lines.iter().map(|line| format!("\n  {line}")).collect()
}

fn suggest(suggestion: Option<&str>) -> String {
    suggestion.map_or_else(String::new, |suggestion| format!("; did you mean `{suggestion}`?"))
}
