//! The rows exchanged between the engine and a store.

use accolade_core::catalog::rules::RuleKind;
use accolade_core::event::Event;
use accolade_core::fold::AwardSource;
use accolade_core::time::Timestamp;

/// A recorded event.
#[derive(Debug, Clone, PartialEq)]
pub struct EventRow {
    /// The event itself.
    pub event: Event,
    /// True if the application set the time. A time set by the engine is not part of the content
    /// that a duplicate must match (S12).
    pub explicit_at: bool,
    /// The feed number of the first outcome of recording it.
    pub first_outcome: i64,
    /// The number of its outcomes.
    pub outcome_count: u32,
    /// The instant of recording.
    pub recorded_at: Timestamp,
    /// The id of the action that retracted it, if it is retracted (S13). Retracted events are not
    /// folded.
    pub retracted_by: Option<String>,
}

/// The retraction state of an event: retracted or restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetractionRow {
    /// The id that the event was recorded under.
    pub player: String,
    /// The event's id.
    pub event: String,
    /// The id of the action that retracts it; `None` if it counts.
    pub retracted_by: Option<String>,
}

/// The address of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CellAddress<'a> {
    /// The player's id.
    pub player: &'a str,
    /// The slot of a counter or rule of the published catalog.
    pub slot: u32,
    /// The key within the slot; empty if it has none.
    pub key: &'a str,
}

/// A cell of a player's state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellRow {
    /// The slot of a counter or rule of the published catalog.
    pub slot: u32,
    /// The key within the slot; empty if it has none.
    pub key: String,
    /// The content, opaque to the store.
    pub value: Vec<u8>,
}

/// A player's complete state after all events up to an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckpointRow {
    /// The instant. Events at it are included.
    pub at: Timestamp,
    /// The state, opaque to the store.
    pub state: Vec<u8>,
}

accolade_core::named_enum! {
    /// The kind of a ledger entry (S5).
    #[non_exhaustive]
    pub enum LedgerKind {
        /// Points of an earning.
        Earning = "earning",
        /// Points of an award.
        Award = "award",
        /// Points of a manual action.
        Action = "action",
        /// Points that expired.
        Expiry = "expiry",
    }
}

/// An entry of the ledger. Entries are never changed, and deleted only by erasure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerRow {
    /// The instant of the cause in the timeline.
    pub at: Timestamp,
    /// The number among the player's entries, in order of recording, from 1.
    pub seq: i64,
    /// The currency's id.
    pub currency: String,
    /// The amount, negative if points were deducted. Never 0.
    pub amount: i64,
    /// The kind of the entry.
    pub kind: LedgerKind,
    /// The id of the earning or badge, or the name of the manual action.
    pub rule: String,
    /// The tier of the award; empty otherwise and for badges without tiers.
    pub tier: String,
    /// The key of the award; empty otherwise and for badges without keys.
    pub key: String,
    /// The id of the event or manual action that the entry is for.
    pub event: String,
    /// The trigger of the commit.
    pub trigger: Trigger,
    /// The cause of a correction, if it is not `event`: the id of a late event or a manual action,
    /// or `catalog:2` for the publication of version 2.
    pub caused_by: Option<String>,
    /// The reason and author of a manual action, if given.
    pub reason: Option<String>,
    /// The instant of recording.
    pub recorded_at: Timestamp,
}

accolade_core::named_enum! {
    /// The trigger of a commit (S20).
    #[non_exhaustive]
    pub enum Trigger {
        /// An event in order.
        Event = "event",
        /// A late event, after which the player was folded again.
        Late = "late",
        /// A manual action.
        Action = "action",
        /// A retraction or restoration of events.
        Retract = "retract",
        /// Time alone, such as an expiry.
        Time = "time",
        /// The publication of a catalog.
        Publish = "publish",
        /// A merge or unmerge of players.
        Merge = "merge",
        /// The repair of stored data that was incorrect.
        Repair = "repair",
    }
}

/// An award of a badge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwardRow {
    /// The player's id.
    pub player: String,
    /// The badge's id.
    pub badge: String,
    /// The tier; empty for a badge without tiers.
    pub tier: String,
    /// The key: the value of `per`, or the occurrence number (1, 2, …); empty for
    /// `repeat = "once"`.
    pub key: String,
    /// The instant at which it was earned.
    pub at: Timestamp,
    /// The id of the event or manual action that earned it.
    pub event: String,
    /// The source of the award.
    pub source: AwardSource,
    /// The instant at which it was revoked or lapsed; `None` if it is held.
    pub revoked_at: Option<Timestamp>,
    /// Earlier intervals during which a temporary award was held, as a JSON array of
    /// `{from, until, event}`.
    pub holding_intervals: String,
    /// Points that it paid and that were not revoked, as a JSON object by currency.
    pub paid: String,
}

/// An unlockable of a player.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnlockRow {
    /// The unlockable's id.
    pub unlockable: String,
    /// True if it is open.
    pub open: bool,
    /// The instant at which it last opened or closed.
    pub at: Timestamp,
    /// The id of the event or manual action that opened or closed it.
    pub event: String,
}

