//! Passing through publications: a player who was last seen under an earlier catalog is folded under each later one in
//! turn, as of its publication (S14).

use std::collections::BTreeSet;

use accolade_core::catalog::rules::Rules;
use accolade_core::event::Event;
use accolade_core::fold::{self, Holdings, State};
use accolade_core::time::Timestamp;

use super::desk::Desk;
use super::intake::Entry;
use super::refold::Refolded;
use super::rows::{self, Origin, holdings_of_rows};
use super::sealing::Seal;
use crate::catalogs::{Catalogs, InForce};
use crate::store::{Because, LedgerRow, StoreError, Transaction};

impl Desk<'_> {
    /// Brings the player up to the version in force.
    pub(crate) fn bring_up(
        &mut self,
        tx: &mut dyn Transaction,
        catalogs: &Catalogs,
        version: i64,
    ) -> Result<(), StoreError> {
        // Nobody is there yet: whoever comes, comes under the catalog in force.
        if self.account.version > 0 && self.state.header.events == 0 {
            self.account.version = version;
        }
        while self.account.version < version {
            let before = match self.account.version {
                0 => None,
                version => Some(catalogs.at(tx, version)?),
            };
            let next = catalogs.at(tx, self.account.version + 1)?;
            self.pass(tx, catalogs, before.as_deref(), &next)?;
        }
        Ok(())
    }

    fn pass(
        &mut self,
        tx: &mut dyn Transaction,
        catalogs: &Catalogs,
        before: Option<&InForce>,
        next: &InForce,
    ) -> Result<(), StoreError> {
        let held = match before {
            None => holdings_of_rows(tx, &self.player)?,
            Some(before) => {
                self.load_all(tx)?;
                let rules = before.catalog.rules();
                let whole = "every cell was loaded";
                if self.base.is_none() {
                    self.base = Some(Holdings::of(rules, &self.state).expect(whole));
                }
                self.let_time_pass_under(tx, &before.catalog, next.since)?;
                Holdings::of(rules, &self.state).expect(whole)
            }
        };
        self.base.get_or_insert_with(|| held.clone());
        let rules = next.catalog.rules();
        let held = held.renamed(rules);
        let end = self.end().max(Some(next.since));
        let cause = format!("catalog:{}", next.version);
        let origin = Origin {
            because: Because::Publish,
            cause: &cause,
            recorded_at: self.now,
        };
        let seal = match before {
            Some(_) if self.account.rare.sealed.is_none() => None,
            _ => Seal::of(tx, &self.player)?,
        };
        let mut entries = self.ledger_after(tx, None)?;
        if before.is_none() {
            self.account.entries = entries
                .iter()
                .map(|entry| entry.seq)
                .max()
                .unwrap_or_default();
            self.account.rare.sealed = seal.as_ref().map(|seal| seal.before);
        }
        entries.extend(self.move_renamed(rules, &entries, origin));
        let (mut state, after, carried) = match seal {
            None => (State::empty(), None, None),
            Some(mut seal) => {
                let carried = seal.pass(&self.player, &*catalogs.at(tx, seal.version)?, next);
                seal.put(tx, &self.player)?;
                let end = seal.end();
                (seal.state, Some(end), Some(carried))
            }
        };
        // What was moved in a sealed past stays, as long as there is a currency for it.
        let is_known = |entry: &LedgerRow| rules.currency(&entry.currency).is_some();
        entries.retain(|entry| after.is_none_or(|after| entry.at > after) || !is_known(entry));
        let history = self.history(tx, after, &[])?;
        self.forget_checkpoints_from(Timestamp::FIRST);
        let steps = self.fold_anew(&next.catalog, &mut state, history, end, &BTreeSet::new());
        let mut steps: Vec<_> = carried.into_iter().chain(steps).collect();

        self.state = state;
        let has = Holdings::of(rules, &self.state).expect("it was folded from the beginning");
        if let Some(keep) = kept(next, &self.player, &held, &has, self.end()) {
            let step = self.fold_in(tx, &next.catalog, &keep, false)?;
            steps.push((keep.clone(), step));
            self.note_row(Entry::made(keep), Vec::new(), Vec::new(), None);
        }
        let has = Holdings::of(rules, &self.state).expect("it was folded from the beginning");
        let refolded = Refolded {
            steps,
            before: entries,
        };
        let outcomes = self.emit(&next.catalog, &held.to(&has), &refolded, origin);
        self.loose.extend(outcomes);
        self.account.version = next.version;
        Ok(())
    }

    /// Moves what the ledger holds under currencies that have another id now. The feed does not tell of it: the balances
    /// are what they were.
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

/// The act that keeps what a new catalog no longer earns; `None` where there is no such thing, or it is taken back.
/// `held` goes by the ids of the new catalog: see [`Holdings::renamed`].
pub(crate) fn kept(
    next: &InForce,
    player: &str,
    held: &Holdings,
    has: &Holdings,
    end: Option<Timestamp>,
) -> Option<Event> {
    if next.take_back {
        return None;
    }
    let rules = next.catalog.rules();
    let awards: Vec<_> = held
        .awards
        .iter()
        .filter(|(name, award)| {
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

/// Whether awards of a badge stay when nothing earns them any more. Temporary ones come and go.
fn may_keep_badge(rules: &Rules, badge: &str) -> bool {
    rules
        .badge(badge)
        .is_some_and(|index| !rules.badges[index].temporary)
}

/// Whether an unlockable stays open when nothing opens it any more.
fn may_keep_open(rules: &Rules, unlockable: &str) -> bool {
    rules
        .unlockable(unlockable)
        .is_some_and(|index| !rules.unlockables[index].relock)
}
