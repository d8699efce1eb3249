//! Explanations of balances.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::action::ActionEntry;
use super::balance_source::{EntrySource, SourceKind, SourceTotal};
use super::describe;
use super::near_miss::NearMiss;
use super::summary::{self, Summary};
use super::timeline::{ExplainedTimeline, TimelineObserver};
use super::truncated::Truncated;
use crate::catalog::Catalog;
use crate::catalog::description::join_with_or;
use crate::catalog::rules::RuleRef;
use crate::event::Event;
use crate::fold::{
    FoldObserver, MovementSource, PointsMovement, SkipCode, StepReport, WholeState, actions,
};
use crate::time::Timestamp;

/// An explanation of a player's balance in a currency.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CurrencyExplanation {
    /// The id of the player.
    pub player: String,
    /// The id of the currency.
    pub currency: String,
    /// The display name of the currency.
    pub name: String,
    /// The answer in one sentence.
    pub summary: Summary,
    /// The rules that pay the currency, in English.
    pub rules: Vec<String>,
    /// The instant that is explained.
    pub at: Timestamp,
    /// The current balance.
    pub balance: i64,
    /// Totals by source, which add up to the balance.
    pub totals: Vec<SourceTotal>,
    /// The movements of points.
    pub entries: Truncated<BalanceEntry>,
    /// Events for which an earning did not pay, or not in full.
    pub near_misses: Truncated<NearMiss>,
    /// Manual actions that moved the balance, or would have done if they had not been retracted.
    pub actions: Truncated<ActionEntry>,
}

/// A movement of points in an explanation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct BalanceEntry {
    /// The id of the event or action.
    pub event: String,
    /// The name of the event or action.
    pub name: String,
    /// Instant of the event.
    pub at: Timestamp,
    /// The source of the points.
    #[serde(flatten)]
    pub source: EntrySource,
    /// The number of points; negative if they were deducted.
    pub amount: i64,
    /// The balance after this movement.
    pub balance: i64,
}

/// Explains a balance.
pub(super) fn explain_currency(
    question: &ExplainedTimeline<'_>,
    currency: usize,
) -> CurrencyExplanation {
    let catalog = question.catalog;
    let rule = &catalog.rules().currencies[currency];
    let mut watch = CurrencyObserver {
        catalog,
        currency,
        balance: 0,
        totals: BTreeMap::new(),
        entries: Truncated::default(),
        near_misses: Truncated::default(),
        actions: Truncated::default(),
    };
    let state = question.replay_for(&mut watch);
    let total =
        |((source, rule), (entries, amount)): ((SourceKind, Option<String>), (usize, i64))| {
            SourceTotal {
                source,
                name: rule.as_deref().map(|rule| name_rule(catalog, source, rule)),
                rule,
                entries,
                amount,
            }
        };
    let totals: Vec<SourceTotal> = watch.totals.into_iter().map(total).collect();
    let balance = state.balance(rule.slot);
    CurrencyExplanation {
        player: question.player.to_owned(),
        currency: rule.id.clone(),
        name: rule.display.name.clone(),
        rules: describe_payers(catalog, currency),
        at: question.explained_at(&state),
        summary: summary::summarize_balance(question.player, &rule.display.name, balance, &totals),
        balance,
        totals,
        entries: watch.entries,
        near_misses: watch.near_misses,
        actions: watch.actions,
    }
}

/// Returns the display name of the rule behind a source of points.
fn name_rule(catalog: &Catalog, source: SourceKind, id: &str) -> String {
    let rules = catalog.rules();
    let name = match source {
        SourceKind::Badge => rules
            .badge_position(id)
            .map(|badge| &rules.badges[badge].display.name),
        SourceKind::Earning => rules
            .earnings
            .iter()
            .find(|earning| earning.id == id)
            .map(|earning| &earning.display.name),
        SourceKind::Action | SourceKind::Expiry => None,
    };
    name.cloned().unwrap_or_else(|| id.to_owned())
}

/// Describes the rules that pay a currency.
fn describe_payers(catalog: &Catalog, currency: usize) -> Vec<String> {
    let rules = catalog.rules();
    let id = &rules.currencies[currency].id;
    let mut payers = Vec::new();
    for rule in rules
        .earnings
        .iter()
        .filter(|rule| rule.points.iter().any(|(paid, _)| *paid == currency))
    {
        let written = catalog
            .document()
            .earnings
            .iter()
            .find(|written| written.label.id.value == rule.id);
        let words = written
            .map(|written| describe::describe_earning(catalog, written, id))
            .unwrap_or_default();
        payers.push(format!(
            "{}: {words}",
            describe::name_with_id(&rule.display.name, &rule.id)
        ));
    }
    for rule in &rules.badges {
        let paid = rule.tiers.iter().filter_map(|tier| {
            let (_, amount) = tier.points.iter().find(|(paid, _)| *paid == currency)?;
            Some(if tier.id.is_empty() {
                amount.to_string()
            } else {
                format!("{amount} ({})", tier.id)
            })
        });
        let paid: Vec<String> = paid.collect();
        if !paid.is_empty() {
            let badge = describe::name_with_id(&rule.display.name, &rule.id);
            payers.push(format!(
                "badge {badge}: {} with each award",
                join_with_or(paid)
            ));
        }
    }
    payers
}

