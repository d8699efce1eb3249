//! Cached badge counts. Counting scans all awards and players, so large communities share a result
//! for a while.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use accolade_core::catalog::rules::BadgeRule;
use accolade_core::time::Timestamp;

use crate::settings::ClockFn;
use crate::store::{BadgeCount, ReadStore, StoreError};

/// Number of awards and players up to which counts are never cached, because counting is quick.
const MAX_UNCACHED_ROWS: u64 = 10_000;
/// Minimum lifetime of cached counts per award and player, in microseconds: 4 seconds for a million.
const AGE_PER_ROW: u64 = 4;
/// Minimum lifetime of cached counts, as a multiple of the time that counting took. Counting then
/// takes at most a twentieth of one thread, however often it is asked for.
const AGE_PER_DURATION: u64 = 20;

/// Counts of all badges at one time.
#[derive(Debug, Default)]
pub(crate) struct BadgeCounts {
    counts: BTreeMap<String, BadgeCount>,
    /// Players by badge and tier.
    tiers: BTreeMap<(String, String), u64>,
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
    pub(super) fn load_counts<R: ReadStore + ?Sized>(store: &mut R) -> Result<Self, StoreError> {
        let counts = store
            .count_badges()?
            .into_iter()
            .map(|count| (count.badge.clone(), count))
            .collect();
        let tiers = store
            .count_tiers()?
            .into_iter()
            .map(|count| ((count.badge, count.tier), count.players))
            .collect();
        Ok(Self {
            counts,
            tiers,
            players: store.count_players()?,
        })
    }

    /// The number of players when the badges were counted.
    pub(super) fn players(&self) -> u64 {
        self.players
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

    /// Returns the number of players who hold a tier.
    pub(super) fn tier_holders(&self, badge: &BadgeRule, tier: &str) -> u64 {
        let name = (badge.id.clone(), tier.to_owned());
        self.tiers.get(&name).copied().unwrap_or_default()
    }

    /// The number of rows that counting reads.
    fn row_count(&self) -> u64 {
        let awards = self.counts.values().map(|count| count.awards);
        awards.sum::<u64>().saturating_add(self.players)
    }
}

/// The latest counts.
#[derive(Debug, Clone)]
struct CachedCounts {
    counts: Arc<BadgeCounts>,
    counted_at: Timestamp,
    /// Time that counting took, in microseconds.
    took: u64,
}

impl CachedCounts {
    /// True if the counts may be used at an instant.
    fn is_usable_at(&self, now: Timestamp) -> bool {
        let rows = self.counts.row_count();
        let max_age = (AGE_PER_ROW.saturating_mul(rows)).max(AGE_PER_DURATION * self.took);
        // A clock that went back gives a negative age, and then the counts are outdated.
        rows > MAX_UNCACHED_ROWS
            && micros_between(self.counted_at, now).is_some_and(|age| age < max_age)
    }
}

fn micros_between(from: Timestamp, to: Timestamp) -> Option<u64> {
    u64::try_from(to.as_micros().saturating_sub(from.as_micros())).ok()
}

/// Cache of the latest counts. One thread counts at a time.
#[derive(Debug, Default)]
pub(crate) struct BadgeCountCache {
    latest: Mutex<Option<CachedCounts>>,
    /// Held while a thread counts.
    counting: Mutex<()>,
}

impl BadgeCountCache {
    /// Returns the cached counts, or counts again if they are outdated. While another thread
    /// counts, it returns the outdated ones.
    pub(super) fn load_or_count(
        &self,
        clock: &ClockFn,
        count: impl FnOnce() -> Result<BadgeCounts, StoreError>,
    ) -> Result<Arc<BadgeCounts>, StoreError> {
        if let Some(counts) = self.find_usable(clock()) {
            return Ok(counts);
        }
        let counting = match self.counting.try_lock() {
            Ok(counting) => counting,
            Err(TryLockError::Poisoned(counting)) => counting.into_inner(),
            Err(TryLockError::WouldBlock) => {
                if let Some(outdated) = &*self.lock_latest() {
                    return Ok(Arc::clone(&outdated.counts));
                }
                self.counting.lock().unwrap_or_else(PoisonError::into_inner)
            }
        };
        // Another thread may have counted since.
        if let Some(counts) = self.find_usable(clock()) {
            return Ok(counts);
        }
        let begun = clock();
        let counts = Arc::new(count()?);
        let counted_at = clock();
        *self.lock_latest() = Some(CachedCounts {
            counts: Arc::clone(&counts),
            counted_at,
            took: micros_between(begun, counted_at).unwrap_or_default(),
        });
        drop(counting);
        Ok(counts)
    }

