//! The rows that travel between the engine and a store.

use accolade_core::event::Event;
use accolade_core::time::Timestamp;

/// An event as stored.
#[derive(Debug, Clone, PartialEq)]
pub struct EventRow {
    /// The event.
    pub event: Event,
    /// Whether the application gave the time itself; a defaulted one is no content (S12).
    pub at_given: bool,
    /// The number of the first outcome that recording it had, in the feed.
    pub first_outcome: i64,
    /// How many outcomes it had.
    pub outcomes: u32,
    /// When it was recorded.
    pub recorded_at: Timestamp,
}

/// The place of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CellPlace<'a> {
    /// Whose.
    pub player: &'a str,
    /// Which counter or rule of the catalog in force.
    pub slot: u32,
    /// Which of its keys.
    pub key: &'a str,
}

/// A cell of a player's state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellRow {
    /// Which counter or rule of the catalog in force.
    pub slot: u32,
    /// Which of its keys.
    pub key: String,
    /// Its content, opaque to the store.
    pub value: Vec<u8>,
}

/// A player's whole state after all events up to an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckpointRow {
    /// All events at or before this instant are in it.
    pub at: Timestamp,
    /// The state, opaque to the store.
    pub state: Vec<u8>,
}

/// Where an entry of the ledger comes from (S5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LedgerKind {
    /// An earning rule.
    Earning,
    /// An award's points.
    Award,
    /// An act by hand.
    Act,
}

impl LedgerKind {
    /// The word for it in rows and exports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Earning => "earning",
            Self::Award => "award",
            Self::Act => "act",
        }
    }

    /// The kind of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Earning, Self::Award, Self::Act].into_iter().find(|kind| kind.word() == word)
    }
}

/// An entry of the ledger. Never edited, never deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerRow {
    /// The instant of its cause in the timeline.
    pub at: Timestamp,
    /// Its number among the player's entries, in order of recording, from 1.
    pub seq: i64,
    /// Which currency.
    pub currency: String,
    /// How much; negative where points were taken.
    pub amount: i64,
    /// Where it comes from.
    pub kind: LedgerKind,
    /// The id of the earning or badge, or the name of the act.
    pub rule: String,
    /// The award's tier; empty otherwise and for badges without tiers.
    pub tier: String,
    /// The award's key; empty otherwise and where there is none.
    pub key: String,
    /// The id of the event or act that caused it.
    pub event: String,
    /// What made the commit: see [`Because`].
    pub because: Because,
    /// Why and by whom, where an act says so.
    pub reason: Option<String>,
    /// When it was recorded.
    pub recorded_at: Timestamp,
}

/// What made a commit change something (S20).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Because {
    /// An event in order.
    Event,
    /// An event that arrived late, so that the player was folded again.
    Late,
    /// An act by hand.
    Act,
}

impl Because {
    /// The word for it in rows and exports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Late => "late",
            Self::Act => "act",
        }
    }

    /// The cause of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Event, Self::Late, Self::Act].into_iter().find(|because| because.word() == word)
    }
}

/// An award of a badge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwardRow {
    /// Who earned it.
    pub player: String,
    /// Which badge.
    pub badge: String,
    /// Which tier; empty for a badge without tiers.
    pub tier: String,
    /// Which key: the value of `per`, or the how-manieth time; empty for `once`.
    pub key: String,
    /// When it was earned.
    pub at: Timestamp,
    /// The id of the event or act that earned it.
    pub event: String,
    /// What awarded it: `criterion`, `code` or `hand`.
    pub source: String,
    /// When it was revoked, if it was; an award that is not revoked is held.
    pub revoked_at: Option<Timestamp>,
    /// The points that it paid and that were not taken back, as a JSON object by currency.
    pub paid: String,
}

/// An unlockable of a player.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnlockRow {
    /// Which.
    pub unlockable: String,
    /// Whether it is open now.
    pub open: bool,
    /// When it last opened or shut.
    pub at: Timestamp,
    /// The id of the event or act that did it.
    pub event: String,
}

