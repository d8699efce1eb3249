//! One player looked at: everything stored against everything folded.

use std::collections::BTreeSet;
use std::sync::Arc;

use accolade_core::names::acts::GRANDFATHER;
use accolade_core::time::Timestamp;
use accolade_core::value::Value;

use super::difference::Findings;
use super::fold::Folded;
use super::past::{self, Past};
use super::state::{self, StoredHeader};
use super::{acts, books, rows};
use crate::Error;
use crate::batch::stored;
use crate::catalogs::{Catalogs, InForce};
use crate::chores::Sweep;
use crate::store::{Read, Reader, StoreError};

/// How often a player is read again who is being written while they are read.
const TRIES: usize = 10;

/// What looking at somebody came to.
pub(super) enum Seen {
    /// A player who was compared.
    Player {
        /// Events folded.
        events: u64,
        /// Whom acts merged into the player.
        guests: Vec<String>,
        /// What differs.
        found: Findings,
    },
    /// Somebody who is no player: a guest who was merged, or nobody.
    Other(Findings),
    /// A player who has not passed through the latest publication yet.
    Behind,
    /// Somebody without a row and a state, who may be a guest of a player who was not looked at yet.
    Stray,
}

/// Looks at players with one connection.
pub(super) struct Eye<'a> {
    pub(super) reader: &'a mut dyn Reader,
    pub(super) catalogs: &'a Catalogs,
    pub(super) now: Timestamp,
    /// Whom acts merged into players; `None` while that is being found out.
    pub(super) guests: Option<&'a BTreeSet<String>>,
}

impl Eye<'_> {
    /// Looks at one player. When somebody writes them meanwhile, they are read again.
    pub(super) fn look(&mut self, player: &str) -> Result<Seen, Error> {
        for _ in 0..TRIES {
            let in_force = self.catalogs.refresh(self.reader)?;
            in_force.folds()?;
            let before = self.stamp(player)?;
            let seen = self.look_once(&in_force, player)?;
            if self.stamp(player)? == before {
                return Ok(seen);
            }
        }
        Err(StoreError::Busy.into())
    }

    /// What tells whether somebody wrote: every commit about a player writes the header.
    fn stamp(&mut self, player: &str) -> Result<(Option<Vec<u8>>, i64, i64), StoreError> {
        let header = self.reader.headers(&[player])?.into_iter().next().flatten();
        Ok((
            header,
            self.reader.feed_start()?,
            self.reader.catalog_version()?,
        ))
    }

    fn look_once(&mut self, in_force: &Arc<InForce>, player: &str) -> Result<Seen, Error> {
        let mut found = Findings::new(player);
        let header = stored_header(self.reader, player)?;
        let has_row = !matches!(self.reader.summary(player), Ok(None));
        if past::is_merged(self.reader, player)? {
            self.compare(in_force, player, &header, None, &mut found)?;
            return Ok(Seen::Other(found));
        }
        if matches!(header, StoredHeader::Missing) && !has_row {
            match self.guests {
                None => return Ok(Seen::Stray),
                Some(guests) if guests.contains(player) => {
                    self.compare(in_force, player, &header, None, &mut found)?;
                    return Ok(Seen::Other(found));
                }
                Some(_) => {}
            }
        }
        const LOST: &str = "an event does not read as it was written; events are all there is, so that nobody can mend it";
        let Some(past) = found.read("event", Past::read(self.reader, player), LOST, false)? else {
            return Ok(Seen::Player {
                events: 0,
                guests: Vec::new(),
                found,
            });
        };
        if past.is_empty() {
            self.compare(in_force, player, &header, None, &mut found)?;
            return Ok(Seen::Other(found));
        }
        if is_behind(self.reader, &header, &past, in_force.version)? {
            return Ok(Seen::Behind);
        }
        let events = self.compare(in_force, player, &header, Some(&past), &mut found)?;
        Ok(Seen::Player {
            events,
            guests: past.guests(),
            found,
        })
    }

    /// Compares everything with the fold of a past, or with nothing. Returns how many events there were to fold.
    fn compare(
        &mut self,
        in_force: &InForce,
        player: &str,
        header: &StoredHeader,
        past: Option<&Past>,
        found: &mut Findings,
    ) -> Result<u64, Error> {
        const CHECKPOINTS: &str = "a checkpoint does not read as it was written";
        let checkpoints = state::checkpoints(self.reader, player);
        let checkpoints = found
            .read("checkpoint rows", checkpoints, CHECKPOINTS, true)?
            .unwrap_or_default();
        let until = header.until(self.now);
        let timeline = past.map(Past::timeline).unwrap_or_default();
        let stops: Vec<Timestamp> = checkpoints.iter().map(|row| row.at).collect();
        let mut rows = checkpoints.iter();
        let catalog = &in_force.catalog;
        let folded = match past {
            None => Folded::nothing(),
            Some(_) => Folded::of(
                catalog,
                player,
                &timeline,
                until,
                &stops,
                |_, folded| {
                    rows.next()
                        .into_iter()
                        .for_each(|row| state::compare_checkpoint(row, folded, found));
                },
            ),
        };
        rows.for_each(|row| state::compare_checkpoint(row, &folded.state, found));
        let folded_state = past.map(|_| &folded.state);

        state::compare_header(header, folded_state, in_force.version, found);
        let cells = self.reader.all_cells(player, None);
        let cells = found.read(
            "state rows",
            cells,
            "rows of the state do not read as they were written",
            true,
        )?;
        let cells = cells.unwrap_or_default();
        state::compare_cells(
            header.read().map(|(_, header)| header),
            &cells,
            &folded.state,
            found,
        );
        let summary = rows::summary(catalog, folded_state);
        rows::compare(self.reader, player, summary, &folded.has, found)?;
        let last = self.compare_ledger(in_force, player, &folded, found)?;
        books::compare_feed(self.reader, catalog.rules(), player, &folded, found)?;
        if let (Some(past), Some((account, _))) = (past, header.read()) {
            state::compare_account(account, past, last, cells.len(), found);
        }
        if let Some(past) = past {
            acts::compare_words(past, found);
            acts::compare_aliases(self.reader, player, past, found)?;
            state::compare_again(
                catalog,
                &timeline,
                until,
                &folded.state,
                found,
            );
        }
        Ok(timeline.len() as u64)
    }

    /// Compares the ledger, and returns the number of its last entry as far as it can be read.
    fn compare_ledger(
        &mut self,
        in_force: &InForce,
        player: &str,
        folded: &Folded,
        found: &mut Findings,
    ) -> Result<Option<i64>, Error> {
        const UNREADABLE: &str =
            "an entry does not read as it was written, and entries are never edited";
        let entries = self.reader.ledger_after(player, None);
        let Some(entries) = found.read("ledger", entries, UNREADABLE, false)? else {
            return Ok(None);
        };
        let (reader, catalogs) = (&mut *self.reader, self.catalogs);
        let mut is_currency = |currency: &str| is_currency(reader, catalogs, in_force, currency);
        books::compare_ledger(
            in_force.catalog.rules(),
            &entries,
            folded,
            &mut is_currency,
            found,
        )?;
        Ok(Some(
            entries
                .iter()
                .map(|entry| entry.seq)
                .max()
                .unwrap_or_default(),
        ))
    }
}

