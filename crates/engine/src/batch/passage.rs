//! Backfill of one player: a player whose state is of an earlier catalog is folded under each later
//! one in turn, as of its publication (S14).

use std::collections::BTreeSet;

use accolade_core::catalog::rules::Rules;
use accolade_core::event::Event;
use accolade_core::fold::{self, Holdings, State};
use accolade_core::time::Timestamp;

use super::desk::Desk;
use super::intake::Entry;
use super::refold::Refolded;
use super::rows::{self, Origin, holdings_of_rows};
use crate::catalogs::{Catalogs, InForce};
use crate::store::{Trigger, LedgerRow, StoreError, Transaction};

impl Desk<'_> {
    /// Takes the player through all publications up to a version.
    pub(crate) fn bring_up(
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
            self.pass(tx, before.as_deref(), &next)?;
        }
        Ok(())
    }

    /// Takes the player through one publication: refolds the timeline, grandfathers what the new
    /// catalog no longer earns, and stages the differences.
    fn pass(
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
                self.load_all(tx)?;
                let rules = before.catalog.rules();
                let whole = "every cell was loaded";
                if self.base.is_none() {
                    self.base = Some(Holdings::of(rules, &self.state).expect(whole));
                }
                // Timers before the publication belong to the old catalog.
                self.let_time_pass_under(tx, &before.catalog, next.since)?;
                Holdings::of(rules, &self.state).expect(whole)
            }
        };
        self.base.get_or_insert_with(|| held.clone());
        let rules = next.catalog.rules();
        let held = held.renamed(rules);
        // The refold must reach the publication and the last change, whichever is later.
        let end = self.end().max(Some(next.since));
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
        let mut state = State::empty();
        let history = self.history(tx, None, &[])?;
        // Checkpoints were taken under the old catalog.
        self.forget_checkpoints_from(Timestamp::FIRST);
        let mut steps =
            self.fold_anew(&next.catalog, &mut state, history, end, &BTreeSet::new());

        self.state = state;
        let has = Holdings::of(rules, &self.state).expect("a refolded state has all its cells");
        if let Some(keep) = kept(next, &self.player, &held, &has, self.end()) {
            let step = self.fold_in(tx, &next.catalog, &keep, false)?;
            steps.push((keep.clone(), step));
            self.note_row(Entry::made(keep), Vec::new(), Vec::new(), None);
        }
        let has = Holdings::of(rules, &self.state).expect("a refolded state has all its cells");
        let refolded = Refolded {
            steps,
            before: entries,
        };
        let outcomes = self.emit(&next.catalog, &held.to(&has), &refolded, origin);
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

/// Builds the action that grandfathers holdings that a new catalog no longer earns. Returns `None`
/// if there are none, or if the publication revokes them. `held` uses the ids of the new catalog:
/// see [`Holdings::renamed`].
pub(crate) fn kept(
    next: &InForce,
    player: &str,
    held: &Holdings,
    has: &Holdings,
    end: Option<Timestamp>,
) -> Option<Event> {
    if next.revoke {
        return None;
    }
    let rules = next.catalog.rules();
    let awards: Vec<_> = held
        .awards
        .iter()
        .filter(|(name, award)| {
            // A blocked award was revoked by a person. A publication must not bring it back.
            let now = has.awards.get(&name.renamed(rules));
            award.is_held()
                && now.is_none_or(|now| !now.is_held() && !now.blocked)
                && may_keep_badge(rules, &name.badge)
        })
        .collect();
    let unlocks: Vec<_> = held
        .unlocks
        .iter()
        .filter(|(unlockable, unlocked)| {
            let open = has
                .unlocks
                .get(rules.current_unlockable(unlockable))
                .is_some_and(|now| now.open);
            unlocked.open && !open && may_keep_open(rules, unlockable)
        })
        .collect();
    if awards.is_empty() && unlocks.is_empty() {
        return None;
    }
    let at = end.map_or(next.since, |end| end.plus(1).max(next.since));
    Some(fold::keep_act(player, next.version, at, awards, unlocks))
}

/// True if awards of a badge can be grandfathered. Temporary awards end with their criterion.
fn may_keep_badge(rules: &Rules, badge: &str) -> bool {
    rules
        .badge(badge)
        .is_some_and(|index| !rules.badges[index].temporary)
}

/// True if an unlockable can be grandfathered. One that relocks closes with its criterion.
fn may_keep_open(rules: &Rules, unlockable: &str) -> bool {
    rules
        .unlockable(unlockable)
        .is_some_and(|index| !rules.unlockables[index].relock)
}
