//! Check of one player: everything stored against the result of the fold.

use std::collections::BTreeSet;
use std::sync::Arc;

use accolade_core::names::acts::GRANDFATHER;
use accolade_core::time::Timestamp;
use accolade_core::value::Value;

use super::difference::PlayerDifferences;
use super::expected_state::ExpectedState;
use super::recorded::{self, RecordedEvents};
use super::state::{self, StoredHeader};
use super::{ledger_and_feed, query_rows, retractions_and_merges};
use crate::Error;
use crate::backfill_progress::StoredBackfill;
use crate::batch::player_meta;
use crate::catalog_cache::{CatalogCache, PublishedCatalog};
use crate::store::{ReadStore, StoreError, StoreReader};

/// Maximum number of reads of a player who is being written.
const MAX_READS: usize = 10;

/// Result of checking an id.
pub(super) enum CheckResult {
    /// A player, compared.
    Player {
        /// Number of events folded.
        events: u64,
        /// Guests that recorded merges joined to the player.
        guests: Vec<String>,
        /// The differences found.
        found: PlayerDifferences,
    },
    /// An id that is not a player: a merged guest, or an id without events.
    NotAPlayer(PlayerDifferences),
    /// A player who is not yet backfilled to the published catalog.
    Behind,
    /// An id without a row and a state, which may be a guest of a player not checked yet.
    Orphan,
}

/// A checker of players with a connection of its own.
pub(super) struct PlayerChecker<'a> {
    pub(super) reader: &'a mut dyn StoreReader,
    pub(super) catalogs: &'a CatalogCache,
    pub(super) now: Timestamp,
    /// All merged guests; `None` while they are still being collected.
    pub(super) guests: Option<&'a BTreeSet<String>>,
}