/// One thing that a commit changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutcomeRow {
    /// Whom.
    pub player: String,
    /// `badge.awarded`, `badge.revoked`, `points`, `unlockable.opened` or `unlockable.shut`.
    pub kind: String,
    /// The id of the badge, currency or unlockable.
    pub subject: String,
    /// The rest, as a JSON object.
    pub detail: String,
    /// The instant in the timeline.
    pub at: Timestamp,
    /// The id of the event or act behind it.
    pub event: String,
    /// What made the commit.
    pub because: Because,
    /// When it was recorded.
    pub recorded_at: Timestamp,
}

/// What one commit changes for one player.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Changes {
    /// Whose.
    pub player: String,
    /// Events to add.
    pub events: Vec<EventRow>,
    /// The player's row: how many events there are, and the last one's time.
    pub summary: PlayerSummary,
    /// The header of the state, opaque.
    pub header: Vec<u8>,
    /// Whether all cells that are stored are dropped before `cells` are written.
    pub replace_cells: bool,
    /// Cells to put, or to drop where the value is `None`.
    pub cells: Vec<(u32, String, Option<Vec<u8>>)>,
    /// Awards to put.
    pub awards: Vec<AwardRow>,
    /// Awards `(badge, tier, key)` to drop: the timeline no longer earns them.
    pub dropped_awards: Vec<(String, String, String)>,
    /// Balances to put.
    pub balances: Vec<(String, i64)>,
    /// Unlockables to put.
    pub unlocks: Vec<UnlockRow>,
    /// Unlockables to drop: the timeline no longer opens them.
    pub dropped_unlocks: Vec<String>,
    /// Ledger entries to append.
    pub ledger: Vec<LedgerRow>,
    /// Checkpoints at or after this instant are dropped, before new ones are put.
    pub drop_checkpoints_from: Option<Timestamp>,
    /// Checkpoints at exactly these instants are dropped (thinning).
    pub drop_checkpoints: Vec<Timestamp>,
    /// Checkpoints to put.
    pub checkpoints: Vec<CheckpointRow>,
}

/// The readable part of a player's row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PlayerSummary {
    /// How many events and acts the timeline has.
    pub events: u64,
    /// When the first one happened.
    pub first_at: Option<Timestamp>,
    /// When the last one happened.
    pub last_at: Option<Timestamp>,
}

/// A player in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlayerRow {
    /// The application's id.
    pub player: String,
    /// The readable part of the row.
    pub summary: PlayerSummary,
}

/// A catalog in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogRow {
    /// 1 for the first, and so on.
    pub version: i64,
    /// The document, as written.
    pub source: String,
    /// `toml` or `json`.
    pub format: String,
    /// What the catalog, its badges in code and the engine's semantics come to.
    pub fingerprint: String,
    /// The badges in code that it counts on, as a JSON array: their ids, versions, and how they are shown (S17).
    pub code: String,
    /// When it was installed.
    pub installed_at: Timestamp,
}

/// A definition, for people's queries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefinitionRow {
    /// `currency`, `category`, `earning`, `badge` or `unlockable`.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// How people read it.
    pub name: String,
    /// One sentence about it.
    pub description: String,
    /// The id of its category, if any.
    pub category: Option<String>,
    /// Everything else, as a JSON object.
    pub detail: String,
}

/// Where a page of earners goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarnerCursor {
    /// The instant of the last award seen.
    pub at: Timestamp,
    /// Its player.
    pub player: String,
    /// Its tier.
    pub tier: String,
    /// Its key.
    pub key: String,
}

/// How often a badge is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadgeCount {
    /// Which.
    pub badge: String,
    /// Awards held.
    pub awards: u64,
    /// Players who hold one or more.
    pub players: u64,
}

/// How much a database holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Players.
    pub players: u64,
    /// Events and acts.
    pub events: u64,
    /// Awards held.
    pub awards: u64,
    /// Ledger entries.
    pub ledger: u64,
    /// The number of the latest outcome in the feed.
    pub last_outcome: i64,
}

/// Evaluation errors of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleErrorRow {
    /// `earning`, `badge` or `unlockable`.
    pub kind: String,
    /// The rule's id.
    pub id: String,
    /// How many: to add when written, in all when read.
    pub count: u64,
    /// What the latest said.
    pub message: String,
    /// The player of the latest.
    pub player: String,
    /// The event of the latest.
    pub event: String,
}
