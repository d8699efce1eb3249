//! Evidence about a rule: counted events, near misses and manual actions, collected along the
//! timeline.

use serde::Serialize;

use super::action::ActionEntry;
use super::describe;
use super::near_miss::NearMiss;
use super::rule_inputs::{CounterInput, RuleInputs, event_key};
use super::truncated::Truncated;
use crate::catalog::Catalog;
use crate::catalog::rules::RuleRef;
use crate::event::Event;
use crate::fold::{
    CounterUpdate, RuleSkip, SkipCode, SkipReason, StateInspector, StepReport, actions,
};
use crate::limits;
use crate::number::Decimal;
use crate::time::{TimeWindow, Timestamp};

/// The events and actions behind an explanation.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Evidence {
    /// Events that counted.
    pub counted: Truncated<CountedEvent>,
    /// The number of later events that counted after everything in question had been earned.
    pub counted_since: usize,
    /// Events that almost counted.
    pub near_misses: Truncated<NearMiss>,
    /// Manual actions that are relevant to the rule.
    pub actions: Truncated<ActionEntry>,
}

impl Evidence {
    /// Lists the keys for which events counted.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        let counted = self.counted.entries.iter();
        counted.filter_map(|event| event.key.as_deref())
    }
}

/// An event that counted.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CountedEvent {
    /// The id of the event.
    pub event: String,
    /// The name of the event.
    pub name: String,
    /// Instant of the event.
    pub at: Timestamp,
    /// The part of the criterion for which it counted, if there are several.
    pub part: Option<String>,
    /// The key for which it counted, if the criterion has keys.
    pub key: Option<String>,
    /// The contribution of the event.
    pub added: Decimal,
    /// The value of the part after the event.
    pub total: Decimal,
}

/// An event that counted when it happened, with the data to decide if it still does.
struct CountedEntry {
    event: CountedEvent,
    counter: usize,
    period: Option<i64>,
}

/// Collects evidence about one rule.
pub(super) struct EvidenceCollector<'a> {
    catalog: &'a Catalog,
    rule: RuleRef,
    sources: RuleInputs,
    /// The key, if the explanation is limited to one.
    key: Option<&'a str>,
    counted: Truncated<CountedEntry>,
    counted_since: usize,
    near_misses: Truncated<NearMiss>,
    /// Events that did not count only because of their key. They are less useful than other near
    /// misses, and fill the room that those leave.
    of_other_keys: Truncated<NearMiss>,
    actions: Truncated<ActionEntry>,
}

impl<'a> EvidenceCollector<'a> {
    pub(super) fn new(
        catalog: &'a Catalog,
        rule: RuleRef,
        sources: RuleInputs,
        key: Option<&'a str>,
    ) -> Self {
        Self {
            catalog,
            rule,
            sources,
            key,
            counted: Truncated::default(),
            counted_since: 0,
            near_misses: Truncated::default(),
            of_other_keys: Truncated::default(),
            actions: Truncated::default(),
        }
    }

    /// Records a folded event. `settled` is true if everything in question was earned before it.
    pub(super) fn record_event(&mut self, event: &Event, step: &StepReport, settled: bool) {
        if self.is_relevant_action(event) {
            self.actions.push(ActionEntry::new(event, None));
        }
        // Before anything is recorded, because it clears only what counted up to it.
        if event.name == actions::RESET {
            self.apply_reset(event);
        }
        let is_ours =
            |counted: &&CounterUpdate| self.sources.find_counter(counted.counter).is_some();
        let counted: Vec<&CounterUpdate> = step.counter_updates.iter().filter(is_ours).collect();
        if settled {
            self.counted_since += usize::from(!counted.is_empty());
            return;
        }
        // If a key is in question, reasons that concern the whole rule are shown only for events of
        // that key.
        let about_key = self
            .key
            .is_none_or(|key| counted.iter().any(|counted| &*counted.key == key));
        counted
            .into_iter()
            .for_each(|counted| self.record_counted(event, counted));
        let mut reported: Vec<&RuleSkip> = Vec::new();
        let rule = self.rule;
        for skipped in step.skipped.iter().filter(|skipped| skipped.rule == rule) {
            // Tiers of a badge are skipped one by one, often for the same reason.
            if !reported.contains(&skipped) && (about_key || skipped.counter.is_some()) {
                reported.push(skipped);
                self.record_skipped(event, skipped);
            }
        }
    }

