//! Players who hold a badge, each once.

use std::sync::Arc;

use accolade_core::ids::{BadgeId, PlayerId, TierId};
use accolade_core::time::Timestamp;

use super::display_names::load_display_names;
use super::visibility::{Audience, find_visible_badge};
use crate::page::ResultPage;
use crate::store::{HolderCursor, HolderRow};
use crate::{Catalogs, Ticket};

/// A player who holds a badge, with all awards of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HolderView {
    /// The player's id.
    pub player: PlayerId,
    /// The display name, if there is one: see [`Players::display_names`](crate::Players::display_names).
    pub name: Option<String>,
    /// The highest tier held; `None` for a badge without tiers.
    pub tier: Option<TierId>,
    /// The number of distinct keys for which it is held: the number of times that it was earned.
    pub times: u64,
    /// The instant at which it was last earned.
    pub at: Timestamp,
}

impl Catalogs<'_> {
    /// Lists the players who hold a badge by page, each once: the latest award first.
    ///
    /// The cost depends on the size of the page, and on how often its players hold the badge.
    ///
    /// # Errors
    /// The ticket fails with [`Error::UnknownRule`](crate::Error::UnknownRule) if the badge does
    /// not exist or is hidden from the audience.
    pub fn list_holders(
        &self,
        badge: impl Into<BadgeId>,
        audience: Audience,
        after: Option<HolderCursor>,
        limit: usize,
    ) -> Ticket<ResultPage<HolderView, HolderCursor>> {
        let asked = badge.into();
        let catalogs = Arc::clone(&self.engine.inner.catalogs);
        let now = (self.engine.inner.clock)();
        self.engine.inner.readers.run_query(move |reader| {
            let published = catalogs.load_current(reader)?;
            let badge = find_visible_badge(published.catalog.rules(), &asked, audience)?;
            let rows = reader.list_holders(&badge.id, after.as_ref(), limit.saturating_add(1))?;
            let ResultPage { items, next } =
                ResultPage::from_rows(rows, limit, |row| HolderCursor {
                    at: row.at,
                    player: row.player.clone(),
                });
            let players: Vec<&str> = items.iter().map(|row| row.player.as_str()).collect();
            let names = load_display_names(reader, &catalogs, &players, now)?;
            let view = |(row, name): (HolderRow, Option<String>)| HolderView {
                player: row.player.into(),
                name,
                tier: badge
                    .tiers
                    .iter()
                    .rfind(|tier| !tier.id.is_empty() && row.tiers.contains(&tier.id))
                    .map(|tier| (&tier.id).into()),
                times: row.times,
                at: row.at,
            };
            Ok(ResultPage {
                items: items.into_iter().zip(names).map(view).collect(),
                next,
            })
        })
    }
}