/// Observes the movements of the balance.
struct CurrencyObserver<'a> {
    catalog: &'a Catalog,
    currency: usize,
    balance: i64,
    totals: BTreeMap<(SourceKind, Option<String>), (usize, i64)>,
    entries: Truncated<BalanceEntry>,
    near_misses: Truncated<NearMiss>,
    actions: Truncated<ActionEntry>,
}

impl FoldObserver for CurrencyObserver<'_> {
    fn wants_trace(&self, _: &Event) -> bool {
        true
    }

    fn after_step(&mut self, event: &Event, step: StepReport, _: &WholeState) {
        let currency = self.currency;
        let moved = step
            .movements
            .iter()
            .filter(|movement| movement.currency == currency);
        // Any action can move points: an award pays, a revoke deducts, a reset clears.
        if actions::NAMES.contains(&event.name.as_str()) && moved.clone().next().is_some() {
            self.actions.push(ActionEntry::new(event, None));
        }
        moved.for_each(|movement| self.record_movement(event, movement));
        self.record_near_misses(event, &step);
    }
}

impl TimelineObserver for CurrencyObserver<'_> {
    fn after_retracted(&mut self, event: &Event, by: &str) {
        let rules = self.catalog.rules();
        let currency = &rules.currencies[self.currency].id;
        if event.name == actions::POINTS
            && super::action::text_prop(&event.props, "currency") == Some(currency)
        {
            self.actions.push(ActionEntry::new(event, Some(by)));
        } else if self.listening_earnings(event).next().is_some() {
            self.near_misses.push(NearMiss::from_retracted(event, by));
        }
    }
}

impl CurrencyObserver<'_> {
    fn record_movement(&mut self, event: &Event, movement: &PointsMovement) {
        let rules = self.catalog.rules();
        let (source, place) = match &movement.source {
            MovementSource::Earning(earning) => {
                let rule = rules.earnings[*earning].id.clone();
                (
                    EntrySource::Earning { rule: rule.clone() },
                    (SourceKind::Earning, Some(rule)),
                )
            }
            MovementSource::Award { badge, tier, key } => {
                let badge = &rules.badges[*badge];
                let tier = Some(badge.tiers[*tier].id.clone());
                let source = EntrySource::Badge {
                    rule: badge.id.clone(),
                    tier: tier.filter(|tier| !tier.is_empty()),
                    key: Some(key.to_string()).filter(|key| !key.is_empty()),
                };
                (source, (SourceKind::Badge, Some(badge.id.clone())))
            }
            MovementSource::Action => (EntrySource::Action, (SourceKind::Action, None)),
            MovementSource::Expiry => (EntrySource::Expiry, (SourceKind::Expiry, None)),
        };
        let total = self.totals.entry(place).or_default();
        total.0 += 1;
        total.1 = total.1.saturating_add(movement.amount);
        // The fold has checked that the balance fits; saturating only avoids a panic on this path.
        self.balance = self.balance.saturating_add(movement.amount);
        self.entries.push(BalanceEntry {
            event: event.id.clone(),
            name: event.name.clone(),
            at: event.at,
            source,
            amount: movement.amount,
            balance: self.balance,
        });
    }

    /// Records the earnings that listened to an event but did not pay, or not in full.
    fn record_near_misses(&mut self, event: &Event, step: &StepReport) {
        let rules = self.catalog.rules();
        let pays = |earning: usize| {
            rules.earnings[earning]
                .points
                .iter()
                .any(|(paid, _)| *paid == self.currency)
        };
        let part = |earning: usize| Some(rules.earnings[earning].id.clone());
        // One message for each earning. A cut says more than the rest, so it comes first.
        let mut reported = BTreeSet::new();
        let mut near = Vec::new();
        for cut in step
            .limit_cuts
            .iter()
            .filter(|cut| cut.currency == self.currency)
        {
            reported.insert(cut.earning);
            let message = format!("limit for this period reached; {} not paid", cut.amount);
            let reason = SkipCode::LimitReached;
            near.push(NearMiss {
                cut: Some(cut.amount),
                ..NearMiss::new(event, part(cut.earning), reason, message)
            });
        }
        for skipped in &step.skipped {
            if let RuleRef::Earning(earning) = skipped.rule
                && pays(earning)
                && reported.insert(earning)
            {
                near.push(NearMiss::from_skipped(
                    event,
                    part(earning),
                    &skipped.reason,
                ));
            }
        }
        for movement in step
            .movements
            .iter()
            .filter(|movement| movement.currency == self.currency)
        {
            if let MovementSource::Earning(earning) = movement.source {
                reported.insert(earning);
            }
        }
        // An earning that has neither paid nor been cut or skipped has computed the amount 0.
        for earning in self
            .listening_earnings(event)
            .filter(|earning| !reported.contains(earning))
        {
            let message = "amount is 0".to_owned();
            near.push(NearMiss::new(
                event,
                part(earning),
                SkipCode::NothingToPay,
                message,
            ));
        }
        near.into_iter()
            .for_each(|near| self.near_misses.push(near));
    }

    /// Lists the earnings of this currency that listen to an event.
    fn listening_earnings(&self, event: &Event) -> impl Iterator<Item = usize> + use<'_> {
        let rules = self.catalog.rules();
        let earnings = rules
            .listeners
            .get(&event.name)
            .map(|listeners| listeners.earnings.iter().copied());
        let pays = |earning: &usize| {
            rules.earnings[*earning]
                .points
                .iter()
                .any(|(paid, _)| *paid == self.currency)
        };
        earnings.into_iter().flatten().filter(pays)
    }
}
