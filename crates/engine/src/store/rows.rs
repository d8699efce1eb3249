//! The rows that travel between the engine and a store.

use accolade_core::event::Event;
use accolade_core::time::Timestamp;

/// An event as stored.
#[derive(Debug, Clone, PartialEq)]
pub struct EventRow {
    /// The event.
    pub event: Event,
    /// Whether the application gave the time itself; a defaulted one is no content (S12).
    pub explicit_at: bool,
    /// The number of the first outcome that recording it had, in the feed.
    pub first_outcome: i64,
    /// How many outcomes it had.
    pub outcome_count: u32,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// The act that retracted it, if the last word on it was a retraction (S13). A retracted event is not folded.
    pub retracted_by: Option<String>,
}

/// The last word on an event: that an act retracted it, or that none does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retraction {
    /// Whose event, as it was recorded.
    pub player: String,
    /// Its id.
    pub event: String,
    /// The act that retracts it; `None` where it counts again.
    pub by: Option<String>,
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
    Action,
    /// Points whose time was up.
    Expiry,
}

impl LedgerKind {
    const ALL: [Self; 4] = [Self::Earning, Self::Award, Self::Action, Self::Expiry];

    /// The word for it in rows and exports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Earning => "earning",
            Self::Award => "award",
            Self::Action => "action",
            Self::Expiry => "expiry",
        }
    }

    /// The kind of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
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
    pub trigger: Trigger,
    /// What made a correction, where that is not `event` itself: the id of a late event or of an act, or
    /// `catalog:2` for a publication.
    pub caused_by: Option<String>,
    /// Why and by whom, where an act says so.
    pub reason: Option<String>,
    /// When it was recorded.
    pub recorded_at: Timestamp,
}

/// What made a commit change something (S20).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Trigger {
    /// An event in order.
    Event,
    /// An event that arrived late, so that the player was folded again.
    Late,
    /// An act by hand.
    Action,
    /// An event was taken back, or given back.
    Retract,
    /// Time alone.
    Time,
    /// Another catalog was put in force.
    Publish,
    /// Two players became one, or two again.
    Merge,
    /// What was stored was not what it should have been.
    Repair,
}

impl Trigger {
    const ALL: [Self; 8] = [
        Self::Event,
        Self::Late,
        Self::Action,
        Self::Retract,
        Self::Time,
        Self::Publish,
        Self::Merge,
        Self::Repair,
    ];

    /// The word for it in rows and exports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Late => "late",
            Self::Action => "action",
            Self::Retract => "retract",
            Self::Time => "time",
            Self::Publish => "publish",
            Self::Merge => "merge",
            Self::Repair => "repair",
        }
    }

    /// The cause of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|because| because.word() == word)
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
    /// What awarded it: `criterion`, `code`, `hand` or `keep`.
    pub source: String,
    /// When it was taken away or lapsed, if it was; any other award is held.
    pub revoked_at: Option<Timestamp>,
    /// The times before this one that a temporary award was held, as a JSON array of `{from, until, event}`.
    pub holding_intervals: String,
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
    /// `badge.awarded`, `badge.revoked`, `badge.lapsed`, `points`, `unlockable.opened` or `unlockable.closed`.
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
    pub trigger: Trigger,
    /// What made a correction, where that is not `event` itself.
    pub caused_by: Option<String>,
    /// When it was recorded.
    pub recorded_at: Timestamp,
}

impl OutcomeRow {
    /// What it adds to a player's [`FeedNet`], and to which kind of it.
    pub fn net(&self) -> Option<(&'static str, i64)> {
        match &*self.kind {
            "points" => {
                let detail: serde_json::Value = serde_json::from_str(&self.detail).ok()?;
                Some(("points", detail.get("amount")?.as_i64()?))
            }
            "badge.awarded" => Some(("badge", 1)),
            "badge.revoked" | "badge.lapsed" => Some(("badge", -1)),
            "unlockable.opened" => Some(("unlockable", 1)),
            "unlockable.closed" => Some(("unlockable", -1)),
            _ => None,
        }
    }
}

/// What one commit changes for one player.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Changes {
    /// Whose.
    pub player: String,
    /// Events to add. Those of a guest who was merged into the player carry the guest's id.
    pub events: Vec<EventRow>,
    /// Events, of this batch or before it, whose last word changed.
    pub retractions: Vec<Retraction>,
    /// Whether everything derived that is stored of the player is dropped before what is below is written: the player's
    /// row, state, checkpoints, awards, balances and unlockables. Events, ledger and feed stay.
    pub replace_derived: bool,
    /// The player's row: how many events there are, and the last one's time. `None` leaves the player without a row
    /// and without a state, which is what is left of a guest who was merged.
    pub summary: Option<PlayerSummary>,
    /// The header of the state, opaque; without meaning where there is no summary.
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
    pub event_count: u64,
    /// When the first one happened.
    pub first_at: Option<Timestamp>,
    /// When the last one happened.
    pub last_at: Option<Timestamp>,
    /// When time alone changes something next, if it does.
    pub next_timer_at: Option<Timestamp>,
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
    /// When it was put in force.
    pub published_at: Timestamp,
    /// Who did it, if they said so.
    pub published_by: Option<String>,
    /// What differs from the version before, as a JSON array of lines.
    pub changes: String,
    /// Whether awards that it no longer earns are taken back; kept otherwise (S14).
    pub revoke: bool,
    /// Badges and tiers of earlier versions that it lacks and that somebody may hold, as a JSON array (S15).
    pub retired: String,
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

/// A guest whose timeline was merged into another player's (S19).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AliasRow {
    /// Who was merged.
    pub guest: String,
    /// Into whom.
    pub player: String,
    /// The id of the act that did it, in the player's timeline.
    pub action_id: String,
    /// When it was recorded.
    pub merged_at: Timestamp,
}

/// What erasing removed of a player, by kind of row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Erased {
    /// Events and acts.
    pub events: u64,
    /// Ledger entries.
    pub ledger: u64,
    /// Awards, those no longer held included.
    pub awards: u64,
    /// Outcomes in the feed.
    pub outcomes: u64,
    /// Rows of the state, checkpoints, balances, unlockables, nets of the feed, and aliases.
    pub derived: u64,
}

/// What was erased of all players together: sums that name nobody (S22). One that would leave its range stays at the
/// end of it, for it must not stand in the way of erasing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ErasedTotals {
    /// Players who had a row, as guests who were merged have not.
    pub players: u64,
    /// Events and acts.
    pub events: u64,
    /// Awards that were held, by badge, in order of id.
    pub awards: Vec<(String, u64)>,
    /// The sum of the ledger by currency, in order of id.
    pub points: Vec<(String, i64)>,
}

/// What the outcomes of a player come to that the feed no longer keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedTotal {
    /// `points`, `badge` or `unlockable`.
    pub kind: String,
    /// The id of the currency, badge or unlockable.
    pub subject: String,
    /// Points moved; awards given less those taken; openings less shuttings.
    pub total: i64,
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
