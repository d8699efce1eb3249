//! A player as they are now, under the catalog in force: what is stored, folded on in memory (S10, S14).

use std::sync::Arc;

use accolade_core::catalog::Catalog;
use accolade_core::event::Event;
use accolade_core::fold::{self, Holdings, State};
use accolade_core::time::Timestamp;

use crate::Error;
use crate::batch::identity::{self, Identity};
use crate::batch::sealing::Seal;
use crate::batch::stored::{self, Account};
use crate::batch::{cells, history, kept};
use crate::catalogs::{Catalogs, InForce};
use crate::store::{Reader, StoreError};

const WHOLE: &str = "the state has all of its cells at hand";

/// A player as they are now.
pub(crate) struct View {
    /// Who it is: not the id that was asked for, where that is one of a guest who was merged.
    pub(crate) player: String,
    pub(crate) in_force: Arc<InForce>,
    /// With all cells.
    pub(crate) state: State,
}

impl View {
    /// Looks at a player; `None` when nobody is known under this id.
    pub(crate) fn of(
        reader: &mut dyn Reader,
        catalogs: &Catalogs,
        name: &str,
        now: Timestamp,
    ) -> Result<Option<Self>, Error> {
        let Identity::Player(player) = identity::of(reader, name)? else { return Ok(None) };
        let Some(header) = reader.headers(&[&player])?.into_iter().next().flatten() else { return Ok(None) };
        let (account, header) = stored::decode(&player, &header)?;
        let in_force = catalogs.refresh(reader)?;
        let state = if account.version == in_force.version {
            State::whole(header, cells(&player, reader.all_cells(&player, None)?)?)
        } else {
            passed(reader, catalogs, &player, &account, header, in_force.version)?
        };
        let mut view = Self { player, in_force, state };
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
    let Some(header) = reader.headers(&[player])?.into_iter().next().flatten() else { return Ok(false) };
    let (account, header) = stored::decode(player, &header)?;
    let in_force = catalogs.refresh(reader)?;
    let is_due = |header| fold::due(&in_force.catalog, &State::partial(header), now).is_some();
    Ok(account.version == in_force.version && !is_due(header))
}

/// The state of a player who has not passed through every publication yet, as if they had.
fn passed(
    reader: &mut dyn Reader,
    catalogs: &Catalogs,
    player: &str,
    account: &Account,
    header: fold::Header,
    version: i64,
) -> Result<State, StoreError> {
    let guests = &account.rare.guests;
    let rows = history::stored(reader, player, guests, None)?;
    let mut timeline = history::effective(reader, player, guests, rows)?;
    let (mut held, mut state) = match account.version {
        0 => (crate::batch::holdings_of_rows(reader, player)?, State::empty()),
        version => {
            let before = catalogs.at(reader, version)?;
            let next = catalogs.at(reader, version + 1)?;
            let mut state = State::whole(header, cells(player, reader.all_cells(player, None)?)?);
            pass_time(&before.catalog, &mut state, player, next.since);
            (Holdings::of(before.catalog.rules(), &state).expect(WHOLE), state)
        }
    };
    let mut seal = match account.version {
        1.. if account.rare.sealed.is_none() => None,
        _ => Seal::of(reader, player)?,
    };
    for version in account.version + 1..=version {
        let next = catalogs.at(reader, version)?;
        let end = state.header.as_of.max(Some(next.since)).unwrap_or(next.since);
        state = match &mut seal {
            None => State::empty(),
            Some(seal) => {
                let from = catalogs.at(reader, seal.version)?;
                seal.pass(player, &from, &next);
                seal.state.clone()
            }
        };
        fold_on(&next.catalog, &mut state, player, &timeline, end);
        let rules = next.catalog.rules();
        let has = Holdings::of(rules, &state).expect(WHOLE);
        let last = state.header.last.as_ref().map(|last| last.at).max(state.header.as_of);
        if let Some(keep) = kept(&next, player, &held, &has, last) {
            fold::step(&next.catalog, &mut state, &keep, false).expect(WHOLE);
            timeline.push(keep);
        }
        if version < catalogs.current().version {
            pass_time(&next.catalog, &mut state, player, catalogs.at(reader, version + 1)?.since);
        }
        held = Holdings::of(rules, &state).expect(WHOLE);
    }
    Ok(state)
}

/// Folds a timeline into a state, up to an instant.
pub(crate) fn fold_on(catalog: &Catalog, state: &mut State, player: &str, timeline: &[Event], until: Timestamp) {
    for event in timeline {
        pass_time(catalog, state, player, event.at);
        fold::step(catalog, state, event, false).expect(WHOLE);
    }
    pass_time(catalog, state, player, until);
}

/// Folds in the moments up to an instant.
pub(crate) fn pass_time(catalog: &Catalog, state: &mut State, player: &str, until: Timestamp) {
    fold::advance(catalog, state, player, until).expect(WHOLE);
}
