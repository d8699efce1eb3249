//! What the entries of a ledger come to, by identity (S5), and what they must come to.

use std::collections::BTreeMap;

use accolade_core::catalog::rules::Rules;
use accolade_core::event::Event;
use accolade_core::fold::{AwardName, Step};
use accolade_core::time::Timestamp;

use super::rows::{self, Draft, Identity};
use crate::store::{LedgerKind, LedgerRow};

/// Sums of amounts by identity. Those of an award belong together wherever it lies in time, because it may move.
#[derive(Debug, Default)]
pub(crate) struct Sums(BTreeMap<Identity, Sum>);

#[derive(Debug, Clone)]
struct Sum {
    amount: i128,
    /// The instant and the event of the latest amount.
    at: Timestamp,
    event: String,
    reason: Option<String>,
}

/// An identity whose sums differ.
pub(crate) struct Unequal {
    /// What it is about: `e1 commented xp`, `award helper:gold@7 xp`.
    pub(crate) name: String,
    pub(crate) currency: String,
    /// What the entries come to, if there are any.
    pub(crate) stored: Option<i128>,
    /// What they must come to.
    pub(crate) folded: Option<i128>,
}

impl Sums {
    /// What entries come to: rules go by the ids that they have now, currencies by those of the entries.
    pub(crate) fn of_entries<'e>(
        rules: &Rules,
        entries: impl IntoIterator<Item = &'e LedgerRow>,
    ) -> Self {
        let mut sums = Self::default();
        for entry in entries {
            let identity = Identity {
                currency: entry.currency.clone(),
                ..Identity::of(entry).renamed(rules)
            };
            sums.add(identity, entry.amount, entry.reason.clone());
        }
        sums
    }

    /// Adds what a step moves.
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

    /// What all entries of each currency come to.
    pub(crate) fn by_currency(&self) -> BTreeMap<String, i128> {
        let mut sums: BTreeMap<String, i128> = BTreeMap::new();
        for (identity, sum) in &self.0 {
            *sums.entry(identity.currency.clone()).or_default() += sum.amount;
        }
        sums
    }

    /// Where these sums are not the others.
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

    /// What must be added to these sums so that they are the others.
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
        LedgerKind::Act | LedgerKind::Expiry => format!("{event} {} {currency}", kind.word()),
    }
}
