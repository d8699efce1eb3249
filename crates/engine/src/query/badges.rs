//! Badges as a whole: how often they are held, and how rare that is.

use std::sync::Arc;

use serde::Serialize;

use super::figures::Figure;
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
    ///
    /// Where there are more than 10,000 players, the figures may be a little old: four seconds for a million.
    pub fn badges(&self) -> Ticket<Vec<BadgeStats>> {
        let catalog = self.catalog();
        let (counted, now) = (Arc::clone(&self.inner.counted), self.now());
        self.inner.readers.run(move |reader| {
            let figures = counted.figures(reader, now)?;
            let stats = catalog
                .rules()
                .badges
                .iter()
                .filter(|badge| !badge.retired)
                .map(|badge| {
                    let Figure {
                        awards,
                        players,
                        rarity,
                    } = figures.of(badge);
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
