//! Reconciliation of the feed with the holdings of a player: published totals, expected totals, and
//! missing outcomes (S20).

use std::collections::BTreeMap;

use accolade_core::catalog::rules::RuleSet;
use accolade_core::fold::{AwardName, Holdings};
use serde_json::json;

use super::rows::CommitOrigin;
use crate::store::{OutcomeKind, OutcomeRow, ReadStore, StoreError};

/// Kind and rule id of a feed total, as in [`crate::store::FeedTotal`].
pub(crate) type FeedSubject = (String, String);

/// Totals of the outcomes that were published for a player.
#[derive(Debug, Default)]
pub(crate) struct FeedReconciliation {
    /// Totals of all outcomes, including those that were pruned.
    pub(crate) totals: BTreeMap<FeedSubject, i128>,
    /// Sequence numbers of outcomes with an unreadable `detail`.
    pub(crate) unreadable: Vec<i64>,
    /// True if sequence numbers ascend.
    pub(crate) in_order: bool,
    /// Totals of the outcomes that were not pruned, by award.
    award_totals: BTreeMap<AwardName, i64>,
}

impl FeedReconciliation {
    /// Loads the totals of a player, under the current ids of the rules (S15).
    pub(crate) fn load<R: ReadStore + ?Sized>(
        store: &mut R,
        rules: &RuleSet,
        player: &str,
    ) -> Result<Self, StoreError> {
        let current = |kind: &str, subject: &str| match kind {
            "points" => rules.current_currency(subject).to_owned(),
            "badge" => rules.current_badge(subject).to_owned(),
            _ => rules.current_unlockable(subject).to_owned(),
        };
        let mut feed = Self::default();
        // Pruning adds the outcomes it deletes to these totals.
        for net in store.load_feed_totals(player)? {
            let subject = current(&net.kind, &net.subject);
            *feed.totals.entry((net.kind, subject)).or_default() += i128::from(net.total);
        }
        // Half of the maximum still fits into the signed limit of a database.
        let outcomes = store.list_recent_outcomes(player, usize::MAX >> 1)?;
        feed.in_order = outcomes.is_sorted_by(|(later, _), (earlier, _)| later > earlier);
        for (seq, outcome) in outcomes {
            let Some((kind, amount)) = outcome.feed_amount() else {
                feed.unreadable.push(seq);
                continue;
            };
            if kind == "badge" {
                let Some(name) = parse_award_name(&outcome) else {
                    feed.unreadable.push(seq);
                    continue;
                };
                *feed
                    .award_totals
                    .entry(name.with_current_badge(rules))
                    .or_default() += amount;
            }
            *feed
                .totals
                .entry((kind.to_owned(), current(kind, &outcome.subject)))
                .or_default() += i128::from(amount);
        }
        feed.totals.retain(|_, net| *net != 0);
        Ok(feed)
    }

