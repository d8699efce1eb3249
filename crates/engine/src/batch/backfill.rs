//! Backfill of a player in a batch: takes a player who was last seen under an earlier catalog
//! through each later publication, and stages the differences (S14).

use accolade_core::catalog::rules::Rules;
use accolade_core::time::Timestamp;

use super::desk::Desk;
use super::intake::Entry;
use super::refold::RefoldRecorder;
use super::rows::{self, Origin, holdings_of_rows};
use crate::backfill::backfill_step;
use crate::catalogs::{Catalogs, InForce};
use crate::store::{LedgerRow, StoreError, Transaction, Trigger};

impl Desk<'_> {
    /// Takes the player through all publications up to a version.
    pub(crate) fn backfill_to(
        &mut self,
        tx: &mut dyn Transaction,
        catalogs: &Catalogs,
        version: i64,
    ) -> Result<(), StoreError> {
        // A player without events has nothing to backfill. Their first event will be folded under
        // the published catalog.
        if self.account.version > 0 && self.state.header.events == 0 {
            self.account.version = version;
        }
        while self.account.version < version {
            let before = match self.account.version {
                0 => None,
                version => Some(catalogs.at(tx, version)?),
            };
            let next = catalogs.at(tx, self.account.version + 1)?;
            self.backfill_step(tx, before.as_deref(), &next)?;
        }
        Ok(())
    }

    /// Takes the player through one publication and stages the differences.
    fn backfill_step(
        &mut self,
        tx: &mut dyn Transaction,
        before: Option<&InForce>,
        next: &InForce,
    ) -> Result<(), StoreError> {
        // Version 0 marks a state that cannot be read; its rows are all that is known of what the
        // player had.
        let held = match before {
            None => holdings_of_rows(tx, &self.player)?,
            Some(before) => {
                let rules = before.catalog.rules();
                if self.base.is_none() {
                    self.base = Some(self.holdings(tx, rules)?);
                }
                // Timers before the publication belong to the old catalog.
                self.let_time_pass_under(tx, &before.catalog, next.since)?;
                self.holdings(tx, rules)?
            }
        };
        self.base.get_or_insert_with(|| held.clone());
        let rules = next.catalog.rules();
        let cause = format!("catalog:{}", next.version);
        let origin = Origin {
            trigger: Trigger::Publish,
            caused_by: &cause,
            recorded_at: self.now,
        };
        let mut entries = self.ledger_after(tx, None)?;
        if before.is_none() {
            // The header is lost, and with it the last ledger number; numbers must not be used
            // twice.
            self.account.entries = entries
                .iter()
                .map(|entry| entry.seq)
                .max()
                .unwrap_or_default();
        }
        entries.extend(self.move_renamed(rules, &entries, origin));
        let timeline = self.history(tx, None, &[])?;
        // Checkpoints were taken under the old catalog.
        self.forget_checkpoints_from(Timestamp::FIRST);
        // The refold must reach the publication and the last change, whichever is later.
        let end = self.end().map_or(next.since, |end| end.max(next.since));
        let mut recorder = RefoldRecorder::new(rules, self.checkpoint_every, &[]);
        let player = self.player.clone();
        let (effect, state, action) =
            backfill_step(next, &player, &timeline, &held, end, &mut recorder);
        self.state = state.into();
        if let Some(action) = action {
            self.note_row(Entry::made(action), Vec::new(), Vec::new(), None);
        }
        let refolded = self.stage_checkpoints(recorder);
        let changed = effect.held.to(&effect.has);
        let outcomes = self.emit(&next.catalog, &changed, &refolded, &entries, origin);
        self.loose.extend(outcomes);
        self.account.version = next.version;
        Ok(())
    }

    /// Moves ledger sums from renamed currencies to their new ids. No outcome reports it, because
    /// no balance changes.
    fn move_renamed(
        &mut self,
        rules: &Rules,
        entries: &[LedgerRow],
        origin: Origin<'_>,
    ) -> Vec<LedgerRow> {
        let drafts = rows::drafts_of_renaming(rules, entries).into_iter();
        let moved: Vec<LedgerRow> = drafts
            .map(|draft| draft.number(origin, &mut self.account.entries))
            .collect();
        self.ledger.extend(moved.iter().cloned());
        moved
    }
}