/// The header as it is stored.
pub(super) fn stored_header<R: Read + ?Sized>(
    store: &mut R,
    player: &str,
) -> Result<StoredHeader, StoreError> {
    let Some(bytes) = store.headers(&[player])?.into_iter().next().flatten() else {
        return Ok(StoredHeader::Missing);
    };
    match stored::decode(player, &bytes) {
        Ok(read) => Ok(StoredHeader::Read(Box::new(read))),
        Err(StoreError::Damaged(told)) => Ok(StoredHeader::Unreadable(told)),
        Err(error) => Err(error),
    }
}

/// Whether a player has still to pass through a publication. A state of an earlier version is damaged where nobody is
/// going to bring it up, or where a later publication has kept something for the player already.
fn is_behind<R: Read + ?Sized>(
    store: &mut R,
    header: &StoredHeader,
    past: &Past,
    version: i64,
) -> Result<bool, StoreError> {
    let Some((account, _)) = header.read() else {
        return Ok(false);
    };
    let kept = past.rows.iter().filter(|row| row.event.name == GRANDFATHER);
    let kept = kept
        .filter_map(|row| row.event.props.get("version").and_then(Value::as_int))
        .max();
    if account.version >= version || kept.is_some_and(|kept| kept > account.version) {
        return Ok(false);
    }
    Ok(account.version == 0 || Sweep::under_way(store)?.is_some())
}

/// Whether any catalog that was ever in force has this currency.
pub(crate) fn is_currency<R: Read + ?Sized>(
    store: &mut R,
    catalogs: &Catalogs,
    in_force: &InForce,
    currency: &str,
) -> Result<bool, StoreError> {
    for version in (1..=in_force.version).rev() {
        if catalogs
            .at(store, version)?
            .catalog
            .rules()
            .currency(currency)
            .is_some()
        {
            return Ok(true);
        }
    }
    Ok(false)
}
