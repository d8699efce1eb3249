//! Display names of players.

use std::sync::Arc;

use accolade_core::ids::PlayerId;
use accolade_core::time::Timestamp;

use crate::batch::identity::{self, PlayerIdentity};
use crate::batch::{display_name, player_meta};
use crate::catalog_cache::CatalogCache;
use crate::current_player::CurrentPlayer;
use crate::store::{ReadStore, StoreReader};
use crate::{Error, Players, Ticket};

impl Players<'_> {
    /// Looks up the display names of players, each at the position of its id.
    ///
    /// The display name is the attribute `name`, if it is a text that is not blank. `None` if there
    /// is none or the player is unknown. A merged guest has the name of the player.
    pub fn display_names(&self, players: Vec<PlayerId>) -> Ticket<Vec<Option<String>>> {
        let catalogs = Arc::clone(&self.engine.inner.catalogs);
        let now = (self.engine.inner.clock)();
        self.engine.inner.readers.run_query(move |reader| {
            let players: Vec<&str> = players.iter().map(PlayerId::as_str).collect();
            load_display_names(reader, &catalogs, &players, now)
        })
    }
}

/// Loads the display names from headers alone: attributes depend neither on the catalog nor on
/// time.
pub(super) fn load_display_names(
    reader: &mut dyn StoreReader,
    catalogs: &CatalogCache,
    players: &[&str],
    now: Timestamp,
) -> Result<Vec<Option<String>>, Error> {
    let headers = load_headers(&mut *reader.open_snapshot()?, players)?;
    let mut names = Vec::with_capacity(players.len());
    for (player, header) in players.iter().zip(headers) {
        let Some(header) = header else {
            names.push(None);
            continue;
        };
        let (account, header) = player_meta::decode_player(player, &header)?;
        let name = match account.catalog_version {
            // Version 0 marks a state that cannot be read; it must be folded from the events.
            0 => CurrentPlayer::load_player(reader, catalogs, player, now)?
                .and_then(|view| display_name(&view.state.header.profile)),
            _ => display_name(&header.profile),
        };
        names.push(name);
    }
    Ok(names)
}

/// Loads the headers of players, and for merged guests those of their players.
fn load_headers(
    store: &mut dyn ReadStore,
    players: &[&str],
) -> Result<Vec<Option<Vec<u8>>>, Error> {
    // Most ids are those of players, so only ids without a header are looked up as guests.
    let mut headers = store.load_headers(players)?;
    for (player, header) in players
        .iter()
        .zip(&mut headers)
        .filter(|(_, header)| header.is_none())
    {
        if let PlayerIdentity::Player(into) = identity::resolve_one(store, player)?
            && into != *player
        {
            *header = store.load_headers(&[&into])?.into_iter().next().flatten();
        }
    }
    Ok(headers)
}
