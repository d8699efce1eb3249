//! What pages call players.

use std::sync::Arc;

use accolade_core::time::Timestamp;
use accolade_core::value::{Props, Value};

use crate::batch::identity::{self, Identity};
use crate::batch::stored;
use crate::catalogs::Catalogs;
use crate::store::{Read, Reader};
use crate::view::View;
use crate::{Engine, Error, Ticket};

/// The attribute that pages show for a player.
const NAME: &str = "name";

impl Engine {
    /// What pages show for these players, each at the position of its id: the attribute `name`, where that is a text
    /// with more than blanks; `None` where there is none, or no such player. A guest who was merged goes by the name of
    /// the player.
    pub fn names(&self, players: Vec<String>) -> Ticket<Vec<Option<String>>> {
        let catalogs = Arc::clone(&self.inner.catalogs);
        let now = (self.inner.clock)();
        self.inner.readers.run(move |reader| {
            let players: Vec<&str> = players.iter().map(String::as_str).collect();
            names(reader, &catalogs, &players, now)
        })
    }
}

/// The names of players, from their headers alone: attributes depend on no catalog and do not change with time.
pub(super) fn names(
    reader: &mut dyn Reader,
    catalogs: &Catalogs,
    players: &[&str],
    now: Timestamp,
) -> Result<Vec<Option<String>>, Error> {
    let headers = headers(&mut *reader.snapshot()?, players)?;
    let mut names = Vec::with_capacity(players.len());
    for (player, header) in players.iter().zip(headers) {
        let Some(header) = header else {
            names.push(None);
            continue;
        };
        let (account, header) = stored::decode(player, &header)?;
        let name = match account.version {
            // The state cannot be read and waits to be folded again.
            0 => View::of(reader, catalogs, player, now)?
                .and_then(|view| display_name(&view.state.header.profile)),
            _ => display_name(&header.profile),
        };
        names.push(name);
    }
    Ok(names)
}

/// The headers of those who are behind these ids.
fn headers(store: &mut dyn Read, players: &[&str]) -> Result<Vec<Option<Vec<u8>>>, Error> {
    let mut headers = store.headers(players)?;
    for (player, header) in players
        .iter()
        .zip(&mut headers)
        .filter(|(_, header)| header.is_none())
    {
        if let Identity::Player(into) = identity::of(store, player)?
            && into != *player
        {
            *header = store.headers(&[&into])?.into_iter().next().flatten();
        }
    }
    Ok(headers)
}

/// The attribute `name`, if it is a text that shows.
pub(super) fn display_name(attributes: &Props) -> Option<String> {
    let Some(Value::Text(name)) = attributes.get(NAME) else {
        return None;
    };
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}
