//! Players who hold a badge.

use std::sync::Arc;

use accolade_core::time::Timestamp;
use serde::Serialize;

use super::Page;
use super::names::names;
use super::secrecy::{Audience, known_badge};
use crate::receipt::text;
use crate::store::{AwardRow, EarnerCursor, Reader, StoreError};
use crate::{Engine, Ticket};

/// A player who holds a badge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EarnerView {
    /// The player's id.
    pub player: String,
    /// The display name, if there is one: see [`Engine::names`].
    pub name: Option<String>,
    /// The tier held; empty for a badge without tiers.
    pub tier: String,
    /// The key; empty for a badge without keys.
    pub key: String,
    /// The instant at which it was earned.
    #[serde(serialize_with = "text")]
    pub at: Timestamp,
}

impl Engine {
    /// Lists the players who hold a badge by page, in the order in which they earned it. For
    /// administrators: secret and invisible badges are included.
    ///
    /// # Errors
    /// The ticket fails with [`Error::Unknown`](crate::Error::Unknown) if the badge does not exist.
    pub fn earners(
        &self,
        badge: &str,
        after: Option<EarnerCursor>,
        limit: usize,
    ) -> Ticket<Page<AwardRow, EarnerCursor>> {
        let catalog = self.catalog();
        let badge = match known_badge(catalog.rules(), badge, Audience::Admin) {
            Ok(badge) => badge.id.clone(),
            Err(unknown) => return Ticket::ready(Err(unknown)),
        };
        self.inner
            .readers
            .run(move |reader| Ok(page(reader, &badge, after.as_ref(), limit)?))
    }

    /// Lists the players who hold a badge by page, with names, in the order in which they earned
    /// it.
    ///
    /// # Errors
    /// The ticket fails with [`Error::Unknown`](crate::Error::Unknown) if the badge does not exist
    /// or is hidden from the audience. Secret badges are hidden from [`Audience::Player`] as well:
    /// having earned one does not reveal who else did.
    pub fn earners_for(
        &self,
        badge: &str,
        audience: Audience,
        after: Option<EarnerCursor>,
        limit: usize,
    ) -> Ticket<Page<EarnerView, EarnerCursor>> {
        let asked = badge.to_owned();
        let catalogs = Arc::clone(&self.inner.catalogs);
        let now = (self.inner.clock)();
        self.inner.readers.run(move |reader| {
            let in_force = catalogs.refresh(reader)?;
            let badge = known_badge(in_force.catalog.rules(), &asked, audience)?;
            let Page { items, next } = page(reader, &badge.id, after.as_ref(), limit)?;
            let players: Vec<&str> = items.iter().map(|row| row.player.as_str()).collect();
            let names = names(reader, &catalogs, &players, now)?;
            let view = |(row, name): (AwardRow, Option<String>)| {
                let AwardRow {
                    player,
                    tier,
                    key,
                    at,
                    ..
                } = row;
                EarnerView {
                    player,
                    name,
                    tier,
                    key,
                    at,
                }
            };
            Ok(Page {
                items: items.into_iter().zip(names).map(view).collect(),
                next,
            })
        })
    }
}

fn page(
    reader: &mut dyn Reader,
    badge: &str,
    after: Option<&EarnerCursor>,
    limit: usize,
) -> Result<Page<AwardRow, EarnerCursor>, StoreError> {
    let rows = reader.earners(badge, after, limit.saturating_add(1))?;
    Ok(Page::cut(rows, limit, |row| EarnerCursor {
        at: row.at,
        player: row.player.clone(),
        tier: row.tier.clone(),
        key: row.key.clone(),
    }))
}
