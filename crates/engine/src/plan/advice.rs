//! Advice on changed rules that would apply retroactively.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use accolade_core::catalog::Catalog;
use accolade_core::expr::suggest_guard;
use accolade_core::time::Timestamp;
use serde::Serialize;

use super::changes::{ChangeKind, PlayerChange};
use super::totals::{PlanTotals, RewrittenPoints};
use crate::backfill::FailureTotal;

/// A suggestion about a changed rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Advice {
    /// The rule, such as ``the earning `commented` ``.
    pub rule: String,
    /// Number of players affected.
    pub players: u64,
    /// The effect of the change, and how to avoid it.
    pub text: String,
}

/// Difference of a rule between two catalogs.
#[derive(Clone, Copy)]
enum RuleDifference {
    New,
    Changed,
    Gone,
}

/// Builds advice for each rule whose change alters past results.
pub(super) fn build_advice(
    published: &Catalog,
    given: &Catalog,
    totals: &PlanTotals,
    changes: &[PlayerChange],
    now: Timestamp,
) -> Vec<Advice> {
    let sides = [published, given].map(map_rule_contents);
    let difference = |definition: &str| match (sides[0].get(definition), sides[1].get(definition)) {
        (None, Some(_)) => Some(RuleDifference::New),
        (Some(_), None) => Some(RuleDifference::Gone),
        (Some(before), Some(after)) if before != after => Some(RuleDifference::Changed),
        _ => None,
    };
    let mut advice = Vec::new();
    for ((earning, currency), rewritten) in &totals.earnings {
        let definition = format!("the earning `{earning}`");
        // Only a rule that changed itself can follow the advice.
        if let Some(difference) = difference(&definition) {
            advice.push(advise_on_earning(
                definition, difference, currency, *rewritten, now,
            ));
        }
    }
    for (badge, (awards, players)) in count_gained_awards(changes) {
        let definition = format!("the badge `{badge}`");
        if let Some(difference) = difference(&definition) {
            advice.push(advise_on_badge(
                definition,
                difference,
                awards,
                players.len() as u64,
                now,
            ));
        }
    }
    for (rule, (players, failed)) in &totals.failures {
        let (kind, id) = given.rules().kind_and_id(*rule);
        let definition = format!("the {kind} `{id}`");
        // A rule that did not change fails today, too, which is reported elsewhere.
        if difference(&definition).is_some() {
            advice.push(advise_on_failures(definition, *players, failed));
        }
    }
    advice
}

/// Maps rule names to their canonical contents.
fn map_rule_contents(catalog: &Catalog) -> BTreeMap<&str, &str> {
    catalog
        .canonical_parts()
        .iter()
        .map(|part| (part.name.as_str(), part.content.as_str()))
        .collect()
}

/// Counts gained awards and their players, by badge.
fn count_gained_awards(changes: &[PlayerChange]) -> BTreeMap<&str, (u64, BTreeSet<&str>)> {
    let mut gained: BTreeMap<&str, (u64, BTreeSet<&str>)> = BTreeMap::new();
    for change in changes
        .iter()
        .filter(|change| change.kind == ChangeKind::AwardGained)
    {
        // A player can gain several awards of one badge: tiers, or keys.
        let (awards, players) = gained.entry(&change.subject).or_default();
        *awards += 1;
        players.insert(&change.player);
    }
    gained
}

fn advise_on_earning(
    definition: String,
    difference: RuleDifference,
    currency: &str,
    rewritten: RewrittenPoints,
    now: Timestamp,
) -> Advice {
    let RewrittenPoints {
        players,
        before,
        after,
    } = rewritten;
    let what = format!(
        "past events of {} are worth {after} {currency} instead of {before}",
        count_players(players)
    );
    let text = match difference {
        RuleDifference::New => {
            format!(
                "{definition} is new: {what}; to pay only for events from now on, \
                 add `since = {now}`"
            )
        }
        RuleDifference::Changed => format!(
            "{definition} changed: {what}; to keep these points, leave it as it was and add \
             `until = {now}`, and put the change into a new earning with `since = {now}`"
        ),
        RuleDifference::Gone => {
            format!(
                "{definition} was removed: {what}; to keep these points, leave it in and add \
                 `until = {now}`"
            )
        }
    };
    Advice {
        rule: definition,
        players,
        text,
    }
}

fn advise_on_badge(
    definition: String,
    difference: RuleDifference,
    awards: u64,
    players: u64,
    now: Timestamp,
) -> Advice {
    let is = if matches!(difference, RuleDifference::New) {
        "is new"
    } else {
        "changed"
    };
    let awards = if awards == 1 {
        "1 award".to_owned()
    } else {
        format!("{awards} awards")
    };
    let text = format!(
        "{definition} {is}: {} gain{} {awards} for past events; \
         to count only events from now on, add `since = {now}`",
        count_players(players),
        if players == 1 { "s" } else { "" },
    );
    Advice {
        rule: definition,
        players,
        text,
    }
}

fn advise_on_failures(definition: String, players: u64, failed: &FailureTotal) -> Advice {
    let FailureTotal { count, message } = failed;
    let events = if *count == 1 {
        "1 past event".to_owned()
    } else {
        format!("{count} past events")
    };
    let whose = count_players(players);
    let mut text = format!(
        "{definition} cannot be evaluated for {events} of {whose} and does not apply to them: \
         {message}"
    );
    if let Some(hint) = suggest_guard(message) {
        let _ = write!(text, "; {hint}");
    }
    Advice {
        rule: definition,
        players,
        text,
    }
}

fn count_players(players: u64) -> String {
    if players == 1 {
        "1 player".to_owned()
    } else {
        format!("{players} players")
    }
}
