//! What the feed has told of a player (S20), and what it must still tell so that its net is what the player has.

use std::collections::BTreeMap;

use accolade_core::catalog::rules::Rules;
use accolade_core::fold::{AwardName, Holdings};
use serde_json::json;

use super::rows::Origin;
use crate::store::{OutcomeRow, Read, StoreError};

/// A kind of thing, as in [`crate::store::FeedNet`], and the id of its definition.
pub(crate) type Subject = (String, String);

/// What the feed has told.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// What all outcomes come to, those included that are no longer kept.
    pub(crate) nets: BTreeMap<Subject, i128>,
    /// Numbers of outcomes that say nothing that can be read.
    pub(crate) unreadable: Vec<i64>,
    /// Whether the numbers grow with every outcome.
    pub(crate) in_order: bool,
    /// What the outcomes that are kept come to for each award.
    awards: BTreeMap<AwardName, i64>,
}

impl Told {
    /// Reads the feed of a player. Definitions go by the ids that they have now (S15).
    pub(crate) fn read<R: Read + ?Sized>(
        store: &mut R,
        rules: &Rules,
        player: &str,
    ) -> Result<Self, StoreError> {
        let current = |kind: &str, subject: &str| match kind {
            "points" => rules.current_currency(subject).to_owned(),
            "badge" => rules.current_badge(subject).to_owned(),
            _ => rules.current_unlockable(subject).to_owned(),
        };
        let mut told = Self::default();
        for net in store.feed_net(player)? {
            let subject = current(&net.kind, &net.subject);
            *told.nets.entry((net.kind, subject)).or_default() += i128::from(net.net);
        }
        let outcomes = store.recent_outcomes(player, usize::MAX >> 1)?;
        told.in_order = outcomes.is_sorted_by(|(later, _), (earlier, _)| later > earlier);
        for (seq, outcome) in outcomes {
            let Some((kind, amount)) = outcome.net() else {
                told.unreadable.push(seq);
                continue;
            };
            if kind == "badge" {
                *told
                    .awards
                    .entry(award_of(&outcome).renamed(rules))
                    .or_default() += amount;
            }
            *told
                .nets
                .entry((kind.to_owned(), current(kind, &outcome.subject)))
                .or_default() += i128::from(amount);
        }
        told.nets.retain(|_, net| *net != 0);
        Ok(told)
    }

    /// What the feed must come to.
    pub(crate) fn wanted(has: &Holdings) -> BTreeMap<Subject, i128> {
        let mut nets: BTreeMap<Subject, i128> = BTreeMap::new();
        let mut add = |kind: &str, subject: &String, net| {
            *nets.entry((kind.to_owned(), subject.clone())).or_default() += net;
        };
        for (currency, balance) in &has.balances {
            add("points", currency, i128::from(*balance));
        }
        for (name, _) in has.awards.iter().filter(|(_, award)| award.is_held()) {
            add("badge", &name.badge, 1);
        }
        for (unlockable, _) in has.unlocks.iter().filter(|(_, unlocked)| unlocked.open) {
            add("unlockable", unlockable, 1);
        }
        nets
    }

    /// The outcomes that set it right.
    pub(super) fn lacking(
        &self,
        player: &str,
        has: &Holdings,
        origin: Origin<'_>,
    ) -> Vec<OutcomeRow> {
        let wanted = Self::wanted(has);
        let subjects = wanted.keys().chain(
            self.nets
                .keys()
                .filter(|subject| !wanted.contains_key(subject)),
        );
        let net = |nets: &BTreeMap<Subject, i128>, subject| {
            nets.get(subject).copied().unwrap_or_default()
        };
        let mut outcomes = Vec::new();
        for subject in subjects {
            let due = net(&wanted, subject) - net(&self.nets, subject);
            outcomes.extend(self.outcomes(player, has, subject, due, origin));
        }
        outcomes
    }

    fn outcomes(
        &self,
        player: &str,
        has: &Holdings,
        (kind, subject): &Subject,
        due: i128,
        origin: Origin<'_>,
    ) -> Vec<OutcomeRow> {
        let row = |kind: &str, detail: serde_json::Value, at, event: &str| OutcomeRow {
            player: player.to_owned(),
            kind: kind.to_owned(),
            subject: subject.clone(),
            detail: detail.to_string(),
            at,
            event: event.to_owned(),
            because: origin.because,
            cause: (origin.cause != event).then(|| origin.cause.to_owned()),
            recorded_at: origin.recorded_at,
        };
        let (now, cause) = (origin.recorded_at, origin.cause);
        let times = usize::try_from(due.unsigned_abs()).unwrap_or(usize::MAX);
        match kind.as_str() {
            "points" => amounts(due)
                .map(|amount| {
                    row(
                        "points",
                        json!({ "amount": amount, "kind": "repair", "rule": "" }),
                        now,
                        cause,
                    )
                })
                .collect(),
            "badge" => {
                let told = if due > 0 {
                    "badge.awarded"
                } else {
                    "badge.revoked"
                };
                let names = self
                    .names(has, subject, due > 0)
                    .chain(std::iter::repeat(AwardName {
                        badge: subject.clone(),
                        tier: String::new(),
                        key: String::new(),
                    }));
                let outcome = |name: AwardName| {
                    let detail = json!({ "tier": name.tier, "key": name.key });
                    let award = has.awards.get(&name).filter(|award| award.is_held());
                    let (at, event) = award.map_or((now, cause), |award| (award.at, &award.event));
                    row(told, detail, at, event)
                };
                names.take(times).map(outcome).collect()
            }
            _ => {
                let told = if due > 0 {
                    "unlockable.opened"
                } else {
                    "unlockable.shut"
                };
                let place = has
                    .unlocks
                    .get(subject)
                    .map(|unlocked| (unlocked.at, unlocked.event.as_str()));
                let (at, event) = place.unwrap_or((now, cause));
                (0..times)
                    .map(|_| row(told, json!({}), at, event))
                    .collect()
            }
        }
    }

    /// The awards of a badge that were not told of as they are: held and not told, or told and not held.
    fn names(&self, has: &Holdings, badge: &str, held: bool) -> std::vec::IntoIter<AwardName> {
        let told = |name: &AwardName| self.awards.get(name).copied().unwrap_or_default();
        let is_held = |name: &AwardName| has.awards.get(name).is_some_and(|award| award.is_held());
        let names: Vec<AwardName> = match held {
            true => has
                .awards
                .keys()
                .filter(|name| is_held(name) && told(name) <= 0)
                .cloned()
                .collect(),
            false => self
                .awards
                .keys()
                .filter(|name| !is_held(name) && told(name) > 0)
                .cloned()
                .collect(),
        };
        names
            .into_iter()
            .filter(|name| name.badge == badge)
            .collect::<Vec<_>>()
            .into_iter()
    }
}

/// A sum as amounts that each fit into an outcome.
fn amounts(due: i128) -> impl Iterator<Item = i64> {
    let mut rest = due;
    std::iter::from_fn(move || {
        let amount = i64::try_from(rest).unwrap_or(if rest > 0 { i64::MAX } else { -i64::MAX });
        rest -= i128::from(amount);
        (amount != 0).then_some(amount)
    })
}

fn award_of(outcome: &OutcomeRow) -> AwardName {
    let detail: serde_json::Value = serde_json::from_str(&outcome.detail).unwrap_or_default();
    let text = |name: &str| detail[name].as_str().unwrap_or_default().to_owned();
    AwardName {
        badge: outcome.subject.clone(),
        tier: text("tier"),
        key: text("key"),
    }
}
