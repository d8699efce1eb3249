//! Comparison of ledger and feed, which are append-only: their totals must equal the result of the
//! fold.

use std::collections::BTreeMap;

use accolade_core::catalog::rules::Rules;

use super::difference::{Findings, show};
use super::fold::Folded;
use crate::batch::sums::{Sums, Unequal};
use crate::batch::told::Told;
use crate::store::{LedgerRow, Read, StoreError};

/// Compares the ledger. `is_currency` tells whether any version of the catalog has ever defined a
/// currency.
pub(super) fn compare_ledger(
    rules: &Rules,
    entries: &[LedgerRow],
    folded: &Folded,
    is_currency: &mut dyn FnMut(&str) -> Result<bool, StoreError>,
    found: &mut Findings,
) -> Result<(), StoreError> {
    let sums = Sums::of_entries(rules, entries);
    let unequal = sums.unequal(&folded.sums);
    let agree = unequal.is_empty();
    for Unequal {
        name,
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
            true => found.note(what, show(stored), show(folded), explanation),
            false => {
                let explanation = "no catalog version has ever defined this currency, so the entry \
                                   cannot be offset";
                found.note_lasting(what, show(stored), show(folded), explanation);
            }
        }
    }
    // Otherwise the sums differ for the reasons already listed.
    if agree {
        let mut stored = Sums::of_entries(rules, entries).by_currency();
        stored.retain(|_, sum| *sum != 0);
        let balances: BTreeMap<String, i128> = folded
            .has
            .balances
            .iter()
            .map(|(currency, balance)| (currency.clone(), i128::from(*balance)))
            .collect();
        if stored != balances {
            let explanation = "the ledger does not add up to the balances";
            found.note_lasting(
                "ledger sum",
                show(Some(stored)),
                show(Some(balances)),
                explanation,
            );
        }
    }
    Ok(())
}

/// Compares the totals of the feed: points must equal balances, and awards given minus awards
/// revoked must equal the awards held.
pub(super) fn compare_feed<R: Read + ?Sized>(
    store: &mut R,
    rules: &Rules,
    player: &str,
    folded: &Folded,
    found: &mut Findings,
) -> Result<(), StoreError> {
    const UNREADABLE: &str = "an outcome is damaged, and outcomes are never modified";
    let Some(told) = found.read("feed", Told::read(store, rules, player), UNREADABLE, false)?
    else {
        return Ok(());
    };
    for seq in &told.unreadable {
        let (stored, folded) = ("unreadable".to_owned(), "a readable outcome".to_owned());
        found.note_lasting(format!("feed {seq}"), stored, folded, UNREADABLE);
    }
    if !told.in_order {
        let (stored, folded) = ("not ascending".to_owned(), "ascending".to_owned());
        found.note_lasting(
            "feed order",
            stored,
            folded,
            "the sequence numbers of the outcomes do not ascend",
        );
    }
    let wanted = Told::wanted(&folded.has);
    let subjects = wanted.keys().chain(
        told.nets
            .keys()
            .filter(|subject| !wanted.contains_key(subject)),
    );
    for subject in subjects {
        let (stored, folded) = (told.nets.get(subject), wanted.get(subject));
        if stored != folded {
            let explanation = "the outcomes do not add up to what the player holds";
            found.note(
                format!("feed {} {}", subject.0, subject.1),
                show(stored),
                show(folded),
                explanation,
            );
        }
    }
    Ok(())
}