    fn find_usable(&self, now: Timestamp) -> Option<Arc<BadgeCounts>> {
        let latest = self.lock_latest();
        let usable = latest.as_ref().filter(|latest| latest.is_usable_at(now));
        usable.map(|latest| Arc::clone(&latest.counts))
    }

    fn lock_latest(&self) -> MutexGuard<'_, Option<CachedCounts>> {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};
    use std::sync::mpsc::channel;
    use std::thread;

    use super::*;

    fn counts_of(players: u64) -> BadgeCounts {
        BadgeCounts {
            players,
            ..BadgeCounts::default()
        }
    }

    fn at(micros: i64) -> Timestamp {
        Timestamp::from_micros(micros).unwrap()
    }

    #[test]
    fn counts_are_cached_longer_if_they_are_large_or_took_long() {
        for (players, took, age, expected) in [
            (1, 0, 0, false),
            (MAX_UNCACHED_ROWS, 1_000_000, 0, false),
            (MAX_UNCACHED_ROWS + 1, 0, 0, true),
            (1_000_000, 0, 3_999_999, true),
            (1_000_000, 0, 4_000_000, false),
            (1_000_000, 700_000, 13_999_999, true),
            (1_000_000, 700_000, 14_000_000, false),
            (1_000_000, 0, -1, false),
        ] {
            let cached = CachedCounts {
                counts: Arc::new(counts_of(players)),
                counted_at: at(1_000),
                took,
            };
            assert_eq!(
                cached.is_usable_at(at(1_000 + age)),
                expected,
                "{players} players, counted in {took} µs, {age} µs ago"
            );
        }
    }

    #[test]
    fn counts_age_twenty_times_as_long_as_counting_took() {
        let now = Arc::new(AtomicI64::new(0));
        let hands = Arc::clone(&now);
        let clock = move || at(hands.load(Ordering::Relaxed));
        let cache = BadgeCountCache::default();
        let counted = AtomicI64::new(0);
        let look = |after: i64| {
            now.fetch_add(after, Ordering::Relaxed);
            let count = || {
                counted.fetch_add(1, Ordering::Relaxed);
                now.fetch_add(1_000_000, Ordering::Relaxed);
                Ok(counts_of(20_000))
            };
            cache.load_or_count(&clock, count).unwrap();
            counted.load(Ordering::Relaxed)
        };
        assert_eq!([look(0), look(0), look(19_999_999), look(1)], [1, 1, 1, 2]);
    }

    #[test]
    fn one_thread_counts_and_the_others_get_the_former_counts() {
        let now = Arc::new(AtomicI64::new(0));
        let hands = Arc::clone(&now);
        let clock = move || at(hands.load(Ordering::Relaxed));
        let cache = BadgeCountCache::default();
        let players = |count: &dyn Fn() -> Result<BadgeCounts, StoreError>| {
            cache.load_or_count(&clock, count).unwrap().players()
        };
        assert_eq!(players(&|| Ok(counts_of(20_000))), 20_000);
        now.store(3_600_000_000, Ordering::Relaxed);
        let (begun, has_begun) = channel();
        let (finish, may_finish) = channel();
        thread::scope(|scope| {
            let cache = &cache;
            let clock = &clock;
            let counting = scope.spawn(move || {
                let count = || {
                    begun.send(()).unwrap();
                    may_finish.recv().unwrap();
                    Ok(counts_of(30_000))
                };
                cache.load_or_count(clock, count).unwrap().players()
            });
            has_begun.recv().unwrap();
            assert_eq!(players(&|| panic!("counted twice at once")), 20_000);
            finish.send(()).unwrap();
            assert_eq!(counting.join().unwrap(), 30_000);
        });
        assert_eq!(players(&|| panic!("counted again")), 30_000);
    }
}
