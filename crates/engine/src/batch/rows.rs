//! Rows to write for the changes of a fold.

use std::collections::{BTreeMap, BTreeSet};

use accolade_core::catalog::rules::RuleSet;
use accolade_core::event::Event;
use accolade_core::fold::{
    AwardChange, AwardHolding, AwardName, HoldingInterval, Holdings, MovementSource, StateDiff,
    StepReport, UnlockableChange, UnlockableHolding,
};
use accolade_core::time::Timestamp;
use accolade_core::value::Value;
use serde::Serialize;
use serde_json::json;

use crate::store::{
    AwardRow, ChangeSet, LedgerKind, LedgerRow, OutcomeKind, OutcomeRow, ReadStore, RuleErrorRow,
    StoreError, Trigger, UnlockRow,
};

/// Identity of ledger entries whose amounts belong together (S5), with the instant of their event.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct EntryIdentity {
    pub(crate) at: Timestamp,
    pub(crate) event: String,
    pub(crate) kind: LedgerKind,
    pub(crate) rule: String,
    pub(crate) tier: String,
    pub(crate) key: String,
    pub(crate) currency: String,
}

impl EntryIdentity {
    /// Copies the identity of a stored entry.
    pub(crate) fn from_row(entry: &LedgerRow) -> Self {
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

    /// Returns the identity under the current ids of rule and currency (S15).
    pub(super) fn with_current_ids(self, rules: &RuleSet) -> Self {
        let rule = match self.kind {
            LedgerKind::Earning => rules.current_earning(&self.rule).to_owned(),
            LedgerKind::Award => rules.current_badge(&self.rule).to_owned(),
            LedgerKind::Action | LedgerKind::Expiry => self.rule,
        };
        Self {
            rule,
            currency: rules.current_currency(&self.currency).to_owned(),
            ..self
        }
    }
}

/// A ledger entry without a number.
#[derive(Clone)]
pub(super) struct EntryDraft {
    pub(super) identity: EntryIdentity,
    pub(super) amount: i64,
    pub(super) reason: Option<String>,
}

impl EntryDraft {
    /// Drafts the entries of an amount: none for 0, and several if the amount does not fit into one
    /// entry, as with a correction from one end of the range to the other.
    pub(super) fn split_amount(
        identity: EntryIdentity,
        due: i128,
        reason: Option<String>,
    ) -> Vec<Self> {
        let mut drafts = Vec::new();
        let mut rest = due;
        while rest != 0 {
            let amount = i64::try_from(rest).unwrap_or(if rest > 0 { i64::MAX } else { -i64::MAX });
            rest -= i128::from(amount);
            drafts.push(Self {
                identity: identity.clone(),
                amount,
                reason: reason.clone(),
            });
        }
        drafts
    }

    /// Turns the draft into a row with the next number.
    pub(super) fn into_row(self, origin: CommitOrigin<'_>, last: &mut i64) -> LedgerRow {
        // An entry without points would show up in every ledger without explaining anything.
        debug_assert!(self.amount != 0, "every ledger entry moves points");
        *last += 1;
        let CommitOrigin {
            trigger,
            recorded_at,
            ..
        } = origin;
        let EntryIdentity {
            at,
            event,
            kind,
            rule,
            tier,
            key,
            currency,
        } = self.identity;
        let (amount, reason, caused_by) =
            (self.amount, self.reason, origin.caused_by_unless(&event));
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
            trigger,
            caused_by,
            reason,
            recorded_at,
        }
    }
}

