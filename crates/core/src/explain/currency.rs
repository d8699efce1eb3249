//! Why a balance is what it is.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::act::ActEntry;
use super::listed::Listed;
use super::near::NearEvent;
use super::{Question, Witness, rfc3339, words};
use crate::catalog::Catalog;
use crate::catalog::rules::RuleRef;
use crate::event::Event;
use crate::fold::{Movement, MovementSource, SkipReason, State, Step, acts};
use crate::time::Timestamp;

/// Why a balance is what it is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CurrencyExplanation {
    /// Whose.
    pub player: String,
    /// The currency's id.
    pub currency: String,
    /// How people read it.
    pub name: String,
    /// What pays it, each rule in words.
    pub rules: Vec<String>,
    /// The instant that is explained.
    #[serde(serialize_with = "rfc3339")]
    pub at: Timestamp,
    /// The balance.
    pub balance: i64,
    /// What each rule and all acts together came to. They sum to the balance.
    pub totals: Vec<Total>,
    /// What moved it.
    pub entries: Listed<LedgerEntry>,
    /// Events that an earning listened to and did not pay, or not in full.
    pub near: Listed<NearEvent>,
    /// The acts by hand that moved it, or would have.
    pub acts: Listed<ActEntry>,
}

/// Something that moved a balance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LedgerEntry {
    /// The event or act.
    pub event: String,
    /// Its name.
    pub name: String,
    /// When.
    #[serde(serialize_with = "rfc3339")]
    pub at: Timestamp,
    /// What moved it.
    #[serde(flatten)]
    pub source: EntrySource,
    /// How many points; negative where they were taken.
    pub amount: i64,
    /// The balance then.
    pub balance: i64,
}

/// What moved a balance.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "source", rename_all = "snake_case")]
pub enum EntrySource {
    /// An earning.
    Earning {
        /// Its id.
        rule: String,
    },
    /// An award, given or taken away.
    Badge {
        /// The badge's id.
        rule: String,
        /// The tier; empty in a badge without tiers.
        tier: String,
        /// The key; empty in a badge earned once.
        key: String,
    },
    /// An act by hand.
    Act,
    /// Points whose time was up.
    Expiry,
}

/// What a rule, or all acts together, came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Total {
    /// `earning`, `badge`, `act` or `expiry`.
    pub source: &'static str,
    /// The rule's id; empty for the last three.
    pub rule: String,
    /// How many entries.
    pub entries: usize,
    /// Their sum.
    pub amount: i64,
}

/// Explains a balance.
pub(super) fn explain(question: &Question<'_>, currency: usize) -> CurrencyExplanation {
    let catalog = question.catalog;
    let rule = &catalog.rules().currencies[currency];
    let mut watch = Watch {
        catalog,
        currency,
        balance: 0,
        totals: BTreeMap::new(),
        entries: Listed::default(),
        near: Listed::default(),
        acts: Listed::default(),
    };
    let state = question.fold(&mut watch);
    let total = |((source, rule), (entries, amount))| Total {
        source,
        rule,
        entries,
        amount,
    };
    CurrencyExplanation {
        player: question.player.to_owned(),
        currency: rule.id.clone(),
        name: rule.display.name.clone(),
        rules: payers(catalog, currency),
        at: question.now(&state),
        balance: state.balance(rule.slot),
        totals: watch.totals.into_iter().map(total).collect(),
        entries: watch.entries,
        near: watch.near,
        acts: watch.acts,
    }
}

/// What pays a currency, in words.
fn payers(catalog: &Catalog, currency: usize) -> Vec<String> {
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
            .map(|written| words::earning(catalog, written, id))
            .unwrap_or_default();
        payers.push(format!(
            "{}: {words}",
            words::named(&rule.display.name, &rule.id)
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
            let badge = words::named(&rule.display.name, &rule.id);
            payers.push(format!(
                "the badge {badge}: {} with each award",
                words::either(paid)
            ));
        }
    }
    payers
}

/// Watches what becomes of the balance.
struct Watch<'a> {
    catalog: &'a Catalog,
    currency: usize,
    balance: i64,
    totals: BTreeMap<(&'static str, String), (usize, i64)>,
    entries: Listed<LedgerEntry>,
    near: Listed<NearEvent>,
    acts: Listed<ActEntry>,
}

