//! Badges as a whole: how often they are held, and how rare that is.

use accolade_core::catalog::rules::BadgeRule;
use serde::Serialize;

use crate::store::{BadgeCount, Read, StoreError};
use crate::{Engine, Ticket};

/// A badge and how often it is held.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BadgeStats {
    /// Its id.
    pub id: String,
    /// How people read it.
    pub name: String,
    /// Its category.
    pub category: Option<String>,
    /// Awards that are held.
    pub awards: u64,
    /// Players who hold one or more.
    pub players: u64,
    /// Those players as a part of all, from 0 to 1; 0 where there are no players.
    pub rarity: f64,
}

impl Engine {
    /// Every badge of the catalog, in order of id, with how often it is held. For administrators: secret and invisible
    /// badges are among them. [`Engine::gallery`] is for everybody.
    pub fn badges(&self) -> Ticket<Vec<BadgeStats>> {
        let catalog = self.catalog();
        self.inner.readers.run(move |reader| {
            let figures = Figures::read(reader)?;
            let stats = catalog.rules().badges.iter().filter(|badge| !badge.retired).map(|badge| {
                let Figure { awards, players, rarity } = figures.of(badge);
                let (id, display) = (badge.id.clone(), &badge.display);
                BadgeStats {
                    id,
                    name: display.name.clone(),
                    category: display.category.clone(),
                    awards,
                    players,
                    rarity,
                }
            });
            Ok(stats.collect())
        })
    }
}

/// How often badges are held.
pub(super) struct Figures {
    counts: Vec<BadgeCount>,
    players: u64,
}

/// How often a badge is held.
#[derive(Default)]
pub(super) struct Figure {
    pub(super) awards: u64,
    pub(super) players: u64,
    pub(super) rarity: f64,
}

impl Figures {
    pub(super) fn read<R: Read + ?Sized>(store: &mut R) -> Result<Self, StoreError> {
        Ok(Self { counts: store.badge_counts()?, players: store.totals()?.players })
    }

    pub(super) fn of(&self, badge: &BadgeRule) -> Figure {
        let Some(count) = self.counts.iter().find(|count| count.badge == badge.id) else { return Figure::default() };
        let rarity = if self.players == 0 { 0.0 } else { count.players as f64 / self.players as f64 };
        Figure { awards: count.awards, players: count.players, rarity }
    }
}
