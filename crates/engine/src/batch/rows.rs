//! What a fold changed, as rows.

use std::collections::BTreeMap;

use accolade_core::catalog::rules::Rules;
use accolade_core::event::Event;
use accolade_core::fold::{Award, AwardChange, MovementSource, Outputs, Step};
use accolade_core::time::Timestamp;
use accolade_core::value::Value;
use serde::Serialize;
use serde_json::json;

use crate::store::{AwardRow, Because, Changes, LedgerKind, LedgerRow, OutcomeRow, RuleErrorRow, UnlockRow};

/// What tells ledger entries apart whose amounts belong together (S5), and the instant of their cause.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Identity {
    pub(super) at: Timestamp,
    pub(super) event: String,
    pub(super) kind: LedgerKind,
    pub(super) rule: String,
    pub(super) tier: String,
    pub(super) key: String,
    pub(super) currency: String,
}

impl Identity {
    pub(super) fn of(entry: &LedgerRow) -> Self {
        Self {
            at: entry.at,
            event: entry.event.clone(),
            kind: entry.kind,
            rule: entry.rule.clone(),
            tier: entry.tier.clone(),
            key: entry.key.clone(),
            currency: entry.currency.clone(),
        }
    }
}

/// A ledger entry that has no number yet.
pub(super) struct Draft {
    pub(super) identity: Identity,
    pub(super) amount: i64,
    pub(super) reason: Option<String>,
}

impl Draft {
    /// What is due to an identity: nothing where it is 0, and more than one entry where a single one cannot hold it,
    /// which a correction from one end of the range to the other may come to.
    pub(super) fn all(identity: Identity, due: i128, reason: Option<String>) -> Vec<Self> {
        let mut drafts = Vec::new();
        let mut rest = due;
        while rest != 0 {
            let amount = i64::try_from(rest).unwrap_or(if rest > 0 { i64::MAX } else { -i64::MAX });
            rest -= i128::from(amount);
            drafts.push(Self { identity: identity.clone(), amount, reason: reason.clone() });
        }
        drafts
    }

    /// Gives it the next number.
    pub(super) fn number(self, because: Because, recorded_at: Timestamp, last: &mut i64) -> LedgerRow {
        *last += 1;
        let Identity { at, event, kind, rule, tier, key, currency } = self.identity;
        let (amount, reason, cause) = (self.amount, self.reason, None);
        LedgerRow {
            at,
            seq: *last,
            currency,
            amount,
            kind,
            rule,
            tier,
            key,
            event,
            because,
            cause,
            reason,
            recorded_at,
        }
    }
}

/// What a step moved, one draft for each identity.
pub(super) fn drafts_of_step(rules: &Rules, event: &Event, step: &Step) -> Vec<Draft> {
    let mut due: Vec<(Identity, i128)> = Vec::with_capacity(step.movements.len());
    let mut places: BTreeMap<(&MovementSource, usize), usize> = BTreeMap::new();
    for movement in &step.movements {
        let place = *places.entry((&movement.source, movement.currency)).or_insert(due.len());
        if let Some((_, amount)) = due.get_mut(place) {
            *amount += i128::from(movement.amount);
            continue;
        }
        let (kind, rule, tier, key) = match &movement.source {
            MovementSource::Earning(earning) => (LedgerKind::Earning, &rules.earnings[*earning].id, "", ""),
            MovementSource::Award { badge, tier, key } => {
                let badge = &rules.badges[*badge];
                (LedgerKind::Award, &badge.id, badge.tiers[*tier].id.as_str(), &**key)
            }
            MovementSource::Act => (LedgerKind::Act, &event.name, "", ""),
        };
        let identity = Identity {
            at: event.at,
            event: event.id.clone(),
            kind,
            rule: rule.clone(),
            tier: tier.to_owned(),
            key: key.to_owned(),
            currency: rules.currencies[movement.currency].id.clone(),
        };
        due.push((identity, movement.amount.into()));
    }
    due.into_iter().flat_map(|(identity, amount)| Draft::all(identity, amount, reason(event))).collect()
}

