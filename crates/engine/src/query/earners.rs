//! Those who hold a badge.

use std::sync::Arc;

use accolade_core::time::Timestamp;
use serde::Serialize;

use super::Page;
use super::names::names;
use super::secrecy::{Audience, known_badge};
use crate::receipt::text;
use crate::store::{AwardRow, EarnerCursor, Reader, StoreError};
use crate::{Engine, Ticket};

/// Somebody who holds a badge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EarnerView {
    /// The application's id.
    pub player: String,
    /// What pages show for the player, if there is something: see [`Engine::names`].
    pub name: Option<String>,
    /// The tier that is held; empty for a badge without tiers.
    pub tier: String,
    /// The key; empty where there is none.
    pub key: String,
    /// When it was earned.
    #[serde(serialize_with = "text")]
    pub at: Timestamp,
}

impl Engine {
    /// A page of those who hold a badge, in the order in which they earned it. For administrators: secret and invisible
    /// badges are answered for.
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

    /// A page of those who hold a badge, in the order in which they earned it, for the audience and with names. A badge
    /// that the audience may not know of is [`Error::Unknown`](crate::Error::Unknown), as one that does not exist, also
    /// to [`Audience::Player`]: that somebody has earned a secret badge tells them nothing of who else did.
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
