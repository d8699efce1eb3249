//! How often badges are held. Counting looks at every award and every player, so that in a large community not everybody
//! who asks lets it be done anew.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use accolade_core::catalog::rules::BadgeRule;
use accolade_core::time::Timestamp;

use crate::store::{BadgeCount, Read, StoreError};

/// With no more players than this, everybody who asks gets what is true now.
const FEW: u64 = 10_000;
/// How old figures may be for each player where there are more, in microseconds: four seconds for a million.
const AGE: u64 = 4;

/// How often badges are held.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    counts: BTreeMap<String, BadgeCount>,
    players: u64,
}

/// How often a badge is held.
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

    /// Whether they are worth keeping, and still serve after so many microseconds.
    fn serve(&self, age: i64) -> bool {
        self.players > FEW && u64::try_from(age).is_ok_and(|age| age < AGE * self.players)
    }
}

/// The figures that were counted last.
#[derive(Debug, Default)]
pub(crate) struct Counted(Mutex<Option<(Timestamp, Arc<Figures>)>>);

impl Counted {
    /// The figures, counted anew unless those at hand serve.
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
    fn figures_serve_the_longer_the_more_there_is_to_count() {
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