    /// Computes the totals that the holdings of a player require.
    pub(crate) fn expected(has: &Holdings) -> BTreeMap<FeedSubject, i128> {
        let mut nets: BTreeMap<FeedSubject, i128> = BTreeMap::new();
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

    /// Builds the outcomes that make the published totals equal to the expected ones.
    pub(super) fn missing_outcomes(
        &self,
        player: &str,
        has: &Holdings,
        origin: CommitOrigin<'_>,
    ) -> Vec<OutcomeRow> {
        let wanted = Self::expected(has);
        let subjects = wanted.keys().chain(
            self.totals
                .keys()
                .filter(|subject| !wanted.contains_key(subject)),
        );
        let net = |nets: &BTreeMap<FeedSubject, i128>, subject| {
            nets.get(subject).copied().unwrap_or_default()
        };
        let mut outcomes = Vec::new();
        for subject in subjects {
            let due = net(&wanted, subject) - net(&self.totals, subject);
            outcomes.extend(self.build_outcomes(player, has, subject, due, origin));
        }
        outcomes
    }

    /// Builds the outcomes that change one total by `due`.
    fn build_outcomes(
        &self,
        player: &str,
        has: &Holdings,
        (kind, subject): &FeedSubject,
        due: i128,
        origin: CommitOrigin<'_>,
    ) -> Vec<OutcomeRow> {
        let row = |kind: OutcomeKind, detail: serde_json::Value, at, event: &str| OutcomeRow {
            player: player.to_owned(),
            kind,
            subject: subject.clone(),
            detail: detail.to_string(),
            at,
            event: event.to_owned(),
            trigger: origin.trigger,
            caused_by: (origin.caused_by != event).then(|| origin.caused_by.to_owned()),
            recorded_at: origin.recorded_at,
        };
        let (now, cause) = (origin.recorded_at, origin.caused_by);
        let times = usize::try_from(due.unsigned_abs()).unwrap_or(usize::MAX);
        match kind.as_str() {
            "points" => split_into_amounts(due)
                .map(|amount| {
                    row(
                        OutcomeKind::Points,
                        json!({ "amount": amount, "kind": "repair", "rule": "" }),
                        now,
                        cause,
                    )
                })
                .collect(),
            "badge" => {
                let kind = if due > 0 {
                    OutcomeKind::BadgeAwarded
                } else {
                    OutcomeKind::BadgeRevoked
                };
                let names = self
                    .find_award_names(has, subject, due > 0)
                    // If pruned outcomes hide which award is off, an outcome without tier and key
                    // still corrects the total.
                    .chain(std::iter::repeat(AwardName {
                        badge: subject.clone(),
                        tier: String::new(),
                        key: String::new(),
                    }));
                let outcome = |name: AwardName| {
                    let detail = json!({ "tier": name.tier, "key": name.key });
                    let award = has.awards.get(&name).filter(|award| award.is_held());
                    let (at, event) = award.map_or((now, cause), |award| (award.at, &award.event));
                    row(kind, detail, at, event)
                };
                names.take(times).map(outcome).collect()
            }
            _ => {
                let kind = if due > 0 {
                    OutcomeKind::UnlockableOpened
                } else {
                    OutcomeKind::UnlockableClosed
                };
                let place = has
                    .unlocks
                    .get(subject)
                    .map(|unlocked| (unlocked.at, unlocked.event.as_str()));
                let (at, event) = place.unwrap_or((now, cause));
                (0..times)
                    .map(|_| row(kind, json!({}), at, event))
                    .collect()
            }
        }
    }

    /// Lists the awards of a badge whose outcome is missing: held and not announced, or announced
    /// and not held.
    fn find_award_names(
        &self,
        has: &Holdings,
        badge: &str,
        held: bool,
    ) -> std::vec::IntoIter<AwardName> {
        let published = |name: &AwardName| self.award_totals.get(name).copied().unwrap_or_default();
        let is_held = |name: &AwardName| has.awards.get(name).is_some_and(|award| award.is_held());
        let names: Vec<AwardName> = match held {
            true => has
                .awards
                .keys()
                .filter(|name| is_held(name) && published(name) <= 0)
                .cloned()
                .collect(),
            false => self
                .award_totals
                .keys()
                .filter(|name| !is_held(name) && published(name) > 0)
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

/// Splits a sum into amounts that fit into one outcome each.
fn split_into_amounts(due: i128) -> impl Iterator<Item = i64> {
    let mut rest = due;
    std::iter::from_fn(move || {
        let amount = i64::try_from(rest).unwrap_or(if rest > 0 { i64::MAX } else { -i64::MAX });
        rest -= i128::from(amount);
        (amount != 0).then_some(amount)
    })
}

/// Parses the award that an outcome is about. Returns `None` if its detail is damaged.
fn parse_award_name(outcome: &OutcomeRow) -> Option<AwardName> {
    let detail: serde_json::Value = serde_json::from_str(&outcome.detail).ok()?;
    let text = |name: &str| detail[name].as_str().unwrap_or_default().to_owned();
    Some(AwardName {
        badge: outcome.subject.clone(),
        tier: text("tier"),
        key: text("key"),
    })
}
