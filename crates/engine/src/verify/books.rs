//! Ledger and feed, which are only ever added to: what all of it comes to must be what the fold says.

use std::collections::BTreeMap;

use accolade_core::catalog::rules::Rules;

use super::difference::{Findings, show};
use super::fold::Folded;
use crate::batch::sums::{Sums, Unequal};
use crate::batch::told::Told;
use crate::store::{LedgerRow, Read, StoreError};

/// Compares the ledger. `is_currency` knows every currency
/// that there ever was.
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
            (Some(_), None) => "the ledger has points that no event moves",
            (None, _) => "the events move points that the ledger does not have",
            _ => "the entries do not sum to what the events move",
        };
        let what = format!("ledger {name}");
        match is_currency(&currency)? {
            true => found.note(what, show(stored), show(folded), explanation),
            false => {
                let explanation = "the entry is in a currency that there never was, so that nothing can outweigh it";
                found.note_lasting(what, show(stored), show(folded), explanation);
            }
        }
    }
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
            let explanation = "the ledger does not sum to the balances";
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

/// Compares the net of the feed: points sum to balances, and awards given less awards taken are those held.
pub(super) fn compare_feed<R: Read + ?Sized>(
    store: &mut R,
    rules: &Rules,
    player: &str,
    folded: &Folded,
    found: &mut Findings,
) -> Result<(), StoreError> {
    const UNREADABLE: &str =
        "an outcome does not read as it was written, and outcomes are never edited";
    let Some(told) = found.read("feed", Told::read(store, rules, player), UNREADABLE, false)?
    else {
        return Ok(());
    };
    for seq in &told.unreadable {
        let (stored, folded) = ("cannot be read".to_owned(), "an outcome".to_owned());
        found.note_lasting(format!("feed {seq}"), stored, folded, UNREADABLE);
    }
    if !told.in_order {
        let (stored, folded) = ("other numbers".to_owned(), "numbers that grow".to_owned());
        found.note_lasting(
            "feed order",
            stored,
            folded,
            "the numbers of outcomes do not grow",
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
            let explanation = "all outcomes together do not come to what the player has";
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
