//! A player as they are now, under the catalog in force: what is stored, folded on in memory (S10, S14).

use std::sync::Arc;

use accolade_core::event::Event;
use accolade_core::fold::{self, Holdings, State};
use accolade_core::time::Timestamp;

use crate::Error;
use crate::batch::identity::{self, Identity};
use crate::batch::stored::{self, Account};
use crate::batch::{cells, history, holdings_of_rows};
use crate::catalogs::{Catalogs, InForce};
use crate::passenger::{Passenger, pass_time};
use crate::store::{Read, Reader, StoreError};

const WHOLE: &str = "the state has all of its cells at hand";

/// A player as they are now.
pub(crate) struct View {
    /// Who it is: not the id that was asked for, where that is one of a guest who was merged.
    pub(crate) player: String,
    pub(crate) in_force: Arc<InForce>,
    /// With all cells.
    pub(crate) state: State,
    /// What publications keep that the player has not passed through yet; nothing of it is stored.
    pub(crate) keeps: Vec<Event>,
}

impl View {
    /// Looks at a player; `None` when nobody is known under this id.
    pub(crate) fn of(
        reader: &mut dyn Reader,
        catalogs: &Catalogs,
        name: &str,
        now: Timestamp,
    ) -> Result<Option<Self>, Error> {
        let mut snapshot = reader.snapshot()?;
        let store = &mut *snapshot;
        let Identity::Player(player) = identity::of(store, name)? else {
            return Ok(None);
        };
        let Some(header) = store.headers(&[&player])?.into_iter().next().flatten() else {
            return Ok(None);
        };
        let (account, header) = stored::decode(&player, &header)?;
        let in_force = catalogs.refresh(store)?;
        let (state, keeps) = if account.version == in_force.version {
            (
                State::whole(header, cells(&player, store.all_cells(&player, None)?)?),
                Vec::new(),
            )
        } else {
            passed(store, catalogs, &player, &account, header, in_force.version)?
        };
        let mut view = Self {
            player,
            in_force,
            state,
            keeps,
        };
        let end = view.state.header.as_of.map_or(now, |as_of| as_of.max(now));
        pass_time(&view.in_force.catalog, &mut view.state, &view.player, end);
        Ok(Some(view))
    }

    /// What the player has.
    pub(crate) fn holdings(&self) -> Holdings {
        Holdings::of(self.in_force.catalog.rules(), &self.state).expect(WHOLE)
    }
}

/// Whether what is stored of a player is what it is now, under the catalog in force.
pub(crate) fn is_fresh(
    reader: &mut dyn Reader,
    catalogs: &Catalogs,
    player: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let Some(header) = reader.headers(&[player])?.into_iter().next().flatten() else {
        return Ok(false);
    };
    let (account, header) = stored::decode(player, &header)?;
    let in_force = catalogs.refresh(reader)?;
    let is_due = |header| fold::due(&in_force.catalog, &State::partial(header), now).is_some();
    Ok(account.version == in_force.version && !is_due(header))
}

/// The state of a player who has not passed through every publication yet, as if they had, and what those keep.
fn passed(
    reader: &mut dyn Read,
    catalogs: &Catalogs,
    player: &str,
    account: &Account,
    header: fold::Header,
    version: i64,
) -> Result<(State, Vec<Event>), StoreError> {
    let guests = &account.rare.guests;
    let rows = history::stored(reader, player, guests, None)?;
    let timeline = history::effective(reader, player, guests, rows)?;
    let mut passenger = match account.version {
        0 => Passenger::with_rows(player, timeline, holdings_of_rows(reader, player)?),
        before => {
            let state = State::whole(header, cells(player, reader.all_cells(player, None)?)?);
            Passenger::with_state(player, timeline, catalogs.at(reader, before)?, state)
        }
    };
    for version in account.version + 1..=version {
        passenger.pass(&catalogs.at(reader, version)?);
    }
    Ok(passenger.into_state())
}