/// Drafts the ledger entries of a step, one for each identity.
pub(super) fn draft_step_entries(
    rules: &RuleSet,
    event: &Event,
    step: &StepReport,
) -> Vec<EntryDraft> {
    let mut due: Vec<(EntryIdentity, i128)> = Vec::with_capacity(step.movements.len());
    let mut places: BTreeMap<(&MovementSource, usize), usize> = BTreeMap::new();
    for movement in &step.movements {
        // A step may move points for one source more than once; the ledger gets one entry with
        // their sum.
        let place = *places
            .entry((&movement.source, movement.currency))
            .or_insert(due.len());
        if let Some((_, amount)) = due.get_mut(place) {
            *amount += i128::from(movement.amount);
            continue;
        }
        let (kind, rule, tier, key) = match &movement.source {
            MovementSource::Earning(earning) => (
                LedgerKind::Earning,
                rules.earnings[*earning].id.as_str(),
                "",
                "",
            ),
            MovementSource::Award { badge, tier, key } => {
                let badge = &rules.badges[*badge];
                (
                    LedgerKind::Award,
                    badge.id.as_str(),
                    badge.tiers[*tier].id.as_str(),
                    &**key,
                )
            }
            MovementSource::Action => (LedgerKind::Action, event.name.as_str(), "", ""),
            MovementSource::Expiry => (LedgerKind::Expiry, event.name.as_str(), "", ""),
        };
        let identity = EntryIdentity {
            at: event.at,
            event: event.id.clone(),
            kind,
            rule: rule.to_owned(),
            tier: tier.to_owned(),
            key: key.to_owned(),
            currency: rules.currencies[movement.currency].id.clone(),
        };
        due.push((identity, movement.amount.into()));
    }
    due.into_iter()
        .flat_map(|(identity, amount)| {
            EntryDraft::split_amount(identity, amount, format_reason(event))
        })
        .collect()
}

/// Drafts the entries that move sums from renamed currencies to their new ids, so that the entries
/// of each currency still sum to its balance (S15). No player gains or loses points.
pub(super) fn draft_renaming_entries(rules: &RuleSet, entries: &[LedgerRow]) -> Vec<EntryDraft> {
    let mut sums: BTreeMap<EntryIdentity, i128> = BTreeMap::new();
    for entry in entries
        .iter()
        .filter(|entry| rules.current_currency(&entry.currency) != entry.currency)
    {
        *sums.entry(EntryIdentity::from_row(entry)).or_default() += i128::from(entry.amount);
    }
    let moved = |(from, sum): (EntryIdentity, i128)| {
        let to = from.clone().with_current_ids(rules);
        [
            EntryDraft::split_amount(from, -sum, None),
            EntryDraft::split_amount(to, sum, None),
        ]
        .concat()
    };
    sums.into_iter().flat_map(moved).collect()
}

/// Drafts the entries for the differences in what changed awards pay. `cause` is the id to name
/// where no event of the award itself can be.
pub(super) fn draft_award_entries(changed: &StateDiff, caused_by: &str) -> Vec<EntryDraft> {
    let mut drafts = Vec::new();
    for change in &changed.awards {
        let (at, event) = locate_award_change(change, caused_by);
        let paid = |award: &Option<AwardHolding>| {
            award
                .as_ref()
                .map(|award| award.paid.clone())
                .unwrap_or_default()
        };
        let (before, after) = (paid(&change.before), paid(&change.after));
        let currencies: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        for currency in currencies {
            let amount = |paid: &BTreeMap<String, i64>| {
                paid.get(currency).map_or(0, |amount| i128::from(*amount))
            };
            let identity = EntryIdentity {
                at,
                event: event.clone(),
                kind: LedgerKind::Award,
                rule: change.name.badge.clone(),
                tier: change.name.tier.clone(),
                key: change.name.key.clone(),
                currency: currency.clone(),
            };
            drafts.extend(EntryDraft::split_amount(
                identity,
                amount(&after) - amount(&before),
                None,
            ));
        }
    }
    drafts
}

/// Returns when and by which event an award changed. An award that is no longer earned changes at
/// the instant at which it had been earned.
fn locate_award_change(change: &AwardChange, caused_by: &str) -> (Timestamp, String) {
    match (&change.after, &change.before) {
        (Some(after), _) if after.is_held() => (after.at, after.event.clone()),
        (Some(after), _) => (after.revoked_at.unwrap_or(after.at), caused_by.to_owned()),
        (None, Some(before)) => (before.at, caused_by.to_owned()),
        (None, None) => unreachable!("a change has a before or an after"),
    }
}

/// Formats the reason and the author of a manual action.
fn format_reason(event: &Event) -> Option<String> {
    let text = |name| event.props.get(name).and_then(Value::as_text);
    match (text("reason"), text("by")) {
        (Some(reason), Some(by)) => Some(format!("{reason} ({by})")),
        (Some(reason), None) => Some(reason.to_owned()),
        (None, Some(by)) => Some(format!("by {by}")),
        (None, None) => None,
    }
}

