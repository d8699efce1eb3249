//! Badges as a whole: how often they are held, and how rare that is.

use serde::Serialize;

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
    /// badges are among them.
    pub fn badges(&self) -> Ticket<Vec<BadgeStats>> {
        let catalog = self.catalog();
        self.inner.readers.run(move |reader| {
            let counts = reader.badge_counts()?;
            let players = reader.totals()?.players;
            let stats = catalog.rules().badges.iter().filter(|badge| !badge.retired).map(|badge| {
                let count = counts.iter().find(|count| count.badge == badge.id);
                let (awards, holders) = count.map_or((0, 0), |count| (count.awards, count.players));
                BadgeStats {
                    id: badge.id.clone(),
                    name: badge.display.name.clone(),
                    category: badge.display.category.clone(),
                    awards,
                    players: holders,
                    rarity: if players == 0 { 0.0 } else { holders as f64 / players as f64 },
                }
            });
            Ok(stats.collect())
        })
    }
}
