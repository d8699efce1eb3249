//! Statistics of badges.

use std::sync::Arc;

use serde::Serialize;

use super::badge_counts::BadgeFrequency;
use crate::{Catalogs, Ticket};

/// Statistics of one badge.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BadgeStats {
    /// The badge's id.
    pub id: String,
    /// The display name.
    pub name: String,
    /// The id of the category.
    pub category: Option<String>,
    /// The number of awards held.
    pub awards: u64,
    /// The number of players who hold the badge.
    pub players: u64,
    /// The share of all players who hold the badge, from 0 to 1. 0 if there are no players.
    pub rarity: f64,
}

impl Catalogs<'_> {
    /// Lists all badges of the published catalog with statistics, in order of id. For
    /// administrators: secret and invisible badges are included. For other audiences, use
    /// [`Catalogs::list_gallery`].
    ///
    /// With more than 10,000 players, counts may be outdated by up to 4 seconds per million
    /// players.
    pub fn list_badge_stats(&self) -> Ticket<Vec<BadgeStats>> {
        let catalog = self.engine.catalog().published();
        let (counted, now) = (
            Arc::clone(&self.engine.inner.badge_counts),
            self.engine.now(),
        );
        self.engine.inner.readers.run_query(move |reader| {
            let figures = counted.load_or_count(reader, now)?;
            let stats = catalog
                .rules()
                .badges
                .iter()
                .filter(|badge| !badge.retired)
                .map(|badge| {
                    let BadgeFrequency {
                        awards,
                        players,
                        rarity,
                    } = figures.frequency_of(badge);
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