/// Builds one outcome for each ledger entry.
pub(super) fn build_points_outcomes(player: &str, entries: &[LedgerRow]) -> Vec<OutcomeRow> {
    let outcome = |entry: &LedgerRow| OutcomeRow {
        player: player.to_owned(),
        kind: OutcomeKind::Points,
        subject: entry.currency.clone(),
        detail: render_points_detail(entry),
        at: entry.at,
        event: entry.event.clone(),
        trigger: entry.trigger,
        caused_by: entry.caused_by.clone(),
        recorded_at: entry.recorded_at,
    };
    entries.iter().map(outcome).collect()
}

/// Renders the detail of a points outcome as JSON.
fn render_points_detail(entry: &LedgerRow) -> String {
    #[derive(Serialize)]
    struct PointsDetail<'e> {
        amount: i64,
        kind: &'e str,
        rule: &'e str,
    }
    let detail = PointsDetail {
        amount: entry.amount,
        kind: entry.kind.as_str(),
        rule: &entry.rule,
    };
    serde_json::to_string(&detail).expect("numbers and strings serialize to JSON")
}

/// Origin of outcomes and corrections.
#[derive(Debug, Clone, Copy)]
pub(super) struct CommitOrigin<'a> {
    pub(super) trigger: Trigger,
    /// Id of the event or action that started the commit, or `catalog:2`.
    pub(super) caused_by: &'a str,
    pub(super) recorded_at: Timestamp,
}

impl CommitOrigin<'_> {
    /// Returns the cause, unless it is the event itself.
    fn caused_by_unless(&self, event: &str) -> Option<String> {
        (self.caused_by != event).then(|| self.caused_by.to_owned())
    }
}

/// Builds the outcomes of changed awards and unlockables.
pub(super) fn build_outcomes(
    player: &str,
    changed: &StateDiff,
    origin_of: CommitOrigin<'_>,
) -> Vec<OutcomeRow> {
    let row = |kind: OutcomeKind, subject: &str, detail: serde_json::Value, at, event: String| {
        OutcomeRow {
            player: player.to_owned(),
            kind,
            subject: subject.to_owned(),
            detail: detail.to_string(),
            at,
            caused_by: origin_of.caused_by_unless(&event),
            event,
            trigger: origin_of.trigger,
            recorded_at: origin_of.recorded_at,
        }
    };
    let mut outcomes = Vec::new();
    for change in &changed.awards {
        let kind = match change.held_before_and_after() {
            (false, true) => OutcomeKind::BadgeAwarded,
            (true, false) if change.after.as_ref().is_some_and(|award| award.lapsed) => {
                OutcomeKind::BadgeLapsed
            }
            (true, false) => OutcomeKind::BadgeRevoked,
            _ => continue,
        };
        let AwardName { badge, tier, key } = &change.name;
        let (at, event) = locate_award_change(change, origin_of.caused_by);
        outcomes.push(row(
            kind,
            badge,
            json!({ "tier": tier, "key": key }),
            at,
            event,
        ));
    }
    for change in &changed.unlockables {
        let kind = match change.open_before_and_after() {
            (false, true) => OutcomeKind::UnlockableOpened,
            (true, false) => OutcomeKind::UnlockableClosed,
            _ => continue,
        };
        // Without an unlock there is no instant of its own; name the commit.
        let (at, event) = match &change.after {
            Some(unlocked) => (unlocked.at, unlocked.event.clone()),
            None => (origin_of.recorded_at, origin_of.caused_by.to_owned()),
        };
        outcomes.push(row(kind, &change.unlockable, json!({}), at, event));
    }
    outcomes
}

