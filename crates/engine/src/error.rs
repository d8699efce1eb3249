//! What can go wrong, in words for the person who reads them.

use accolade_core::catalog::diagnostic::Diagnostics;
use accolade_core::event::EventError;
use accolade_core::explain::SubjectError;
use accolade_core::fold::Refusal;

use crate::CompactError;
use crate::plan::PlanError;
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
    #[error("the catalog given is not the one in force in {location}:{}\nopen the database without a catalog to use its own, or publish the new one", list(.differences))]
    CatalogDiffers {
        /// Where the database is.
        location: String,
        /// What differs, a line each.
        differences: Vec<String>,
    },
    /// The catalog in force counts on badges in code that this process does not have.
    #[error("the catalog in force counts on badges in code that are not registered here: {}; register them; without them, what is there can be shown, but nothing folded", .0.join(", "))]
    MissingCode(Vec<String>),
    /// Somebody else published in the meantime; nothing was published here.
    #[error("{} put version {version} in force in the meantime; look at it (`history`) and publish again", .by.as_deref().unwrap_or("somebody"))]
    Overtaken {
        /// The version in force now.
        version: i64,
        /// Who published it, if they said so.
        by: Option<String>,
    },
    /// What was planned cannot be published.
    #[error("{0}")]
    Plan(#[from] PlanError),
    /// A past cannot be folded into a snapshot.
    #[error("{0}")]
    Compact(#[from] CompactError),
    /// A condition is wrong.
    #[error("the condition does not work: {0}")]
    Condition(String),
    /// There is no such version of the catalog.
    #[error("there is no version {0} of the catalog; `history` lists them")]
    NoVersion(i64),
    /// The feed no longer keeps what was asked for.
    #[error(
        "the feed no longer keeps outcomes up to {kept_after}; read on from there, and read profiles for the rest"
    )]
    FeedGone {
        /// The number after which everything is kept.
        kept_after: i64,
    },
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
    /// What was to be explained is nothing that can be.
    #[error("{0}")]
    Subject(#[from] SubjectError),
    /// The player has no such entry in the ledger.
    #[error("`{player}` has no ledger entry `{entry}`; write its number, such as `entry:12`")]
    NoEntry {
        /// The player.
        player: String,
        /// What was asked for.
        entry: String,
    },
    /// Somebody asked to give up.
    #[error("it was cancelled; nothing was left half done")]
    Cancelled,
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
    /// It is a retraction, and all that it names was retracted before (S13).
    #[error("it was retracted already; nothing was done")]
    AlreadyRetracted,
    /// It would let events count again that were never retracted (S13).
    #[error("it was not retracted; nothing was done")]
    NotRetracted,
    /// What it would retract can be taken back in another way only (S13).
    #[error("`{id}` is an `{name}`, which cannot be retracted{}", other_way(.name))]
    NotRetractable {
        /// The id.
        id: String,
        /// What it is.
        name: String,
    },
    /// It belongs to a past that was sealed (S22).
    #[error(
        "`{id}` belongs to a past that was compacted; what happened there can no longer change"
    )]
    TooLate {
        /// The event's id, or that of the event which an act names.
        id: String,
    },
    /// The player was erased (S22).
    #[error("the player was erased; nothing is recorded under this id any more")]
    Erased,
    /// Two players cannot become one, or two again (S19).
    #[error("{0}")]
    Merge(#[from] MergeError),
}

/// Why two players cannot become one, or two again. Nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// The act names no guest.
    #[error("an act of merging needs the id of a `guest`")]
    NoGuest,
    /// Both are the same player.
    #[error("`{0}` cannot be merged with itself")]
    Itself(String),
    /// The guest was merged before.
    #[error("`{guest}` was merged into `{player}` before")]
    Merged {
        /// The guest.
        guest: String,
        /// Into whom.
        player: String,
    },
    /// There is no such merge to take back.
    #[error("`{guest}` was not merged into `{player}`; there is nothing to take back")]
    NotMerged {
        /// The guest.
        guest: String,
        /// Into whom.
        player: String,
    },
    /// The past of one of them was folded into a snapshot (S22).
    #[error(
        "the past of `{0}` was compacted, so that its timeline cannot become part of another any more, nor take one in"
    )]
    Sealed(String),
    /// Acts on the union tie the two together.
    #[error(
        "since `{guest}` was merged into `{player}`, acts were recorded on both as one; the merge stays (S19)"
    )]
    Acted {
        /// The guest.
        guest: String,
        /// Into whom.
        player: String,
    },
}

fn other_way(name: &str) -> &'static str {
    match name {
        "accolade.retract" => ": restore the events that it names",
        "accolade.restore" => ": retract the events that it names",
        "accolade.merge" => ": take the merge back",
        _ => "",
    }
}

fn list(lines: &[String]) -> String {
    lines.iter().map(|line| format!("\n  {line}")).collect()
}

fn suggest(suggestion: Option<&str>) -> String {
    suggestion.map_or_else(String::new, |suggestion| {
        format!("; did you mean `{suggestion}`?")
    })
}
