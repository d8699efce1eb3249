//! What a player's state is made of.

use crate::catalog::rules::Slot;
use crate::limits;
use crate::number::Decimal;
use crate::time::Timestamp;

/// The place of a cell: which counter or rule, and which of its keys.
///
/// Cells with an empty key are part of the header, which is small because there are at most a few for each rule that
/// has ever concerned the player. All others are loaded on demand (S21).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CellId {
    /// Which counter or rule of the catalog.
    pub slot: Slot,
    /// Which key; what follows a NUL in it tells apart the parts of one key's value.
    pub key: Box<str>,
}

impl CellId {
    /// A place.
    pub fn new(slot: Slot, key: &str) -> Self {
        Self {
            slot,
            key: key.into(),
        }
    }

    /// The place of a part of a key's value.
    pub fn part(slot: Slot, key: &str, part: &str) -> Self {
        Self {
            slot,
            key: format!("{key}\0{part}").into(),
        }
    }

    /// The place of an award's particulars.
    pub fn award(slot: Slot, tier: &str, key: &str) -> Self {
        Self {
            slot,
            key: format!("{tier}\0{key}").into(),
        }
    }
}

/// What a cell holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// A balance, a count, a sum, a maximum.
    Number(Decimal),
    /// A number that belongs to one calendar period.
    Periodic {
        /// Which period.
        period: i64,
        /// The number.
        value: Decimal,
    },
    /// A number and when it was seen.
    Dated {
        /// When.
        at: Timestamp,
        /// The number.
        value: Decimal,
    },
    /// A sliding window: its parts are chunks of entries, numbered `first` to before `next`.
    Window {
        /// What the entries come to.
        total: Decimal,
        /// The number of the oldest chunk.
        first: u64,
        /// The number that the next new chunk gets.
        next: u64,
    },
    /// Some entries of a sliding window, oldest first.
    Chunk(Vec<Entry>),
    /// A text that an aggregate remembers for a key.
    Text(Box<str>),
    /// That something is so.
    Mark,
    /// What a player holds of a badge.
    Badge(BadgeCell),
    /// The particulars of an award.
    Award(Award),
    /// When an unlockable last opened or shut.
    Unlock {
        /// Whether it is open.
        open: bool,
        /// Since when.
        at: Timestamp,
        /// The event, act or moment behind it.
        event: Box<str>,
    },
}

/// An entry of a sliding window.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// When it happened.
    pub at: Timestamp,
    /// What it adds.
    pub value: Decimal,
    /// The value that `distinct` counts; empty otherwise.
    pub text: Box<str>,
}

/// What a player holds of a badge.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BadgeCell {
    /// How many awards of each tier are held.
    pub held: Vec<u64>,
    /// Tiers of a badge earned once that the criterion cannot award any more, as bits: held, or blocked by a revoke.
    pub settled: u32,
    /// How often the target was reached, in badges that are earned again and again.
    pub reached: u64,
    /// Whether the criterion held when it was last judged, in badges that are earned again by edges.
    pub met: bool,
    /// What `progress` acts added.
    pub offset: Decimal,
    /// Whether they added anything to single keys.
    pub keyed_offsets: bool,
}

impl BadgeCell {
    /// How many awards of a tier, or of all, are held.
    pub fn count(&self, tier: Option<usize>) -> u64 {
        match tier {
            Some(tier) => self.held.get(tier).copied().unwrap_or(0),
            None => self.held.iter().sum(),
        }
    }
}

/// The particulars of an award.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Award {
    /// When it was earned.
    pub at: Timestamp,
    /// The event, act or moment that earned it.
    pub event: Box<str>,
    /// What awarded it.
    pub source: AwardSource,
    /// When it was taken away, if it was.
    pub revoked_at: Option<Timestamp>,
    /// Whether it ended by itself, because the criterion of a temporary badge no longer held.
    pub lapsed: bool,
    /// Whether a revoke keeps the criterion from awarding it again.
    pub blocked: bool,
    /// The points that it paid and that were not taken back, by position of the currency.
    pub paid: Vec<(usize, i64)>,
    /// When it was held before, oldest first, in temporary badges: the last `SPELLS` times.
    pub spells: Vec<Spell>,
}

/// A time for which the award of a temporary badge was held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spell {
    /// From this instant on.
    pub from: Timestamp,
    /// Up to, not including, this instant.
    pub until: Timestamp,
    /// The event, act or moment that began it.
    pub event: Box<str>,
}

impl Award {
    /// Whether it is held.
    pub fn is_held(&self) -> bool {
        self.revoked_at.is_none()
    }

    /// The times for which it was held, once it is given anew: the last one joins those before it, if it lasted at all.
    pub(super) fn past_spells(self) -> Vec<Spell> {
        let Self {
            at: from,
            event,
            revoked_at,
            mut spells,
            ..
        } = self;
        if let Some(until) = revoked_at.filter(|until| from < *until) {
            spells.push(Spell { from, until, event });
        }
        let forgotten = spells.len().saturating_sub(limits::SPELLS);
        spells.drain(..forgotten);
        spells
    }
}

/// What awarded a badge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AwardSource {
    /// Its criterion.
    Criterion,
    /// Its code.
    Code,
    /// An act.
    Hand,
    /// A publication that would have taken it away.
    Keep,
}

impl AwardSource {
    /// The source of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Criterion, Self::Code, Self::Hand, Self::Keep]
            .into_iter()
            .find(|source| source.word() == word)
    }

    /// The word for it in rows and exports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Criterion => "criterion",
            Self::Code => "code",
            Self::Hand => "hand",
            Self::Keep => "keep",
        }
    }
}
