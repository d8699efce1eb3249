//! Dry run of a publication for one player.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use accolade_core::catalog::rules::{RuleRef, RuleSet};
use accolade_core::fold::WholeState;
use accolade_core::names::acts::GRANDFATHER;
use accolade_core::time::Timestamp;

use super::changes::{PlayerChange, list_changes};
use crate::backfill::{BackfillStep, EarningSums, FailureTotal, PlayerBackfill};
use crate::batch::{decode_cells, history, load_stored_holdings, player_meta};
use crate::catalog_cache::{CatalogCache, PublishedCatalog};
use crate::store::{EventRow, ReadStore, StoreError};

/// Maximum number of reads of a player who is being written.
const MAX_READS: usize = 10;

/// The publication to evaluate.
#[derive(Clone)]
pub(super) struct PlanContext {
    pub(super) catalogs: Arc<CatalogCache>,
    pub(super) current: Arc<PublishedCatalog>,
    pub(super) next: Arc<PublishedCatalog>,
    /// Ignore what was recorded later than this.
    pub(super) as_of: Option<Timestamp>,
}

/// Effect of a publication on a player.
pub(super) struct PlayerPlan {
    pub(super) events: u64,
    pub(super) step: BackfillStep,
    /// Points paid by earnings, before and after.
    pub(super) earnings_paid: [EarningSums; 2],
    /// Evaluations that fail under the planned catalog.
    pub(super) failures: BTreeMap<RuleRef, FailureTotal>,
    pub(super) changes: Vec<PlayerChange>,
}

impl PlanContext {
    /// Evaluates a player. Returns `None` if there is none. Reads again if the player is written in
    /// the meantime.
    pub(super) fn plan_player<R: ReadStore + ?Sized>(
        &self,
        store: &mut R,
        player: &str,
    ) -> Result<Option<PlayerPlan>, StoreError> {
        // Every commit about a player rewrites the header, so an equal header means an unchanged
        // player.
        for _ in 0..MAX_READS {
            let Some(header) = store.load_headers(&[player])?.into_iter().next().flatten() else {
                return Ok(None);
            };
            let looked = self.plan_once(store, player, &header);
            if store
                .load_headers(&[player])?
                .into_iter()
                .next()
                .flatten()
                .as_ref()
                == Some(&header)
            {
                return looked;
            }
        }
        Err(StoreError::Busy)
    }

    /// Evaluates a player from one read.
    fn plan_once<R: ReadStore + ?Sized>(
        &self,
        store: &mut R,
        player: &str,
        header: &[u8],
    ) -> Result<Option<PlayerPlan>, StoreError> {
        let (account, header) = player_meta::decode_player(player, header)?;
        let guests = &account.optional.guests;
        let mut rows = history::load_recorded(store, player, guests, None)?;
        if let Some(as_of) = self.as_of {
            rows = keep_recorded_until(rows, as_of);
        }
        if rows.is_empty() {
            return Ok(None);
        }
        let timeline = history::filter_effective(store, player, guests, rows)?;
        let events = timeline.len() as u64;
        // A current player is folded from the timeline rather than from the stored state, because
        // that also yields what each earning paid.
        let mut backfill = if account.catalog_version == self.current.version {
            PlayerBackfill::from_timeline(
                player,
                timeline,
                Arc::clone(&self.current),
                self.next.published_at,
            )
        } else if account.catalog_version == 0 {
            PlayerBackfill::with_rows(player, timeline, load_stored_holdings(store, player)?)
        } else {
            let state = WholeState::new(
                header,
                decode_cells(player, store.load_all_cells(player, None)?)?,
            );
            PlayerBackfill::with_state(
                player,
                timeline,
                self.catalogs.load_version(store, account.catalog_version)?,
                state,
            )
        };
        if account.catalog_version < self.current.version {
            for version in account.catalog_version + 1..=self.current.version {
                backfill.apply_publication(&self.catalogs.load_version(store, version)?);
            }
        }
        let before = under_current_ids(self.next.catalog.rules(), backfill.earning_sums());
        let passed = backfill.apply_publication(&self.next);
        let changes = list_changes(player, &passed);
        Ok(Some(PlayerPlan {
            events,
            step: passed,
            earnings_paid: [before, backfill.earning_sums()],
            failures: backfill.into_failures(),
            changes,
        }))
    }
}

/// Maps points paid by earnings to the current ids of earnings and currencies (S15).
fn under_current_ids(rules: &RuleSet, paid: EarningSums) -> EarningSums {
    let mut sums = EarningSums::new();
    for ((earning, currency), amount) in paid {
        let name = (
            rules.current_earning(&earning).to_owned(),
            rules.current_currency(&currency).to_owned(),
        );
        *sums.entry(name).or_default() += amount;
    }
    sums
}

/// Keeps the events recorded up to an instant. Grandfathering actions are kept in any case: they
/// count from the instant of their publication, no matter when the backfill recorded them.
fn keep_recorded_until(mut rows: Vec<EventRow>, until: Timestamp) -> Vec<EventRow> {
    let is_later = |row: &EventRow| row.recorded_at > until && row.event.name != GRANDFATHER;
    let later: BTreeSet<String> = rows
        .iter()
        .filter(|row| is_later(row))
        .map(|row| row.event.id.clone())
        .collect();
    rows.retain(|row| !is_later(row));
    for row in &mut rows {
        // A retraction that was recorded later must not count either.
        row.retracted_by = row.retracted_by.take().filter(|act| !later.contains(act));
    }
    rows
}
