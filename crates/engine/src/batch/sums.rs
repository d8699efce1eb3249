//! Ledger totals by entry identity (S5), as stored and as expected.

use std::collections::BTreeMap;

use accolade_core::catalog::rules::Rules;
use accolade_core::event::Event;
use accolade_core::fold::{AwardName, Step};
use accolade_core::time::Timestamp;

use super::rows::{self, Draft, Identity};
use crate::store::{LedgerKind, LedgerRow};

/// Ledger totals by entry identity. All entries of one award have the same identity, whatever their
/// time, because an award may move in time.
#[derive(Debug, Default)]
pub(crate) struct Sums(BTreeMap<Identity, Sum>);

#[derive(Debug, Clone)]
struct Sum {
    amount: i128,
    /// Instant and event of the latest amount.
    at: Timestamp,
    event: String,
    reason: Option<String>,
}

/// An entry identity whose totals differ.
pub(crate) struct Unequal {
    /// Description of the identity: `e1 commented xp`, `award helper:gold@7 xp`.
    pub(crate) name: String,
    pub(crate) currency: String,
    /// Total of the stored entries, if there are any.
    pub(crate) stored: Option<i128>,
    /// Total expected by the fold, if any.
    pub(crate) folded: Option<i128>,
}

impl Sums {
    /// Sums up stored entries. Rules are identified by their current ids, currencies by the ids in
    /// the entries.
    pub(crate) fn of_entries<'e>(
        rules: &Rules,
        entries: impl IntoIterator<Item = &'e LedgerRow>,
    ) -> Self {
        let mut sums = Self::default();
        for entry in entries {
            // A renamed currency is moved by entries of its own, so both its old and its new id
            // must keep their totals.
            let identity = Identity {
                currency: entry.currency.clone(),
                ..Identity::of(entry).renamed(rules)
            };
            sums.add(identity, entry.amount, entry.reason.clone());
        }
        sums
    }

    /// Adds the movements of a step.
    pub(crate) fn add_step(&mut self, rules: &Rules, event: &Event, step: &Step) {
        for Draft {
            identity,
            amount,
            reason,
        } in rows::drafts_of_step(rules, event, step)
        {
            self.add(identity, amount, reason);
        }
    }

    fn add(&mut self, mut identity: Identity, amount: i64, reason: Option<String>) {
        let (at, event) = (identity.at, identity.event.clone());
        if identity.kind == LedgerKind::Award {
            identity.at = Timestamp::default();
            identity.event.clear();
        }
        let sum = self.0.entry(identity).or_insert(Sum {
            amount: 0,
            at,
            event: String::new(),
            reason: None,
        });
        sum.amount += i128::from(amount);
        (sum.at, sum.event, sum.reason) = (at, event, reason);
    }

    /// Sums up the totals of each currency.
    pub(crate) fn by_currency(&self) -> BTreeMap<String, i128> {
        let mut sums: BTreeMap<String, i128> = BTreeMap::new();
        for (identity, sum) in &self.0 {
            *sums.entry(identity.currency.clone()).or_default() += sum.amount;
        }
        sums
    }

    /// Lists the identities whose totals differ from those of the fold.
    pub(crate) fn unequal(&self, folded: &Self) -> Vec<Unequal> {
        let amount = |sums: &Self, identity| {
            sums.0
                .get(identity)
                .map(|sum| sum.amount)
                .filter(|amount| *amount != 0)
        };
        let mut unequal = Vec::new();
        for identity in self.identities(folded) {
            let (stored, folded) = (amount(self, identity), amount(folded, identity));
            if stored != folded {
                unequal.push(Unequal {
                    name: name(identity),
                    currency: identity.currency.clone(),
                    stored,
                    folded,
                });
            }
        }
        unequal
    }

    /// Drafts the entries that make these totals equal to those of the fold.
    pub(super) fn lacking(&self, folded: &Self) -> Vec<Draft> {
        let mut drafts = Vec::new();
        for identity in self.identities(folded) {
            let (stored, wanted) = (self.0.get(identity), folded.0.get(identity));
            let Some(Sum {
                at, event, reason, ..
            }) = wanted.or(stored).cloned()
            else {
                continue;
            };
            let amount = |sum: Option<&Sum>| sum.map_or(0, |sum| sum.amount);
            let due = amount(wanted) - amount(stored);
            drafts.extend(Draft::all(
                Identity {
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

    fn identities<'s>(&'s self, other: &'s Self) -> impl Iterator<Item = &'s Identity> {
        let others = other
            .0
            .keys()
            .filter(|identity| !self.0.contains_key(identity));
        let mut all: Vec<&Identity> = self.0.keys().chain(others).collect();
        all.sort_unstable();
        all.into_iter()
    }
}

fn name(identity: &Identity) -> String {
    let Identity {
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
        LedgerKind::Action | LedgerKind::Expiry => format!("{event} {} {currency}", kind.word()),
    }
}
