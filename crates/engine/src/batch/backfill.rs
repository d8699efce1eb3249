//! Backfill of a player in a batch: takes a player who was last seen under an earlier catalog
//! through each later publication, and stages the differences (S14).

use accolade_core::catalog::rules::RuleSet;
use accolade_core::time::Timestamp;

use super::intake::ValidatedEvent;
use super::refold::RefoldRecorder;
use super::rows::{self, CommitOrigin, load_stored_holdings};
use super::unit_of_work::UnitOfWork;
use crate::backfill::backfill_step;
use crate::catalog_cache::{CatalogCache, PublishedCatalog};
use crate::store::{LedgerRow, StoreError, Transaction, Trigger};

impl UnitOfWork<'_> {
    /// Takes the player through all publications up to a version.
    pub(crate) fn backfill_to(
        &mut self,
        tx: &mut dyn Transaction,
        catalogs: &CatalogCache,
        version: i64,
    ) -> Result<(), StoreError> {
        // A player without events has nothing to backfill. Their first event will be folded under
        // the published catalog.
        if self.meta.catalog_version > 0 && self.state.header.event_count == 0 {
            self.meta.catalog_version = version;
        }
        while self.meta.catalog_version < version {
            let before = match self.meta.catalog_version {
                0 => None,
                version => Some(catalogs.load_version(tx, version)?),
            };
            let next = catalogs.load_version(tx, self.meta.catalog_version + 1)?;
            self.backfill_step(tx, before.as_deref(), &next)?;
        }
        Ok(())
    }

    /// Takes the player through one publication and stages the differences.
    fn backfill_step(
        &mut self,
        tx: &mut dyn Transaction,
        before: Option<&PublishedCatalog>,
        next: &PublishedCatalog,
    ) -> Result<(), StoreError> {
        // Version 0 marks a state that cannot be read; its rows are all that is known of what the
        // player had.
        let held = match before {
            None => load_stored_holdings(tx, &self.player)?,
            Some(before) => {
                let rules = before.catalog.rules();
                if self.before.is_none() {
                    self.before = Some(self.load_holdings(tx, rules)?);
                }
                // Timers before the publication belong to the old catalog.
                self.advance_under(tx, &before.catalog, next.published_at)?;
                self.load_holdings(tx, rules)?
            }
        };
        self.before.get_or_insert_with(|| held.clone());
        let rules = next.catalog.rules();
        let cause = format!("catalog:{}", next.version);
        let origin = CommitOrigin {
            trigger: Trigger::Publish,
            caused_by: &cause,
            recorded_at: self.now,
        };
        let mut entries = self.load_ledger_after(tx, None)?;
        if before.is_none() {
            // The header is lost, and with it the last ledger number; numbers must not be used
            // twice.
            self.meta.last_entry = entries
                .iter()
                .map(|entry| entry.seq)
                .max()
                .unwrap_or_default();
        }
        entries.extend(self.move_renamed_currencies(rules, &entries, origin));
        let timeline = self.load_history(tx, None, &[])?;
        // Checkpoints were taken under the old catalog.
        self.discard_checkpoints_from(Timestamp::FIRST);
        // The refold must reach the publication and the last change, whichever is later.
        let end = self
            .last_change_at()
            .map_or(next.published_at, |end| end.max(next.published_at));
        let mut recorder = RefoldRecorder::new(rules, self.checkpoint_every, &[]);
        let player = self.player.clone();
        let (effect, state, action) =
            backfill_step(next, &player, &timeline, held, end, &mut recorder);
        self.state = state.into();
        if let Some(action) = action {
            self.record_row(
                ValidatedEvent::engine_generated(action),
                Vec::new(),
                Vec::new(),
                None,
            );
        }
        let refolded = self.stage_checkpoints(recorder);
        let changed = effect.before.diff_to(&effect.after);
        let outcomes =
            self.record_differences(&next.catalog, &changed, &refolded, &entries, origin);
        self.unattached_outcomes.extend(outcomes);
        self.meta.catalog_version = next.version;
        Ok(())
    }

    /// Moves ledger sums from renamed currencies to their new ids. No outcome reports it, because
    /// no balance changes.
    fn move_renamed_currencies(
        &mut self,
        rules: &RuleSet,
        entries: &[LedgerRow],
        origin: CommitOrigin<'_>,
    ) -> Vec<LedgerRow> {
        let drafts = rows::draft_renaming_entries(rules, entries).into_iter();
        let moved: Vec<LedgerRow> = drafts
            .map(|draft| draft.into_row(origin, &mut self.meta.last_entry))
            .collect();
        self.ledger.extend(moved.iter().cloned());
        moved
    }
}
