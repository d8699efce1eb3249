//! Errors of the engine. Their texts are written for the person who operates the service.

use accolade_core::catalog::diagnostic::Diagnostics;
use accolade_core::catalog::rules::RuleKind;
use accolade_core::event::EventError;
use accolade_core::explain::SubjectError;
use accolade_core::fold::Refusal;
use accolade_core::ids::{EventId, PlayerId};

use crate::plan::PlanError;
use crate::store::StoreError;

/// An error of an [`Engine`](crate::Engine) operation.
///
/// An operation that fails leaves no partial change: its transaction is rolled back. Long
/// operations that work in steps, such as a repair, keep the steps that they completed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The event or manual action was rejected.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// The catalog is invalid.
    #[error(transparent)]
    Catalog(#[from] Diagnostics),
    /// The database has no catalog, and none was given.
    #[error("database `{0}` has no catalog; open it with one")]
    NoCatalog(String),
    /// The given catalog differs from the published one.
    #[error(
        "the given catalog differs from the one published in `{location}`:{}\n\
         open the database without a catalog to use its own, or publish the new one",
        render_lines(.differences)
    )]
    CatalogDiffers {
        /// The database URL.
        location: String,
        /// The differences, one line each.
        differences: Vec<String>,
    },
    /// The published catalog refers to code badges that this process has not registered.
    #[error(
        "the published catalog uses code badges that are not registered: {}; register them; \
         until then the database is read-only",
        .0.join(", ")
    )]
    MissingCode(Vec<String>),
    /// Another catalog was published in the meantime; nothing was published here.
    #[error(
        "version {version} was published in the meantime{}; review it with `history` and publish \
         again",
        render_publisher(.by.as_deref())
    )]
    PublishConflict {
        /// The version that is published now.
        version: i64,
        /// The name of its publisher, if one was given.
        by: Option<String>,
    },
    /// The planned publication cannot be carried out.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The condition of the [`EventSelection`](crate::EventSelection) is invalid.
    #[error("invalid condition: {0}")]
    InvalidCondition(String),
    /// The catalog version does not exist.
    #[error("catalog version {0} not found; `history` lists all versions")]
    UnknownCatalogVersion(i64),
    /// The requested part of the feed was pruned.
    #[error(
        "outcomes up to {kept_after} were pruned from the feed; continue after {kept_after}, and \
         read profiles for the state before it"
    )]
    FeedPruned {
        /// The number of the last pruned outcome; all later ones are kept.
        kept_after: i64,
    },
    /// Too many writes are waiting; this one was not queued. To wait for a place instead of
    /// retrying, use [`Engine::await_queue_place`](crate::Engine::await_queue_place).
    #[error("too many writes are waiting; this one was not recorded: retry in a second")]
    QueueFull,
    /// The engine was opened read-only.
    #[error("the engine is read-only")]
    ReadOnly,
    /// The published catalog has no rule with this id.
    #[error("{kind} `{id}` not found{}", render_suggestion(.suggestion.as_deref()))]
    UnknownRule {
        /// The kind of rule.
        kind: RuleKind,
        /// The id that was given.
        id: String,
        /// The most similar id that exists.
        suggestion: Option<String>,
    },
    /// The subject of an explanation is unknown.
    #[error(transparent)]
    Subject(#[from] SubjectError),
    /// The player's ledger has no such entry.
    #[error(
        "ledger entry `{entry}` of player `{player}` not found; give its number, such as `entry:12`"
    )]
    UnknownLedgerEntry {
        /// The player's id.
        player: PlayerId,
        /// The text after `entry:`, as given.
        entry: String,
    },
    /// The operation was cancelled through a [`CancellationToken`](crate::CancellationToken).
    #[error("operation cancelled; no change was left incomplete")]
    Cancelled,
    /// The engine was closed before the operation completed.
    #[error("the engine was closed before the operation completed")]
    Closed,
}