accolade_core::named_enum! {
    /// The kind of an outcome.
    #[non_exhaustive]
    pub enum OutcomeKind {
        /// An award was earned or granted.
        BadgeAwarded = "badge.awarded",
        /// An award was revoked.
        BadgeRevoked = "badge.revoked",
        /// A temporary award ended.
        BadgeLapsed = "badge.lapsed",
        /// A balance changed.
        Points = "points",
        /// An unlockable opened.
        UnlockableOpened = "unlockable.opened",
        /// An unlockable closed.
        UnlockableClosed = "unlockable.closed",
    }
}

/// One change that a commit made to a player: an entry of the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutcomeRow {
    /// The player's id.
    pub player: String,
    /// The kind of the change.
    pub kind: OutcomeKind,
    /// The id of the badge, currency or unlockable.
    pub subject: String,
    /// Details as a JSON object.
    pub detail: String,
    /// The instant in the timeline.
    pub at: Timestamp,
    /// The id of the event or manual action that the change follows from.
    pub event: String,
    /// The trigger of the commit.
    pub trigger: Trigger,
    /// The cause of a correction, if it is not `event`.
    pub caused_by: Option<String>,
    /// The instant of recording.
    pub recorded_at: Timestamp,
}

impl OutcomeRow {
    /// The kind and amount that the outcome adds to the player's [`FeedTotal`]s.
    pub fn feed_amount(&self) -> Option<(&'static str, i64)> {
        match self.kind {
            OutcomeKind::Points => {
                let detail: serde_json::Value = serde_json::from_str(&self.detail).ok()?;
                Some(("points", detail.get("amount")?.as_i64()?))
            }
            OutcomeKind::BadgeAwarded => Some(("badge", 1)),
            OutcomeKind::BadgeRevoked | OutcomeKind::BadgeLapsed => Some(("badge", -1)),
            OutcomeKind::UnlockableOpened => Some(("unlockable", 1)),
            OutcomeKind::UnlockableClosed => Some(("unlockable", -1)),
        }
    }
}

/// The changes of one commit to one player.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ChangeSet {
    /// The player's id.
    pub player: String,
    /// Events to insert. Events of a merged guest carry the guest's id.
    pub events: Vec<EventRow>,
    /// Events, of this batch or earlier, whose retraction state changed.
    pub retractions: Vec<RetractionRow>,
    /// True to delete all derived rows of the player first: summary, state, checkpoints, awards,
    /// balances and unlockables. Events, ledger and feed stay.
    pub replace_derived: bool,
    /// The player's summary. `None` deletes summary and state, as for a guest that is merged.
    pub summary: Option<PlayerSummary>,
    /// The state header, opaque. Ignored without a summary.
    pub header: Vec<u8>,
    /// True to delete all stored cells before `cells` are written.
    pub replace_cells: bool,
    /// Cells `(slot, key, value)` to put, or to delete if the value is `None`.
    pub cells: Vec<(u32, String, Option<Vec<u8>>)>,
    /// Awards to put.
    pub awards: Vec<AwardRow>,
    /// Awards `(badge, tier, key)` to delete, which the timeline no longer earns.
    pub dropped_awards: Vec<(String, String, String)>,
    /// Balances to put, by currency.
    pub balances: Vec<(String, i64)>,
    /// Unlockables to put.
    pub unlocks: Vec<UnlockRow>,
    /// Unlockables to delete, which the timeline never opens.
    pub dropped_unlocks: Vec<String>,
    /// Ledger entries to append.
    pub ledger: Vec<LedgerRow>,
    /// Checkpoints at or after this instant are deleted, before new ones are put.
    pub drop_checkpoints_from: Option<Timestamp>,
    /// Checkpoints at exactly these instants are deleted, to thin them out.
    pub drop_checkpoints: Vec<Timestamp>,
    /// Checkpoints to put.
    pub checkpoints: Vec<CheckpointRow>,
}

/// The readable part of a player's row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlayerSummary {
    /// The display name, if there is one.
    pub name: Option<String>,
    /// The other attributes as folded text, by which the player is found; `None` if there are
    /// none. Long texts are cut off.
    pub attributes: Option<String>,
    /// The number of events and manual actions in the timeline.
    pub event_count: u64,
    /// The instant of the first event or manual action.
    pub first_at: Option<Timestamp>,
    /// The instant of the last event or manual action.
    pub last_at: Option<Timestamp>,
    /// The number of events that the player caused: without manual actions and automatic facts.
    pub own_event_count: u64,
    /// The instant of the last event that the player caused.
    pub last_seen_at: Option<Timestamp>,
    /// The instant of the next timer: when time alone changes something.
    pub next_timer_at: Option<Timestamp>,
}

impl PlayerSummary {
    /// Folds a display name, so that names are found in any case.
    pub fn fold_name(name: &str) -> String {
        name.to_lowercase()
    }

    /// The folded display name.
    pub fn folded_name(&self) -> Option<String> {
        self.name.as_deref().map(Self::fold_name)
    }
}

