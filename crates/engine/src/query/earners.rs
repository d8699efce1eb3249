//! Players who hold a badge.

use std::sync::Arc;

use accolade_core::time::Timestamp;
use serde::Serialize;

use super::display_names::load_display_names;
use super::visibility::{Audience, find_visible_badge};
use crate::page::ResultPage;
use crate::receipt::serialize_timestamp;
use crate::store::{AwardRow, EarnerCursor, StoreError, StoreReader};
use crate::{Catalogs, Ticket};

/// A player who holds a badge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EarnerView {
    /// The player's id.
    pub player: String,
    /// The display name, if there is one: see [`Players::display_names`].
    pub name: Option<String>,
    /// The tier held; empty for a badge without tiers.
    pub tier: String,
    /// The key; empty for a badge without keys.
    pub key: String,
    /// The instant at which it was earned.
    #[serde(serialize_with = "serialize_timestamp")]
    pub at: Timestamp,
}

impl Catalogs<'_> {
    /// Lists the players who hold a badge by page, in the order in which they earned it. For
    /// administrators: secret and invisible badges are included.
    ///
    /// # Errors
    /// The ticket fails with [`Error::UnknownRule`](crate::Error::UnknownRule) if the badge does
    /// not exist.
    pub fn list_earners(
        &self,
        badge: &str,
        after: Option<EarnerCursor>,
        limit: usize,
    ) -> Ticket<ResultPage<AwardRow, EarnerCursor>> {
        let catalog = self.engine.catalog().published();
        let badge = match find_visible_badge(catalog.rules(), badge, Audience::Admin) {
            Ok(badge) => badge.id.clone(),
            Err(unknown) => return Ticket::with_result(Err(unknown)),
        };
        self.engine
            .inner
            .readers
            .run_query(move |reader| Ok(load_page(reader, &badge, after.as_ref(), limit)?))
    }

    /// Lists the players who hold a badge by page, with names, in the order in which they earned
    /// it.
    ///
    /// # Errors
    /// The ticket fails with [`Error::UnknownRule`](crate::Error::UnknownRule) if the badge does
    /// not exist or is hidden from the audience. Secret badges are hidden from [`Audience::Player`]
    /// as well: having earned one does not reveal who else did.
    pub fn list_earners_for(
        &self,
        badge: &str,
        audience: Audience,
        after: Option<EarnerCursor>,
        limit: usize,
    ) -> Ticket<ResultPage<EarnerView, EarnerCursor>> {
        let asked = badge.to_owned();
        let catalogs = Arc::clone(&self.engine.inner.catalogs);
        let now = (self.engine.inner.clock)();
        self.engine.inner.readers.run_query(move |reader| {
            let in_force = catalogs.load_current(reader)?;
            let badge = find_visible_badge(in_force.catalog.rules(), &asked, audience)?;
            let ResultPage { items, next } = load_page(reader, &badge.id, after.as_ref(), limit)?;
            let players: Vec<&str> = items.iter().map(|row| row.player.as_str()).collect();
            let names = load_display_names(reader, &catalogs, &players, now)?;
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
            Ok(ResultPage {
                items: items.into_iter().zip(names).map(view).collect(),
                next,
            })
        })
    }
}

fn load_page(
    reader: &mut dyn StoreReader,
    badge: &str,
    after: Option<&EarnerCursor>,
    limit: usize,
) -> Result<ResultPage<AwardRow, EarnerCursor>, StoreError> {
    let rows = reader.list_earners(badge, after, limit.saturating_add(1))?;
    Ok(ResultPage::from_rows(rows, limit, |row| EarnerCursor {
        at: row.at,
        player: row.player.clone(),
        tier: row.tier.clone(),
        key: row.key.clone(),
    }))
}