/// The reason why an event or a manual action was rejected.
///
/// A rejected item leaves no trace. The other items of the same request are unaffected.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// The event is invalid.
    #[error(transparent)]
    Invalid(#[from] EventError),
    /// An event with this id exists already and has other content (S12).
    #[error(
        "event `{id}` already exists and differs in {differs}; events are immutable: send this \
         one with a new id"
    )]
    Conflict {
        /// The event's id.
        id: EventId,
        /// The part that differs.
        differs: EventPart,
    },
    /// The manual action is not possible in the player's current state.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// All events that the retraction names are retracted already (S13).
    #[error("already retracted; nothing was changed")]
    AlreadyRetracted,
    /// None of the events to restore is retracted (S13).
    #[error("not retracted; nothing was changed")]
    NotRetracted,
    /// Actions of this kind cannot be retracted, only undone by their opposite (S13).
    #[error("`{id}` is an `{name}` action, which cannot be retracted{}", render_opposite(.name))]
    NotRetractable {
        /// The action's id.
        id: EventId,
        /// The action's name, such as `accolade.merge`.
        name: String,
    },
    /// The player is unknown, and the action does not say
    /// [`create`](crate::Action::create) (S45).
    #[error(
        "player `{player}` not found{}{} to create the player, set `create`",
        render_suggestion(.suggestion.as_deref()),
        if .suggestion.is_some() { "" } else { ";" }
    )]
    UnknownPlayer {
        /// The id that was given.
        player: PlayerId,
        /// The most similar id that exists.
        suggestion: Option<PlayerId>,
    },
    /// The player was erased (S22).
    #[error("the player was erased; nothing can be recorded under this id")]
    PlayerErased,
    /// The players cannot be merged or unmerged (S19).
    #[error(transparent)]
    Merge(#[from] MergeError),
}

impl Rejection {
    pub(crate) fn unknown_player(player: &str, suggestion: Option<String>) -> Self {
        Self::UnknownPlayer {
            player: player.into(),
            suggestion: suggestion.map(PlayerId::from),
        }
    }
}

accolade_core::named_enum! {
    /// A part of an event's content.
    #[non_exhaustive]
    pub enum EventPart {
        /// The name.
        Name = "name",
        /// The time.
        Time = "time",
        /// The rank among events at the same instant.
        Order = "order",
        /// The properties.
        Props = "props",
    }
}

/// The reason why two players cannot be merged or unmerged. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MergeError {
    /// The action names no guest.
    #[error("a merge needs the id of a `guest`")]
    NoGuest,
    /// Player and guest are the same.
    #[error("player `{0}` cannot be merged into itself")]
    SamePlayer(PlayerId),
    /// The guest is merged already.
    #[error("`{guest}` is already merged into `{player}`")]
    AlreadyMerged {
        /// The guest's id.
        guest: PlayerId,
        /// The player that the guest is merged into.
        player: PlayerId,
    },
    /// The guest is not merged into the player.
    #[error(
        "`{guest}` is not merged into `{player}`; there is nothing to unmerge{}",
        render_suggestion(.suggestion.as_deref())
    )]
    NotMerged {
        /// The guest's id.
        guest: PlayerId,
        /// The player's id.
        player: PlayerId,
        /// The most similar id of a guest that is merged.
        suggestion: Option<PlayerId>,
    },
    /// Manual actions were recorded after the merge, so it is permanent.
    #[error(
        "`{guest}` cannot be unmerged from `{player}`: manual actions were recorded after the merge"
    )]
    ActionsFollowed {
        /// The guest's id.
        guest: PlayerId,
        /// The player that the guest is merged into.
        player: PlayerId,
    },
}

fn render_opposite(name: &str) -> &'static str {
    match name {
        "accolade.retract" => "; restore the events that it names instead",
        "accolade.restore" => "; retract the events that it names instead",
        "accolade.merge" => "; unmerge the players instead",
        _ => "",
    }
}

fn render_lines(lines: &[String]) -> String {
    lines.iter().map(|line| format!("\n  {line}")).collect()
}

fn render_publisher(name: Option<&str>) -> String {
    name.map_or_else(String::new, |name| format!(" by {name}"))
}

fn render_suggestion(suggestion: Option<&str>) -> String {
    suggestion.map_or_else(String::new, |suggestion| {
        format!("; did you mean `{suggestion}`?")
    })
}