/// A player in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlayerRow {
    /// The player's id.
    pub player: String,
    /// The readable part of the row.
    pub summary: PlayerSummary,
}

/// A published version of the catalog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogRow {
    /// The version number, from 1.
    pub version: i64,
    /// The text of the catalog.
    pub source: String,
    /// `toml` or `json`.
    pub format: String,
    /// Hash of the rules, the code badges and the engine's semantics.
    pub fingerprint: String,
    /// The code badges that it uses, as a JSON array of ids, versions and display texts (S17).
    pub code: String,
    /// The instant of publication.
    pub published_at: Timestamp,
    /// The name of the publisher, if one was given.
    pub published_by: Option<String>,
    /// The publisher's note, if one was given.
    pub note: Option<String>,
    /// The differences to the previous version, as a JSON array of lines.
    pub changes: String,
    /// True if holdings that it no longer earns are revoked, false if they are grandfathered (S14).
    pub revoke: bool,
    /// Retired rules: badges, tiers and unlockables of earlier versions that players may hold, as a
    /// JSON object (S15).
    pub retired: String,
}

/// A rule of a catalog, for queries in SQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefinitionRow {
    /// `currency`, `category`, `earning`, `badge` or `unlockable`.
    pub kind: String,
    /// The rule's id.
    pub id: String,
    /// The display name.
    pub name: String,
    /// A description in one sentence.
    pub description: String,
    /// The id of its category, if any.
    pub category: Option<String>,
    /// All other properties, as a JSON object.
    pub detail: String,
}

/// Cursor of a page of earners: the last award seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarnerCursor {
    /// The instant of the award.
    pub at: Timestamp,
    /// The player's id.
    pub player: String,
    /// The tier of the award.
    pub tier: String,
    /// The key of the award.
    pub key: String,
}

/// Number of awards and holders of a badge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadgeCount {
    /// The badge's id.
    pub badge: String,
    /// The number of awards held.
    pub awards: u64,
    /// The number of players who hold the badge.
    pub players: u64,
}

/// Number of holders of a tier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TierCount {
    /// The badge's id.
    pub badge: String,
    /// The tier's id.
    pub tier: String,
    /// The number of players who hold the tier, with any key.
    pub players: u64,
}

/// A player who holds a badge, with all awards of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HolderRow {
    /// The player's id.
    pub player: String,
    /// The instant of the latest award.
    pub at: Timestamp,
    /// The distinct tiers held, in order of id; one empty text for a badge without tiers.
    pub tiers: Vec<String>,
    /// The number of distinct keys for which it is held.
    pub times: u64,
}

/// Cursor of a page of holders: the last holder seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HolderCursor {
    /// The instant of the holder's latest award.
    pub at: Timestamp,
    /// The player's id.
    pub player: String,
}

/// A guest whose timeline is merged into a player's (S19).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AliasRow {
    /// The guest's id.
    pub guest: String,
    /// The id of the player or guest that it is merged into.
    pub player: String,
    /// The id of the action that merged it, in the player's timeline.
    pub action_id: String,
    /// The instant of recording.
    pub merged_at: Timestamp,
}

/// Number of rows that an erasure deleted, by kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ErasedRows {
    /// Events and manual actions.
    pub events: u64,
    /// Ledger entries.
    pub ledger: u64,
    /// Awards, including revoked ones.
    pub awards: u64,
    /// Outcomes in the feed.
    pub outcomes: u64,
    /// Rows of state, checkpoints, balances, unlockables, feed totals and aliases.
    pub derived: u64,
}

/// Anonymous sums over all erased players (S22). Sums that overflow saturate, so that they never
/// prevent an erasure.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ErasedTotals {
    /// Number of players. Merged guests do not count.
    pub players: u64,
    /// Number of events and manual actions.
    pub events: u64,
    /// Number of awards held, by badge, in order of id.
    pub awards: Vec<(String, u64)>,
    /// Sum of the ledger by currency, in order of id.
    pub points: Vec<(String, i64)>,
}

/// Sum of the pruned outcomes of a player for one subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedTotal {
    /// `points`, `badge` or `unlockable`.
    pub kind: String,
    /// The id of the currency, badge or unlockable.
    pub subject: String,
    /// Points issued minus points deducted; awards minus revocations; openings minus closings.
    pub total: i64,
}

/// Number of rows in a database.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RowTotals {
    /// Players.
    pub players: u64,
    /// Events and manual actions.
    pub events: u64,
    /// Awards held.
    pub awards: u64,
    /// Ledger entries.
    pub ledger: u64,
    /// The number of the latest outcome in the feed.
    pub last_outcome: i64,
}

/// Evaluation errors of one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleErrorRow {
    /// The kind of the rule.
    pub kind: RuleKind,
    /// The rule's id.
    pub id: String,
    /// The number of errors: to be added when written, the sum when read.
    pub count: u64,
    /// The message of the latest error.
    pub message: String,
    /// The player of the latest error.
    pub player: String,
    /// The event of the latest error.
    pub event: String,
}