impl PlayerChecker<'_> {
    /// Checks one player. Checks again if the player is written in the meantime.
    pub(super) fn check_player(&mut self, player: &str) -> Result<CheckResult, Error> {
        for _ in 0..MAX_READS {
            let published = self.catalogs.load_current(self.reader)?;
            published.require_code()?;
            let before = self.version_stamp(player)?;
            let seen = self.check_once(&published, player)?;
            if self.version_stamp(player)? == before {
                return Ok(seen);
            }
        }
        Err(StoreError::Busy.into())
    }

    /// Returns a stamp that changes with every write to the player: each commit rewrites the
    /// header.
    fn version_stamp(&mut self, player: &str) -> Result<(Option<Vec<u8>>, i64, i64), StoreError> {
        let header = self
            .reader
            .load_headers(&[player])?
            .into_iter()
            .next()
            .flatten();
        Ok((
            header,
            self.reader.feed_start()?,
            self.reader.catalog_version()?,
        ))
    }

    /// Checks one player from one read.
    fn check_once(
        &mut self,
        published: &Arc<PublishedCatalog>,
        player: &str,
    ) -> Result<CheckResult, Error> {
        let mut found = PlayerDifferences::new(player);
        let header = load_stored_header(self.reader, player)?;
        // A row that cannot be read is still a row.
        let has_row = !matches!(self.reader.find_summary(player), Ok(None));
        if recorded::is_merged(self.reader, player)? {
            self.compare_all(published, player, &header, None, &mut found)?;
            return Ok(CheckResult::NotAPlayer(found));
        }
        if matches!(header, StoredHeader::Missing) && !has_row {
            match self.guests {
                // Whether it is a guest is known only after all other players were read.
                None => return Ok(CheckResult::Orphan),
                Some(guests) if guests.contains(player) => {
                    self.compare_all(published, player, &header, None, &mut found)?;
                    return Ok(CheckResult::NotAPlayer(found));
                }
                Some(_) => {}
            }
        }
        const LOST: &str = "an event is damaged; events are the source of all other data \
                            and cannot be repaired";
        let Some(past) = found.record_damage(
            "event",
            RecordedEvents::load(self.reader, player),
            LOST,
            false,
        )?
        else {
            return Ok(CheckResult::Player {
                events: 0,
                guests: Vec::new(),
                found,
            });
        };
        if past.is_empty() {
            self.compare_all(published, player, &header, None, &mut found)?;
            return Ok(CheckResult::NotAPlayer(found));
        }
        if is_behind(self.reader, &header, &past, published.version)? {
            return Ok(CheckResult::Behind);
        }
        let events = self.compare_all(published, player, &header, Some(&past), &mut found)?;
        Ok(CheckResult::Player {
            events,
            guests: past.guest_ids(),
            found,
        })
    }

    /// Compares everything stored with the fold of the recorded events, or with nothing. Returns
    /// the number of events folded.
    fn compare_all(
        &mut self,
        published: &PublishedCatalog,
        player: &str,
        header: &StoredHeader,
        past: Option<&RecordedEvents>,
        found: &mut PlayerDifferences,
    ) -> Result<u64, Error> {
        const CHECKPOINTS: &str = "a checkpoint is damaged";
        let checkpoints = state::load_checkpoints(self.reader, player);
        let checkpoints = found
            .record_damage("checkpoint rows", checkpoints, CHECKPOINTS, true)?
            .unwrap_or_default();
        let until = header.fold_until(self.now);
        let timeline = past
            .map(RecordedEvents::effective_timeline)
            .unwrap_or_default();
        let stops: Vec<Timestamp> = checkpoints.iter().map(|row| row.at).collect();
        let mut rows = checkpoints.iter();
        let catalog = &published.catalog;
        let folded = match past {
            None => ExpectedState::empty(),
            Some(_) => ExpectedState::fold_timeline(
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

        state::compare_header(header, folded_state, published.version, found);
        let cells = self.reader.load_all_cells(player, None);
        let cells =
            found.record_damage("state rows", cells, "rows of the state are damaged", true)?;
        let cells = cells.unwrap_or_default();
        state::compare_cells(
            header.decoded().map(|(_, header)| header),
            &cells,
            &folded.state,
            found,
        );
        let summary = query_rows::expected_summary(catalog, folded_state);
        query_rows::compare_query_rows(self.reader, player, summary, &folded.holdings, found)?;
        let last = self.compare_ledger(published, player, &folded, found)?;
        ledger_and_feed::compare_feed(self.reader, catalog.rules(), player, &folded, found)?;
        if let (Some(past), Some((account, _))) = (past, header.decoded()) {
            state::compare_meta(account, past, last, cells.len(), found);
        }
        if let Some(past) = past {
            retractions_and_merges::compare_retractions(past, found);
            retractions_and_merges::compare_aliases(self.reader, player, past, found)?;
            state::check_purity(catalog, &timeline, until, &folded.state, found);
        }
        Ok(timeline.len() as u64)
    }

    /// Compares the ledger. Returns the number of its last entry, if it can be read.
    fn compare_ledger(
        &mut self,
        published: &PublishedCatalog,
        player: &str,
        folded: &ExpectedState,
        found: &mut PlayerDifferences,
    ) -> Result<Option<i64>, Error> {
        const UNREADABLE: &str = "an entry is damaged, and entries are never modified";
        let entries = self.reader.list_ledger_after(player, None);
        let Some(entries) = found.record_damage("ledger", entries, UNREADABLE, false)? else {
            return Ok(None);
        };
        let (reader, catalogs) = (&mut *self.reader, self.catalogs);
        let mut is_currency =
            |currency: &str| is_known_currency(reader, catalogs, published, currency);
        ledger_and_feed::compare_ledger(
            published.catalog.rules(),
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

/// Loads and decodes the stored header.
pub(super) fn load_stored_header<R: ReadStore + ?Sized>(
    store: &mut R,
    player: &str,
) -> Result<StoredHeader, StoreError> {
    let Some(bytes) = store.load_headers(&[player])?.into_iter().next().flatten() else {
        return Ok(StoredHeader::Missing);
    };
    match player_meta::decode_player(player, &bytes) {
        Ok(read) => Ok(StoredHeader::Read(Box::new(read))),
        Err(StoreError::Damaged(damage)) => Ok(StoredHeader::Unreadable(damage)),
        Err(error) => Err(error),
    }
}

/// True if a player is still to be backfilled. An earlier version counts as damage if no backfill
/// is running, or if a later publication has already grandfathered something for the player.
fn is_behind<R: ReadStore + ?Sized>(
    store: &mut R,
    header: &StoredHeader,
    past: &RecordedEvents,
    version: i64,
) -> Result<bool, StoreError> {
    let Some((account, _)) = header.decoded() else {
        return Ok(false);
    };
    let kept = past.rows.iter().filter(|row| row.event.name == GRANDFATHER);
    let kept = kept
        .filter_map(|row| row.event.props.get("version").and_then(Value::as_int))
        .max();
    if account.catalog_version >= version || kept.is_some_and(|kept| kept > account.catalog_version)
    {
        return Ok(false);
    }
    // Version 0 is an unreadable state that was set aside on purpose; the next access refolds the
    // player.
    Ok(account.catalog_version == 0 || StoredBackfill::load_running(store)?.is_some())
}

/// True if any catalog version has ever defined this currency.
pub(crate) fn is_known_currency<R: ReadStore + ?Sized>(
    store: &mut R,
    catalogs: &CatalogCache,
    published: &PublishedCatalog,
    currency: &str,
) -> Result<bool, StoreError> {
    // Newest first: almost every currency is in the published catalog.
    for version in (1..=published.version).rev() {
        if catalogs
            .load_version(store, version)?
            .catalog
            .rules()
            .currency_position(currency)
            .is_some()
        {
            return Ok(true);
        }
    }
    Ok(false)
}
