//! Comparison of ledger and feed, which are append-only: their totals must equal the result of the
//! fold.

use std::collections::BTreeMap;

use accolade_core::catalog::rules::RuleSet;

use super::difference::{PlayerDifferences, format_value};
use super::expected_state::ExpectedState;
use crate::batch::feed_reconciliation::FeedReconciliation;
use crate::batch::ledger_totals::{LedgerMismatch, LedgerTotals};
use crate::store::{LedgerRow, ReadStore, StoreError};

/// Compares the ledger. `is_currency` tells whether any version of the catalog has ever defined a
/// currency.
pub(super) fn compare_ledger(
    rules: &RuleSet,
    entries: &[LedgerRow],
    folded: &ExpectedState,
    is_currency: &mut dyn FnMut(&str) -> Result<bool, StoreError>,
    found: &mut PlayerDifferences,
) -> Result<(), StoreError> {
    let sums = LedgerTotals::from_entries(rules, entries);
    let unequal = sums.find_mismatches(&folded.ledger);
    let agree = unequal.is_empty();
    for LedgerMismatch {
        description: name,
        currency,
        stored,
        folded,
    } in unequal
    {
        let explanation = match (stored, folded) {
            (Some(_), None) => "the ledger has points that no event accounts for",
            (None, _) => "the events move points that are missing from the ledger",
            _ => "the entries do not add up to the points that the events move",
        };
        let what = format!("ledger {name}");
        // Points in a removed currency are valid history and can be offset. A currency that never
        // existed belongs to no rule, so nothing can be recorded in it.
        match is_currency(&currency)? {
            true => found.record(
                what,
                format_value(stored),
                format_value(folded),
                explanation,
            ),
            false => {
                let explanation = "no catalog version has ever defined this currency, so the entry \
                                   cannot be offset";
                found.record_unrepairable(
                    what,
                    format_value(stored),
                    format_value(folded),
                    explanation,
                );
            }
        }
    }
    // Otherwise the sums differ for the reasons already listed.
    if agree {
        let mut stored = LedgerTotals::from_entries(rules, entries).total_by_currency();
        stored.retain(|_, sum| *sum != 0);
        let balances: BTreeMap<String, i128> = folded
            .holdings
            .balances
            .iter()
            .map(|(currency, balance)| (currency.clone(), i128::from(*balance)))
            .collect();
        if stored != balances {
            let explanation = "the ledger does not add up to the balances";
            found.record_unrepairable(
                "ledger sum",
                format_value(Some(stored)),
                format_value(Some(balances)),
                explanation,
            );
        }
    }
    Ok(())
}

/// Compares the totals of the feed: points must equal balances, and awards given minus awards
/// revoked must equal the awards held.
pub(super) fn compare_feed<R: ReadStore + ?Sized>(
    store: &mut R,
    rules: &RuleSet,
    player: &str,
    folded: &ExpectedState,
    found: &mut PlayerDifferences,
) -> Result<(), StoreError> {
    const UNREADABLE: &str = "an outcome is damaged, and outcomes are never modified";
    let Some(feed) = found.record_damage(
        "feed",
        FeedReconciliation::load(store, rules, player),
        UNREADABLE,
        false,
    )?
    else {
        return Ok(());
    };
    for seq in &feed.unreadable {
        let (stored, folded) = ("unreadable".to_owned(), "a readable outcome".to_owned());
        found.record_unrepairable(format!("feed {seq}"), stored, folded, UNREADABLE);
    }
    if !feed.in_order {
        let (stored, folded) = ("not ascending".to_owned(), "ascending".to_owned());
        found.record_unrepairable(
            "feed order",
            stored,
            folded,
            "the sequence numbers of the outcomes do not ascend",
        );
    }
    let wanted = FeedReconciliation::expected(&folded.holdings);
    let subjects = wanted.keys().chain(
        feed.totals
            .keys()
            .filter(|subject| !wanted.contains_key(subject)),
    );
    for subject in subjects {
        let (stored, folded) = (feed.totals.get(subject), wanted.get(subject));
        if stored != folded {
            let explanation = "the outcomes do not add up to what the player holds";
            found.record(
                format!("feed {} {}", subject.0, subject.1),
                format_value(stored),
                format_value(folded),
                explanation,
            );
        }
    }
    Ok(())
}
