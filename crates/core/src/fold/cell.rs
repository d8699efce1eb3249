//! Cells: the parts of a player's state.

use crate::catalog::rules::CellSlot;
use crate::limits;
use crate::number::Decimal;
use crate::time::Timestamp;

/// The address of a cell: the slot of a counter or rule, and a key.
///
/// Cells with an empty key are part of the header. It stays small, because there are only a few for
/// each rule that has ever applied to the player. All other cells are loaded on demand (S21).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
// The order of the fields is the order of cells: those of a slot, and those of a key within it, are
// adjacent, so that a range finds them.
pub struct CellId {
    /// The slot of a counter or rule of the catalog.
    pub slot: CellSlot,
    /// The key. A NUL separates it from the name of a part, where a key has several cells.
    pub key: Box<str>,
}

impl CellId {
    /// Creates the address of a key's cell.
    pub fn new(slot: CellSlot, key: &str) -> Self {
        Self {
            slot,
            key: key.into(),
        }
    }

    /// Creates the address of a part of a key's value.
    pub fn for_part(slot: CellSlot, key: &str, part: &str) -> Self {
        Self {
            slot,
            key: format!("{key}\0{part}").into(),
        }
    }

    /// Creates the address of an award's details.
    pub fn for_award(slot: CellSlot, tier: &str, key: &str) -> Self {
        Self {
            slot,
            // With a NUL even if tier and key are empty, or the details would be part of the
            // header.
            key: format!("{tier}\0{key}").into(),
        }
    }
}

/// The content of a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// A balance, a count, a sum, a maximum.
    Number(Decimal),
    /// A number that belongs to one calendar period.
    Periodic {
        /// The number of the period.
        period: i64,
        /// The number in that period.
        value: Decimal,
    },
    /// A number with the instant at which it was read.
    Dated {
        /// The instant of the event.
        at: Timestamp,
        /// The number that was read.
        value: Decimal,
    },
    /// A sliding window. Its entries are stored in chunks with the numbers `first..next`.
    Window {
        /// The aggregate of the entries.
        total: Decimal,
        /// The number of the oldest chunk.
        first: u64,
        /// The number of the next new chunk.
        next: u64,
    },
    /// Some entries of a sliding window, oldest first.
    Chunk(Vec<WindowEntry>),
    /// A text that an aggregate stores for a key.
    Text(Box<str>),
    /// A flag: the cell exists if it is set.
    Mark,
    /// A summary of the awards of a badge.
    Badge(BadgeCell),
    /// The details of an award.
    Award(AwardCell),
    /// The last change of an unlockable.
    Unlock {
        /// True if the unlockable is open.
        open: bool,
        /// Instant of the change.
        at: Timestamp,
        /// Id of the event, action or timer that caused the change.
        event: Box<str>,
    },
}

/// An entry of a sliding window.
#[derive(Debug, Clone, PartialEq)]
pub struct WindowEntry {
    /// Instant of the event; for a lot, the instant at which it expires.
    pub at: Timestamp,
    /// The contribution of the event.
    pub value: Decimal,
    /// The value that `distinct` counts; empty otherwise.
    pub text: Box<str>,
}

/// A summary of a player's awards of a badge.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BadgeCell {
    /// Number of held awards, by tier.
    pub held_counts: Vec<u64>,
    /// Tiers that the criterion can no longer award, as bits: held, or blocked by a revoke. Used
    /// for badges that are earned once.
    // `limits::TIERS` is the width of this integer.
    pub settled_tiers: u32,
    /// Number of the latest time that the criterion awarded, for repeatable badges.
    pub times_reached: u64,
    /// The greatest number of a time that any source has awarded, for repeatable badges. A manual
    /// award gets the next one.
    pub highest_time: u64,
    /// True if the criterion held at the last evaluation, for badges repeated by edges.
    pub criterion_met: bool,
    /// The sum of `progress` actions for the whole badge.
    pub progress_offset: Decimal,
    /// True if there are `progress` actions for single keys.
    pub keyed_offsets: bool,
}

impl BadgeCell {
    /// Counts the held awards of a tier, or of all tiers.
    pub fn held_count(&self, tier: Option<usize>) -> u64 {
        match tier {
            Some(tier) => self.held_counts.get(tier).copied().unwrap_or(0),
            None => self.held_counts.iter().sum(),
        }
    }
}

/// The details of an award.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwardCell {
    /// Instant at which it was earned.
    pub at: Timestamp,
    /// Id of the event, action or timer that caused it.
    pub event: Box<str>,
    /// The source of the award.
    pub source: AwardSource,
    /// Instant at which it was revoked or lapsed.
    pub revoked_at: Option<Timestamp>,
    /// True if it ended because the criterion of a temporary badge no longer held.
    pub lapsed: bool,
    /// True if a revoke prevents the criterion from awarding it again.
    pub blocked: bool,
    /// Points that it paid and that were not deducted since, by position of the currency.
    pub paid: Vec<(usize, i64)>,
    /// Earlier times during which it was held, oldest first, for temporary badges. Only the latest
    /// are kept (S25).
    pub holding_intervals: Vec<HoldingInterval>,
}

/// An interval during which the award of a temporary badge was held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldingInterval {
    /// Beginning of the interval.
    pub from: Timestamp,
    /// End of the interval, exclusive.
    pub until: Timestamp,
    /// Id of the event, action or timer that began it.
    pub event: Box<str>,
}

impl AwardCell {
    /// True if the award is held.
    pub fn is_held(&self) -> bool {
        self.revoked_at.is_none()
    }

    /// Returns the earlier holding intervals of an award that is given again, including the one
    /// that just ended.
    pub(super) fn past_intervals(self) -> Vec<HoldingInterval> {
        let Self {
            at: from,
            event,
            revoked_at,
            holding_intervals: mut intervals,
            ..
        } = self;
        // An award that began and ended at one instant was never held at any time.
        if let Some(until) = revoked_at.filter(|until| from < *until) {
            intervals.push(HoldingInterval { from, until, event });
        }
        // A cell must not grow forever (S25).
        let forgotten = intervals.len().saturating_sub(limits::HOLDING_INTERVALS);
        intervals.drain(..forgotten);
        intervals
    }
}

crate::named_enum! {
    /// The source of an award.
    #[non_exhaustive]
    pub enum AwardSource {
        /// The criterion of the badge.
        Criterion = "criterion",
        /// The function of a badge in code.
        Code = "code",
        /// A manual action.
        Manual = "manual",
        /// A publication that grandfathered it.
        Grandfathered = "grandfathered",
    }
}
