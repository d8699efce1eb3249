//! Cached badge counts. Counting scans all awards and players, so large communities share a result
//! for a while.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use accolade_core::catalog::rules::BadgeRule;
use accolade_core::time::Timestamp;

use crate::store::{BadgeCount, Read, StoreError};

/// Number of players up to which counts are never cached.
const FEW: u64 = 10_000;
/// Lifetime of cached counts per player, in microseconds: 4 seconds for a million players.
const AGE: u64 = 4;

/// Counts of all badges at one time.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    counts: BTreeMap<String, BadgeCount>,
    players: u64,
}

/// Counts of one badge.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Figure {
    pub(super) awards: u64,
    pub(super) players: u64,
    pub(super) rarity: f64,
}

impl Figures {
    fn read<R: Read + ?Sized>(store: &mut R) -> Result<Self, StoreError> {
        let counts = store
            .badge_counts()?
            .into_iter()
            .map(|count| (count.badge.clone(), count))
            .collect();
        Ok(Self {
            counts,
            players: store.player_count()?,
        })
    }

    pub(super) fn of(&self, badge: &BadgeRule) -> Figure {
        let Some(count) = self.counts.get(&badge.id) else {
            return Figure::default();
        };
        let rarity = if self.players == 0 {
            0.0
        } else {
            count.players as f64 / self.players as f64
        };
        Figure {
            awards: count.awards,
            players: count.players,
            rarity,
        }
    }

    /// True if the counts may be used after so many microseconds.
    fn serve(&self, age: i64) -> bool {
        // A clock that went back gives a negative age, and then the counts are outdated.
        self.players > FEW && u64::try_from(age).is_ok_and(|age| age < AGE * self.players)
    }
}

/// The latest counts and their age.
#[derive(Debug, Default)]
pub(crate) struct Counted(Mutex<Option<(Timestamp, Arc<Figures>)>>);

impl Counted {
    /// Returns the cached counts, or counts again if they are outdated.
    pub(super) fn figures<R: Read + ?Sized>(
        &self,
        store: &mut R,
        now: Timestamp,
    ) -> Result<Arc<Figures>, StoreError> {
        let kept = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, figures)) = &*kept()
            && figures.serve(now.as_micros().saturating_sub(at.as_micros()))
        {
            return Ok(Arc::clone(figures));
        }
        let figures = Arc::new(Figures::read(store)?);
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
            (FEW, 0, false),
            (FEW + 1, 0, true),
            (1_000_000, 3_999_999, true),
            (1_000_000, 4_000_000, false),
            (1_000_000, -1, false),
        ] {
            let figures = Figures {
                players,
                ..Figures::default()
            };
            assert_eq!(figures.serve(age), expected, "{players} players, {age} µs");
        }
    }
}