/// What awards that changed pay more or less than before. `late` is the event that made them change, where no other can
/// be named.
pub(super) fn drafts_of_awards(rules: &Rules, changed: &Outputs, late: &str) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for change in &changed.awards {
        let badge = &rules.badges[change.badge];
        let (at, event) = cause(change, late);
        for (currency, rule) in rules.currencies.iter().enumerate() {
            let due = paid(change.after.as_ref(), currency) - paid(change.before.as_ref(), currency);
            if due != 0 {
                let identity = Identity {
                    at,
                    event: event.clone(),
                    kind: LedgerKind::Award,
                    rule: badge.id.clone(),
                    tier: badge.tiers[change.tier].id.clone(),
                    key: change.key.to_string(),
                    currency: rule.id.clone(),
                };
                drafts.extend(Draft::all(identity, due, None));
            }
        }
    }
    drafts
}

fn paid(award: Option<&Award>, currency: usize) -> i128 {
    let amounts = award.map(|award| award.paid.as_slice()).unwrap_or_default().iter();
    amounts.filter(|(other, _)| *other == currency).map(|(_, amount)| i128::from(*amount)).sum()
}

/// When an award changed and because of which event. One that is no longer earned changed where it had been earned.
fn cause(change: &AwardChange, late: &str) -> (Timestamp, String) {
    match (&change.after, &change.before) {
        (Some(after), _) if after.is_held() => (after.at, after.event.to_string()),
        (Some(after), _) => (after.revoked_at.unwrap_or(after.at), late.to_owned()),
        (None, Some(before)) => (before.at, late.to_owned()),
        (None, None) => unreachable!("a change has a before or an after"),
    }
}

/// Why and by whom, where an act says so.
fn reason(event: &Event) -> Option<String> {
    let text = |name| event.props.get(name).and_then(Value::as_text);
    match (text("reason"), text("by")) {
        (Some(reason), Some(by)) => Some(format!("{reason} ({by})")),
        (Some(reason), None) => Some(reason.to_owned()),
        (None, Some(by)) => Some(format!("by {by}")),
        (None, None) => None,
    }
}

/// The outcome of each ledger entry.
pub(super) fn points_outcomes(player: &str, entries: &[LedgerRow]) -> Vec<OutcomeRow> {
    let outcome = |entry: &LedgerRow| OutcomeRow {
        player: player.to_owned(),
        kind: "points".to_owned(),
        subject: entry.currency.clone(),
        detail: points_detail(entry),
        at: entry.at,
        event: entry.event.clone(),
        because: entry.because,
        cause: entry.cause.clone(),
        recorded_at: entry.recorded_at,
    };
    entries.iter().map(outcome).collect()
}

/// What an outcome says of a ledger entry, as JSON.
fn points_detail(entry: &LedgerRow) -> String {
    #[derive(Serialize)]
    struct Detail<'e> {
        amount: i64,
        kind: &'e str,
        rule: &'e str,
    }
    let detail = Detail { amount: entry.amount, kind: entry.kind.word(), rule: &entry.rule };
    serde_json::to_string(&detail).expect("numbers and texts are JSON")
}