impl Witness for Watch<'_> {
    fn folded(&mut self, event: &Event, step: &Step, _: &State) {
        let currency = self.currency;
        let moved = step
            .movements
            .iter()
            .filter(|movement| movement.currency == currency);
        if acts::NAMES.contains(&event.name.as_str()) && moved.clone().next().is_some() {
            self.acts.push(ActEntry::new(event, None));
        }
        moved.for_each(|movement| self.enter(event, movement));
        self.note_near(event, step);
    }

    fn retracted(&mut self, event: &Event, by: &str) {
        let rules = self.catalog.rules();
        let currency = &rules.currencies[self.currency].id;
        if event.name == acts::POINTS
            && super::act::text(&event.props, "currency") == Some(currency)
        {
            self.acts.push(ActEntry::new(event, Some(by)));
        } else if self.listening(event).next().is_some() {
            self.near.push(NearEvent::retracted(event, by));
        }
    }
}

impl Watch<'_> {
    fn enter(&mut self, event: &Event, movement: &Movement) {
        let rules = self.catalog.rules();
        let (source, place) = match &movement.source {
            MovementSource::Earning(earning) => {
                let rule = rules.earnings[*earning].id.clone();
                (
                    EntrySource::Earning { rule: rule.clone() },
                    ("earning", rule),
                )
            }
            MovementSource::Award { badge, tier, key } => {
                let badge = &rules.badges[*badge];
                let tier = badge.tiers[*tier].id.clone();
                let source = EntrySource::Badge {
                    rule: badge.id.clone(),
                    tier,
                    key: key.to_string(),
                };
                (source, ("badge", badge.id.clone()))
            }
            MovementSource::Act => (EntrySource::Act, ("action", String::new())),
            MovementSource::Expiry => (EntrySource::Expiry, ("expiry", String::new())),
        };
        let total = self.totals.entry(place).or_default();
        total.0 += 1;
        total.1 = total.1.saturating_add(movement.amount);
        // The fold has made sure that it fits.
        self.balance = self.balance.saturating_add(movement.amount);
        self.entries.push(LedgerEntry {
            event: event.id.clone(),
            name: event.name.clone(),
            at: event.at,
            source,
            amount: movement.amount,
            balance: self.balance,
        });
    }

    /// Notes the earnings that listened and did not pay, or not in full.
    fn note_near(&mut self, event: &Event, step: &Step) {
        let rules = self.catalog.rules();
        let pays = |earning: usize| {
            rules.earnings[earning]
                .points
                .iter()
                .any(|(paid, _)| *paid == self.currency)
        };
        let part = |earning: usize| Some(rules.earnings[earning].id.clone());
        let mut told = BTreeSet::new();
        let mut near = Vec::new();
        for cut in step.cuts.iter().filter(|cut| cut.currency == self.currency) {
            told.insert(cut.earning);
            let message = format!("its limit for this period cut off {}", cut.amount);
            let reason = SkipReason::LimitReached.code();
            near.push(NearEvent {
                cut: Some(cut.amount),
                ..NearEvent::new(event, part(cut.earning), reason, message)
            });
        }
        for skipped in &step.skipped {
            if let RuleRef::Earning(earning) = skipped.rule
                && pays(earning)
                && told.insert(earning)
            {
                near.push(NearEvent::skipped(event, part(earning), &skipped.reason));
            }
        }
        for movement in step
            .movements
            .iter()
            .filter(|movement| movement.currency == self.currency)
        {
            if let MovementSource::Earning(earning) = movement.source {
                told.insert(earning);
            }
        }
        for earning in self
            .listening(event)
            .filter(|earning| !told.contains(earning))
        {
            let message = "its amount came to 0".to_owned();
            near.push(NearEvent::new(
                event,
                part(earning),
                "nothing_to_pay",
                message,
            ));
        }
        near.into_iter().for_each(|near| self.near.push(near));
    }

    /// The earnings of this currency that listen to an event.
    fn listening(&self, event: &Event) -> impl Iterator<Item = usize> + use<'_> {
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
