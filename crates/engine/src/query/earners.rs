//! Players who hold a badge.

use std::sync::Arc;

use accolade_core::ids::{BadgeId, EventId, PlayerId, TierId};
use accolade_core::time::Timestamp;

use super::display_names::load_display_names;
use super::visibility::{Audience, find_visible_badge};
use crate::page::ResultPage;
use crate::records::optional_id;
use crate::store::{AwardRow, EarnerCursor, StoreError, StoreReader};
use crate::{Catalogs, Ticket};

/// A player who holds a badge.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EarnerView {
    /// The player's id.
    pub player: PlayerId,
    /// The display name, if there is one: see [`Players::display_names`](crate::Players::display_names).
    pub name: Option<String>,
    /// The tier held; `None` for a badge without tiers.
    pub tier: Option<TierId>,
    /// The key; `None` for a badge without keys.
    pub key: Option<String>,
    /// The instant at which it was earned.
    pub at: Timestamp,
    /// The id of the event or manual action that earned it; `None` for other audiences than
    /// [`Audience::Admin`].
    pub event: Option<EventId>,
}

impl Catalogs<'_> {
    /// Lists the players who hold a badge by page, with names, in the order in which they earned
    /// it.
    ///
    /// # Errors
    /// The ticket fails with [`Error::UnknownRule`](crate::Error::UnknownRule) if the badge does
    /// not exist or is hidden from the audience. Secret badges are hidden from [`Audience::Player`]
    /// as well: having earned one does not reveal who else did.
    pub fn list_earners(
        &self,
        badge: impl Into<BadgeId>,
        audience: Audience,
        after: Option<EarnerCursor>,
        limit: usize,
    ) -> Ticket<ResultPage<EarnerView, EarnerCursor>> {
        let asked = badge.into();
        let catalogs = Arc::clone(&self.engine.inner.catalogs);
        let now = (self.engine.inner.clock)();
        self.engine.inner.readers.run_query(move |reader| {
            let published = catalogs.load_current(reader)?;
            let badge = find_visible_badge(published.catalog.rules(), &asked, audience)?;
            let ResultPage { items, next } = load_page(reader, &badge.id, after.as_ref(), limit)?;
            let players: Vec<&str> = items.iter().map(|row| row.player.as_str()).collect();
            let names = load_display_names(reader, &catalogs, &players, now)?;
            let view = |(row, name): (AwardRow, Option<String>)| {
                let AwardRow {
                    player,
                    tier,
                    key,
                    at,
                    event,
                    ..
                } = row;
                EarnerView {
                    player: player.into(),
                    name,
                    tier: optional_id(tier),
                    key: optional_id(key),
                    at,
                    event: (audience == Audience::Admin).then(|| event.into()),
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
