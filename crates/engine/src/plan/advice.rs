//! How to let stand what people have, where a changed rule would rewrite it.

use std::collections::{BTreeMap, BTreeSet};

use accolade_core::catalog::Catalog;
use accolade_core::time::Timestamp;
use serde::Serialize;

use super::changes::{ChangeKind, PlayerChange};
use super::totals::{Rewritten, Tally};

/// A suggestion about a definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Advice {
    /// Which: ``the earning `commented` ``.
    pub definition: String,
    /// Players whom it concerns.
    pub players: u64,
    /// What would happen, and how to avoid it.
    pub text: String,
}

/// How a definition differs between two catalogs.
#[derive(Clone, Copy)]
enum Difference {
    New,
    Changed,
    Gone,
}

/// Where rules differ so that the past is rewritten.
pub(super) fn advice(
    in_force: &Catalog,
    given: &Catalog,
    tally: &Tally,
    changes: &[PlayerChange],
    now: Timestamp,
) -> Vec<Advice> {
    let sides = [in_force, given].map(contents);
    let difference = |definition: &str| match (sides[0].get(definition), sides[1].get(definition)) {
        (None, Some(_)) => Some(Difference::New),
        (Some(_), None) => Some(Difference::Gone),
        (Some(before), Some(after)) if before != after => Some(Difference::Changed),
        _ => None,
    };
    let mut advice = Vec::new();
    for ((earning, currency), rewritten) in &tally.earnings {
        let definition = format!("the earning `{earning}`");
        if let Some(difference) = difference(&definition) {
            advice.push(on_earning(
                definition, difference, currency, *rewritten, now,
            ));
        }
    }
    for (badge, (awards, players)) in gained(changes) {
        let definition = format!("the badge `{badge}`");
        if let Some(difference) = difference(&definition) {
            advice.push(on_badge(
                definition,
                difference,
                awards,
                players.len() as u64,
                now,
            ));
        }
    }
    advice
}

fn contents(catalog: &Catalog) -> BTreeMap<&str, &str> {
    catalog
        .canonical_parts()
        .iter()
        .map(|part| (part.name.as_str(), part.content.as_str()))
        .collect()
}

/// By badge: awards gained, and by whom.
fn gained(changes: &[PlayerChange]) -> BTreeMap<&str, (u64, BTreeSet<&str>)> {
    let mut gained: BTreeMap<&str, (u64, BTreeSet<&str>)> = BTreeMap::new();
    for change in changes
        .iter()
        .filter(|change| change.kind == ChangeKind::AwardGained)
    {
        let (awards, players) = gained.entry(&change.subject).or_default();
        *awards += 1;
        players.insert(&change.player);
    }
    gained
}

fn on_earning(
    definition: String,
    difference: Difference,
    currency: &str,
    rewritten: Rewritten,
    now: Timestamp,
) -> Advice {
    let Rewritten {
        players,
        before,
        after,
    } = rewritten;
    let what = format!(
        "what {} did already is worth {after} {currency} instead of {before}",
        people(players)
    );
    let text = match difference {
        Difference::New => {
            format!(
                "{definition} is new, and {what}; to count only what happens from now on, give it `since = {now}`"
            )
        }
        Difference::Changed => format!(
            "{definition} differs, and {what}; to let that stand, leave it as it is with `until = {now}`, \
             and write what is new as an earning with an id of its own and `since = {now}`"
        ),
        Difference::Gone => {
            format!(
                "{definition} is gone, and {what}; to let that stand, keep it with `until = {now}`"
            )
        }
    };
    Advice {
        definition,
        players,
        text,
    }
}

fn on_badge(
    definition: String,
    difference: Difference,
    awards: u64,
    players: u64,
    now: Timestamp,
) -> Advice {
    let is = if matches!(difference, Difference::New) {
        "is new"
    } else {
        "differs"
    };
    let awards = if awards == 1 {
        "one award".to_owned()
    } else {
        format!("{awards} awards")
    };
    let text = format!(
        "{definition} {is}, and {} gain{} {awards} for what happened already; \
         to count only what happens from now on, give it `since = {now}`",
        people(players),
        if players == 1 { "s" } else { "" },
    );
    Advice {
        definition,
        players,
        text,
    }
}

fn people(players: u64) -> String {
    if players == 1 {
        "one player".to_owned()
    } else {
        format!("{players} players")
    }
}