    /// Lists the keys for which an event counted.
    pub(super) fn counted_keys<'s>(&self, step: &'s StepReport) -> impl Iterator<Item = &'s str> {
        let is_ours = |update: &&CounterUpdate| self.sources.find_counter(update.counter).is_some();
        let updates = step.counter_updates.iter().filter(is_ours);
        updates
            .map(|update| &*update.key)
            .filter(|key| !key.is_empty())
    }

    /// Records a retracted event.
    pub(super) fn record_retracted(&mut self, event: &Event, by: &str) {
        if self.is_relevant_action(event) {
            self.actions.push(ActionEntry::new(event, Some(by)));
        } else if self.sources.listens_to(self.catalog.rules(), &event.name)
            && self.other_key(event).is_none()
        {
            self.near_misses.push(NearMiss::from_retracted(event, by));
        }
    }

    fn record_counted(&mut self, event: &Event, counted: &CounterUpdate) {
        let Some(leaf) = self.sources.find_counter(counted.counter) else {
            return;
        };
        let part = self.part_text(leaf);
        let counter = &self.catalog.rules().counters[counted.counter];
        if let Some(key) = self.key.filter(|key| *counted.key != **key) {
            let message = format!("counted for key {}, not {key}", counted.key);
            self.of_other_keys
                .push(NearMiss::new(event, part, SkipCode::AnotherKey, message));
        } else if counted.duplicate {
            let message = "value already counted; each value counts once".to_owned();
            self.near_misses
                .push(NearMiss::new(event, part, SkipCode::Duplicate, message));
        } else {
            let event = CountedEvent {
                event: event.id.clone(),
                name: event.name.clone(),
                at: event.at,
                part,
                key: counter.key.is_some().then(|| counted.key.to_string()),
                added: counted.added,
                total: counted.total,
            };
            self.counted.push(CountedEntry {
                event,
                counter: counted.counter,
                period: counted.period,
            });
        }
    }

    fn record_skipped(&mut self, event: &Event, skipped: &RuleSkip) {
        // In both cases the event did count.
        if matches!(
            skipped.reason,
            SkipReason::AlreadyEarned | SkipReason::NotReached { .. }
        ) {
            return;
        }
        let leaf = skipped
            .counter
            .and_then(|counter| self.sources.find_counter(counter));
        let part = leaf.and_then(|leaf| self.part_text(leaf));
        if leaf.is_some()
            && let Some((key, asked)) = self.other_key(event)
        {
            let message = format!("belongs to key {key}, not {asked}");
            self.of_other_keys
                .push(NearMiss::new(event, part, SkipCode::AnotherKey, message));
        } else if skipped.reason == SkipReason::ConditionFalse(None) && leaf.is_none() {
            let message = "the badge's code awarded nothing".to_owned();
            self.near_misses
                .push(NearMiss::new(event, None, skipped.reason.code(), message));
        } else {
            self.near_misses
                .push(NearMiss::from_skipped(event, part, &skipped.reason));
        }
    }

    /// Turns everything that counted so far into near misses.
    fn apply_reset(&mut self, act: &Event) {
        let counted = self.counted.take_all();
        // Entries that were dropped for their number are cleared by the reset as well.
        self.near_misses.left_out += counted.left_out;
        self.counted_since = 0;
        for CountedEntry { event, .. } in counted.entries {
            self.near_misses.push(NearMiss {
                event: event.event,
                name: event.name,
                at: event.at,
                part: event.part,
                reason: SkipCode::Reset,
                message: format!("cleared by reset {}", act.id),
                action: Some(act.id.clone()),
                cut: None,
            });
        }
    }

    /// Returns the collected evidence. Until everything is earned, events that have left their
    /// window do not count.
    pub(super) fn into_evidence(self, look: &StateInspector<'_, '_>, is_earned: bool) -> Evidence {
        let mut counted = Truncated {
            left_out: self.counted.left_out,
            ..Truncated::default()
        };
        let mut near: Vec<NearMiss> = self.near_misses.entries.into();
        for tallied in self.counted.entries {
            match self.catalog.rules().counters[tallied.counter].window {
                Some(window)
                    if !is_earned && has_left_window(self.catalog, &tallied, window, look) =>
                {
                    near.push(outside_window(window, tallied.event));
                }
                _ => counted.push(tallied),
            }
        }
        // Near misses of other keys only get the room that is left.
        let room = limits::EXPLANATION_ENTRIES.saturating_sub(near.len());
        let others = self.of_other_keys;
        let unshown = others.entries.len().saturating_sub(room);
        let left_out = self.near_misses.left_out + others.left_out + unshown;
        near.extend(others.entries.into_iter().skip(unshown));
        // The three groups are in order of time each, but not together.
        near.sort_by_key(|near| near.at);
        let mut near: Truncated<NearMiss> = near.into_iter().collect();
        near.left_out += left_out;
        let counted = counted.map_entries(|tallied| tallied.event);
        Evidence {
            counted,
            counted_since: self.counted_since,
            near_misses: near,
            actions: self.actions,
        }
    }

    /// True if an action is relevant to the rule.
    fn is_relevant_action(&self, act: &Event) -> bool {
        let rules = self.catalog.rules();
        let named = |name| super::action::text_prop(&act.props, name);
        match act.name.as_str() {
            actions::AWARD | actions::REVOKE | actions::PROGRESS => {
                let badge = named("badge")
                    .and_then(|id| rules.badge_position(id))
                    .map(RuleRef::Badge);
                let is_key = self
                    .key
                    .is_none_or(|key| named("key").is_none_or(|other| other == key));
                badge == Some(self.rule) && is_key
            }
            actions::POINTS => {
                let currency = named("currency").and_then(|id| rules.currency_position(id));
                currency.is_some_and(|currency| self.sources.currencies.contains(&currency))
            }
            actions::RESET => true,
            actions::PROFILE => self.sources.reads_profile(rules),
            _ => false,
        }
    }

    /// Returns the key of an event and the key in question, if they differ.
    fn other_key(&self, event: &Event) -> Option<(String, &'a str)> {
        let asked = self.key?;
        let mut keys = self
            .sources
            .counters
            .iter()
            .filter_map(|leaf| event_key(&self.catalog.rules().counters[leaf.counter], event));
        keys.next()
            .filter(|key| key != asked)
            .map(|key| (key, asked))
    }

    /// Returns the description of a part, if there are several.
    fn part_text(&self, leaf: &CounterInput) -> Option<String> {
        (self.sources.counters.len() > 1).then(|| leaf.text.clone())
    }
}

fn has_left_window(
    catalog: &Catalog,
    tallied: &CountedEntry,
    window: TimeWindow,
    look: &StateInspector<'_, '_>,
) -> bool {
    let counter = &catalog.rules().counters[tallied.counter];
    match window {
        TimeWindow::Sliding(length) => tallied.event.at.plus_micros(length) <= look.now(),
        // Compared with the period in which it counted: the player may be in another zone now.
        TimeWindow::Calendar(calendar) => {
            tallied.period != Some(look.current_period(calendar, counter.player_zone))
        }
    }
}

fn outside_window(window: TimeWindow, event: CountedEvent) -> NearMiss {
    let message = format!(
        "no longer in the window: {}",
        describe::describe_window(window, false)
    );
    let CountedEvent {
        event,
        name,
        at,
        part,
        ..
    } = event;
    NearMiss {
        event,
        name,
        at,
        part,
        reason: SkipCode::OutsideWindow,
        message,
        action: None,
        cut: None,
    }
}
