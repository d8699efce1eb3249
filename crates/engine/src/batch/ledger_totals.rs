//! Ledger totals by entry identity (S5), as stored and as expected.

use std::collections::BTreeMap;

use accolade_core::catalog::rules::RuleSet;
use accolade_core::event::Event;
use accolade_core::fold::{AwardName, StepReport};
use accolade_core::time::Timestamp;

use super::rows::{self, EntryDraft, EntryIdentity};
use crate::store::{LedgerKind, LedgerRow};

/// Ledger totals by entry identity. All entries of one award have the same identity, whatever their
/// time, because an award may move in time.
#[derive(Debug, Default)]
pub(crate) struct LedgerTotals(BTreeMap<EntryIdentity, EntryTotal>);

#[derive(Debug, Clone)]
struct EntryTotal {
    amount: i128,
    /// Instant and event of the latest amount.
    at: Timestamp,
    event: String,
    reason: Option<String>,
}

/// An entry identity whose totals differ.
pub(crate) struct LedgerMismatch {
    /// Description of the identity: `e1 commented xp`, `award helper:gold@7 xp`.
    pub(crate) description: String,
    pub(crate) currency: String,
    /// Total of the stored entries, if there are any.
    pub(crate) stored: Option<i128>,
    /// Total expected by the fold, if any.
    pub(crate) folded: Option<i128>,
}

impl LedgerTotals {
    /// Sums up stored entries. Rules are identified by their current ids, currencies by the ids in
    /// the entries.
    pub(crate) fn from_entries<'e>(
        rules: &RuleSet,
        entries: impl IntoIterator<Item = &'e LedgerRow>,
    ) -> Self {
        let mut sums = Self::default();
        for entry in entries {
            // A renamed currency is moved by entries of its own, so both its old and its new id
            // must keep their totals.
            let identity = EntryIdentity {
                currency: entry.currency.clone(),
                ..EntryIdentity::from_row(entry).with_current_ids(rules)
            };
            sums.add_amount(identity, entry.amount, entry.reason.clone());
        }
        sums
    }

    /// Adds the movements of a step.
    pub(crate) fn add_step(&mut self, rules: &RuleSet, event: &Event, step: &StepReport) {
        for EntryDraft {
            identity,
            amount,
            reason,
        } in rows::draft_step_entries(rules, event, step)
        {
            self.add_amount(identity, amount, reason);
        }
    }

    fn add_amount(&mut self, mut identity: EntryIdentity, amount: i64, reason: Option<String>) {
        let (at, event) = (identity.at, identity.event.clone());
        if identity.kind == LedgerKind::Award {
            identity.at = Timestamp::default();
            identity.event.clear();
        }
        let sum = self.0.entry(identity).or_insert(EntryTotal {
            amount: 0,
            at,
            event: String::new(),
            reason: None,
        });
        sum.amount += i128::from(amount);
        (sum.at, sum.event, sum.reason) = (at, event, reason);
    }

    /// Sums up the totals of each currency.
    pub(crate) fn total_by_currency(&self) -> BTreeMap<String, i128> {
        let mut sums: BTreeMap<String, i128> = BTreeMap::new();
        for (identity, sum) in &self.0 {
            *sums.entry(identity.currency.clone()).or_default() += sum.amount;
        }
        sums
    }

    /// Lists the identities whose totals differ from those of the fold.
    pub(crate) fn find_mismatches(&self, folded: &Self) -> Vec<LedgerMismatch> {
        let amount = |sums: &Self, identity| {
            sums.0
                .get(identity)
                .map(|sum| sum.amount)
                .filter(|amount| *amount != 0)
        };
        let mut unequal = Vec::new();
        for identity in self.list_identities(folded) {
            let (stored, folded) = (amount(self, identity), amount(folded, identity));
            if stored != folded {
                unequal.push(LedgerMismatch {
                    description: describe_identity(identity),
                    currency: identity.currency.clone(),
                    stored,
                    folded,
                });
            }
        }
        unequal
    }

    /// Drafts the entries that make these totals equal to those of the fold.
    pub(super) fn draft_missing(&self, folded: &Self) -> Vec<EntryDraft> {
        let mut drafts = Vec::new();
        for identity in self.list_identities(folded) {
            let (stored, wanted) = (self.0.get(identity), folded.0.get(identity));
            let Some(EntryTotal {
                at, event, reason, ..
            }) = wanted.or(stored).cloned()
            else {
                continue;
            };
            let amount = |sum: Option<&EntryTotal>| sum.map_or(0, |sum| sum.amount);
            let due = amount(wanted) - amount(stored);
            drafts.extend(EntryDraft::split_amount(
                EntryIdentity {
                    at,
                    event,
                    ..identity.clone()
                },
                due,
                reason,
            ));
        }
        drafts
    }

    fn list_identities<'s>(&'s self, other: &'s Self) -> impl Iterator<Item = &'s EntryIdentity> {
        let others = other
            .0
            .keys()
            .filter(|identity| !self.0.contains_key(identity));
        let mut all: Vec<&EntryIdentity> = self.0.keys().chain(others).collect();
        all.sort_unstable();
        all.into_iter()
    }
}

fn describe_identity(identity: &EntryIdentity) -> String {
    let EntryIdentity {
        event,
        kind,
        rule,
        tier,
        key,
        currency,
        ..
    } = identity;
    match kind {
        LedgerKind::Award => {
            let award = AwardName {
                badge: rule.clone(),
                tier: tier.clone(),
                key: key.clone(),
            };
            format!("award {award} {currency}")
        }
        LedgerKind::Earning => format!("{event} {rule} {currency}"),
        LedgerKind::Action | LedgerKind::Expiry => format!("{event} {} {currency}", kind.as_str()),
    }
}
