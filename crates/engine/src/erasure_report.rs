//! Reports of erasures.

use accolade_core::ids::PlayerId;
use serde_json::{Value, json};

/// Result of [`Players::erase`](crate::Players::erase).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ErasureReport {
    /// The erased ids: the player's own, and those of merged guests.
    pub players: Vec<ErasedPlayer>,
    /// True if nothing can be recorded under the ids again. False if the player had no event of
    /// their own: the ids can be used again.
    pub blocked: bool,
}

/// Number of rows that were erased under one id.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ErasedPlayer {
    /// The id of the player or guest.
    pub player: PlayerId,
    /// Events and manual actions.
    pub events: u64,
    /// Ledger entries.
    pub ledger: u64,
    /// Awards, including revoked ones.
    pub awards: u64,
    /// Outcomes in the feed.
    pub outcomes: u64,
    /// Rows of state, balances, unlockables and merges.
    pub derived: u64,
}

impl ErasureReport {
    /// Sums the row counts over all ids, without naming them.
    pub(crate) fn total_counts(&self) -> Value {
        let sum = |count: fn(&ErasedPlayer) -> u64| self.players.iter().map(count).sum::<u64>();
        json!({
            "ids": self.players.len(),
            "events": sum(|one| one.events),
            "ledger": sum(|one| one.ledger),
            "awards": sum(|one| one.awards),
            "outcomes": sum(|one| one.outcomes),
            "derived": sum(|one| one.derived),
        })
    }
}