/// Adds the award, unlockable and balance rows that queries read.
pub(super) fn push_rows(player: &str, changed: StateDiff, changes: &mut ChangeSet) {
    for AwardChange { name, after, .. } in changed.awards {
        match after {
            Some(award) => changes.awards.push(build_award_row(player, &name, &award)),
            None => changes
                .dropped_awards
                .push((name.badge, name.tier, name.key)),
        }
    }
    for UnlockableChange {
        unlockable, after, ..
    } in changed.unlockables
    {
        match after {
            Some(UnlockableHolding { open, at, event }) => changes.unlocks.push(UnlockRow {
                unlockable,
                open,
                at,
                event,
            }),
            None => changes.dropped_unlocks.push(unlockable),
        }
    }
    changes.balances.extend(
        changed
            .balances
            .into_iter()
            .map(|change| (change.currency, change.after)),
    );
}

/// Loads holdings from the rows of a player, for states that cannot be read.
pub(crate) fn load_stored_holdings<R: ReadStore + ?Sized>(
    store: &mut R,
    player: &str,
) -> Result<Holdings, StoreError> {
    let mut holdings = Holdings::default();
    for row in store.list_awards(player)? {
        // Best effort: this is read only where the state is lost, and a damaged detail must not
        // block the backfill.
        let paid = serde_json::from_str(&row.paid).unwrap_or_default();
        let award = AwardHolding {
            at: row.at,
            event: row.event,
            source: row.source,
            revoked_at: row.revoked_at,
            lapsed: false,
            holding_intervals: Vec::new(),
            blocked: false,
            paid,
        };
        holdings.awards.insert(
            AwardName {
                badge: row.badge,
                tier: row.tier,
                key: row.key,
            },
            award,
        );
    }
    for UnlockRow {
        unlockable,
        open,
        at,
        event,
    } in store.list_unlocks(player)?
    {
        holdings
            .unlocks
            .insert(unlockable, UnlockableHolding { open, at, event });
    }
    holdings.balances.extend(
        store
            .list_balances(player)?
            .into_iter()
            .filter(|(_, balance)| *balance != 0),
    );
    Ok(holdings)
}

/// Builds the row of an award.
pub(crate) fn build_award_row(player: &str, name: &AwardName, award: &AwardHolding) -> AwardRow {
    AwardRow {
        player: player.to_owned(),
        badge: name.badge.clone(),
        tier: name.tier.clone(),
        key: name.key.clone(),
        at: award.at,
        event: award.event.clone(),
        source: award.source,
        revoked_at: award.revoked_at,
        holding_intervals: render_intervals(&award.holding_intervals),
        paid: json!(award.paid).to_string(),
    }
}

/// Renders the past holding intervals of a temporary award as JSON.
fn render_intervals(holding_intervals: &[HoldingInterval]) -> String {
    let spell = |spell: &HoldingInterval| {
        let HoldingInterval { from, until, event } = spell;
        json!({ "from": from.to_string(), "until": until.to_string(), "event": event })
    };
    serde_json::Value::Array(holding_intervals.iter().map(spell).collect()).to_string()
}

/// Builds the rows that count the rule errors of a step.
pub(super) fn build_error_rows(
    rules: &RuleSet,
    event: &Event,
    step: &StepReport,
) -> Vec<RuleErrorRow> {
    let row = |problem: &accolade_core::fold::RuleFailure| {
        let (kind, id) = rules.kind_and_id(problem.rule);
        RuleErrorRow {
            kind,
            id: id.to_owned(),
            count: 1,
            message: problem.message.clone(),
            player: event.player.clone(),
            event: event.id.clone(),
        }
    };
    step.failures.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s11_what_one_entry_cannot_hold_takes_several() {
        let identity = EntryIdentity {
            at: Timestamp::default(),
            event: "e".into(),
            kind: LedgerKind::Earning,
            rule: "r".into(),
            tier: String::new(),
            key: String::new(),
            currency: "xp".into(),
        };
        let far = i128::from(i64::MAX);
        for (due, entries) in [
            (0, 0),
            (5, 1),
            (-far, 1),
            (far + 1, 2),
            (-2 * far, 2),
            (2 * far + 1, 3),
        ] {
            let drafts = EntryDraft::split_amount(identity.clone(), due, None);
            assert_eq!(drafts.len(), entries, "{due}");
            assert_eq!(
                drafts
                    .iter()
                    .map(|draft| i128::from(draft.amount))
                    .sum::<i128>(),
                due
            );
        }
    }
}