/// The outcomes of awards and unlockables that changed.
pub(super) fn outcomes(
    rules: &Rules,
    player: &str,
    changed: &Outputs,
    event: &str,
    because: Because,
    recorded_at: Timestamp,
) -> Vec<OutcomeRow> {
    let row = |kind: &str, subject: &str, detail: serde_json::Value, at, event: String| OutcomeRow {
        player: player.to_owned(),
        kind: kind.to_owned(),
        subject: subject.to_owned(),
        detail: detail.to_string(),
        at,
        event,
        because,
        cause: None,
        recorded_at,
    };
    let mut outcomes = Vec::new();
    for change in &changed.awards {
        let held = |award: &Option<Award>| award.as_ref().is_some_and(Award::is_held);
        let kind = match (held(&change.before), held(&change.after)) {
            (false, true) => "badge.awarded",
            (true, false) => "badge.revoked",
            _ => continue,
        };
        let badge = &rules.badges[change.badge];
        let detail = json!({ "tier": badge.tiers[change.tier].id, "key": change.key });
        let (at, cause) = cause(change, event);
        outcomes.push(row(kind, &badge.id, detail, at, cause));
    }
    for change in &changed.unlocks {
        let (is_open, at, cause) = match &change.after {
            Some((open, at, cause)) => (*open, *at, cause.to_string()),
            None => (false, recorded_at, event.to_owned()),
        };
        if is_open != change.was_open {
            let kind = if is_open { "unlockable.opened" } else { "unlockable.shut" };
            outcomes.push(row(kind, &rules.unlockables[change.unlockable].id, json!({}), at, cause));
        }
    }
    outcomes
}

/// Adds the rows that people query.
pub(super) fn put(rules: &Rules, player: &str, changed: &Outputs, changes: &mut Changes) {
    for change in &changed.awards {
        let badge = &rules.badges[change.badge];
        let (tier, key) = (badge.tiers[change.tier].id.clone(), change.key.to_string());
        match &change.after {
            Some(award) => changes.awards.push(award_row(rules, player, &badge.id, tier, key, award)),
            None => changes.dropped_awards.push((badge.id.clone(), tier, key)),
        }
    }
    for change in &changed.unlocks {
        let unlockable = rules.unlockables[change.unlockable].id.clone();
        match &change.after {
            Some((open, at, event)) => {
                changes.unlocks.push(UnlockRow { unlockable, open: *open, at: *at, event: event.to_string() });
            }
            None => changes.dropped_unlocks.push(unlockable),
        }
    }
    for change in &changed.balances {
        changes.balances.push((rules.currencies[change.currency].id.clone(), change.after));
    }
}

/// The row of an award.
pub(crate) fn award_row(
    rules: &Rules,
    player: &str,
    badge: &str,
    tier: String,
    key: String,
    award: &Award,
) -> AwardRow {
    let paid: serde_json::Map<String, serde_json::Value> =
        award.paid.iter().map(|(currency, amount)| (rules.currencies[*currency].id.clone(), json!(amount))).collect();
    AwardRow {
        player: player.to_owned(),
        badge: badge.to_owned(),
        tier,
        key,
        at: award.at,
        event: award.event.to_string(),
        source: award.source.word().to_owned(),
        revoked_at: award.revoked_at,
        spells: "[]".to_owned(),
        paid: serde_json::Value::Object(paid).to_string(),
    }
}

/// The errors of a step, for the count of each rule.
pub(super) fn errors(rules: &Rules, event: &Event, step: &Step) -> Vec<RuleErrorRow> {
    let row = |problem: &accolade_core::fold::Problem| {
        let (kind, id) = rules.name_of(problem.rule);
        RuleErrorRow {
            kind: kind.to_owned(),
            id: id.to_owned(),
            count: 1,
            message: problem.message.clone(),
            player: event.player.clone(),
            event: event.id.clone(),
        }
    };
    step.problems.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s11_what_one_entry_cannot_hold_takes_several() {
        let identity = Identity {
            at: Timestamp::default(),
            event: "e".into(),
            kind: LedgerKind::Earning,
            rule: "r".into(),
            tier: String::new(),
            key: String::new(),
            currency: "xp".into(),
        };
        let far = i128::from(i64::MAX);
        for (due, entries) in [(0, 0), (5, 1), (-far, 1), (far + 1, 2), (-2 * far, 2), (2 * far + 1, 3)] {
            let drafts = Draft::all(identity.clone(), due, None);
            assert_eq!(drafts.len(), entries, "{due}");
            assert_eq!(drafts.iter().map(|draft| i128::from(draft.amount)).sum::<i128>(), due);
        }
    }
}
