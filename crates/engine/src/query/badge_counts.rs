//! Cached badge counts. Counting scans all awards and players, so large communities share a result
//! for a while.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use accolade_core::catalog::rules::BadgeRule;
use accolade_core::time::Timestamp;

use crate::store::{BadgeCount, ReadStore, StoreError};

/// Number of players up to which counts are never cached.
const MAX_UNCACHED_PLAYERS: u64 = 10_000;
/// Lifetime of cached counts per player, in microseconds: 4 seconds for a million players.
const MAX_AGE_PER_PLAYER: u64 = 4;

/// Counts of all badges at one time.
#[derive(Debug, Default)]
pub(crate) struct BadgeCounts {
    counts: BTreeMap<String, BadgeCount>,
    players: u64,
}

/// Counts of one badge.
#[derive(Debug, Default, PartialEq)]
pub(super) struct BadgeFrequency {
    pub(super) awards: u64,
    pub(super) players: u64,
    pub(super) rarity: f64,
}

impl BadgeCounts {
    fn load_counts<R: ReadStore + ?Sized>(store: &mut R) -> Result<Self, StoreError> {
        let counts = store
            .count_badges()?
            .into_iter()
            .map(|count| (count.badge.clone(), count))
            .collect();
        Ok(Self {
            counts,
            players: store.count_players()?,
        })
    }

    pub(super) fn frequency_of(&self, badge: &BadgeRule) -> BadgeFrequency {
        let Some(count) = self.counts.get(&badge.id) else {
            return BadgeFrequency::default();
        };
        let rarity = if self.players == 0 {
            0.0
        } else {
            count.players as f64 / self.players as f64
        };
        BadgeFrequency {
            awards: count.awards,
            players: count.players,
            rarity,
        }
    }

    /// True if the counts may be used after so many microseconds.
    fn is_usable_after(&self, age: i64) -> bool {
        // A clock that went back gives a negative age, and then the counts are outdated.
        self.players > MAX_UNCACHED_PLAYERS
            && u64::try_from(age).is_ok_and(|age| age < MAX_AGE_PER_PLAYER * self.players)
    }
}

/// The latest counts and their age.
#[derive(Debug, Default)]
pub(crate) struct BadgeCountCache(Mutex<Option<(Timestamp, Arc<BadgeCounts>)>>);

impl BadgeCountCache {
    /// Returns the cached counts, or counts again if they are outdated.
    pub(super) fn load_or_count<R: ReadStore + ?Sized>(
        &self,
        store: &mut R,
        now: Timestamp,
    ) -> Result<Arc<BadgeCounts>, StoreError> {
        let kept = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, figures)) = &*kept()
            && figures.is_usable_after(now.as_micros().saturating_sub(at.as_micros()))
        {
            return Ok(Arc::clone(figures));
        }
        let figures = Arc::new(BadgeCounts::load_counts(store)?);
        *kept() = Some((now, Arc::clone(&figures)));
        Ok(figures)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_cached_longer_in_larger_communities() {
        for (players, age, expected) in [
            (1, 0, false),
            (MAX_UNCACHED_PLAYERS, 0, false),
            (MAX_UNCACHED_PLAYERS + 1, 0, true),
            (1_000_000, 3_999_999, true),
            (1_000_000, 4_000_000, false),
            (1_000_000, -1, false),
        ] {
            let figures = BadgeCounts {
                players,
                ..BadgeCounts::default()
            };
            assert_eq!(
                figures.is_usable_after(age),
                expected,
                "{players} players, {age} µs"
            );
        }
    }
}
