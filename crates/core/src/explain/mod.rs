//! Explanations of badges, balances and unlockables by the events behind them.
//!
//! An explanation folds the player's timeline once with tracing. It lists the events that counted,
//! the near misses with their reasons, and the manual actions that are relevant. `Display` renders
//! it as text; serialization yields the structured form.
//!
//! ```
//! use accolade_core::{catalog::Catalog, event::Event, explain, props};
//! use explain::{EventStatus, Subject, TimelineEntry};
//!
//! let catalog = Catalog::from_toml(r#"
//!     [[badge]]
//!     id = "early-bird"
//!     name = "Early bird"
//!     criterion = { count = "run.finished", where = "event.hour < 8", at_least = 2 }
//! "#).unwrap();
//! let run = |id: &str, hour: i64| TimelineEntry {
//!     event: Event {
//!         id: id.into(),
//!         player: "ada".into(),
//!         name: "run.finished".into(),
//!         at: "2026-11-20T10:00:00Z".parse().unwrap(),
//!         order: 0,
//!         props: props! { "hour" => hour },
//!     },
//!     status: EventStatus::Counts,
//! };
//! let timeline = [run("run-1", 7), run("run-2", 9)];
//! let subject = Subject::parse(catalog.rules(), "early-bird").unwrap();
//! let now = "2026-11-20T12:00:00Z".parse().unwrap();
//! let text = explain::explain(&catalog, "ada", &timeline, &subject, now).to_string();
//! assert!(text.starts_with("ada does not have Early bird (early-bird): 1 of 2, 1 to go."));
//! assert!(text.contains("run-2  run.finished: condition not met: event.hour < 8"));
//! ```

mod action;
mod badge;
mod criterion_tree;
mod currency;
mod describe;
mod evidence;
mod goals;
mod near_miss;
mod render;
mod rule_inputs;
mod subject;
#[cfg(test)]
mod tests;
mod truncated;
mod unlockable;

use serde::{Serialize, Serializer};

pub use action::ActionEntry;
pub use badge::{AwardEntry, BadgeExplanation, RequiredBadge};
pub use criterion_tree::CriterionPart;
pub use currency::{BalanceEntry, CurrencyExplanation, EntrySource, SourceTotal};
pub use evidence::{CountedEvent, Evidence};
pub use goals::BadgeGoal;
pub use near_miss::NearMiss;
pub use subject::{ExplanationSubject, SubjectError};
pub use truncated::Truncated;
pub use unlockable::{UnlockableExplanation, UnlockableTransition};

use crate::catalog::Catalog;
use crate::event::Event;
use crate::fold::{FoldObserver, PlayerState, Replay, WholeState};
use crate::time::Timestamp;

/// An event of a timeline and its status.
#[derive(Debug, Clone, PartialEq)]
pub struct TimelineEntry {
    /// The event or manual action.
    pub event: Event,
    /// The status of the event.
    pub status: EventStatus,
}

/// The status of an event in a timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventStatus {
    /// The event counts.
    Counts,
    /// The event was retracted and has no effect.
    Retracted {
        /// The id of the action that retracted it.
        by: String,
    },
}

/// An explanation of one subject. `Display` renders it as text.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Explanation {
    /// An explanation of a badge.
    Badge(BadgeExplanation),
    /// An explanation of a balance.
    Currency(CurrencyExplanation),
    /// An explanation of an unlockable.
    Unlockable(UnlockableExplanation),
}

/// Explains a subject for a player, at an instant or at the last event, whichever is later.
///
/// The timeline must be whole and in order (S1); it is folded once. The catalog must be the one for
/// which the subject was parsed.
pub fn explain(
    catalog: &Catalog,
    player: &str,
    timeline: &[TimelineEntry],
    subject: &ExplanationSubject,
    until: Timestamp,
) -> Explanation {
    let question = ExplainedTimeline {
        catalog,
        player,
        timeline,
        until,
    };
    match subject {
        ExplanationSubject::Badge { badge, tier, key } => Explanation::Badge(badge::explain_badge(
            &question,
            *badge,
            *tier,
            key.as_deref(),
        )),
        ExplanationSubject::Currency(currency) => {
            Explanation::Currency(currency::explain_currency(&question, *currency))
        }
        ExplanationSubject::Unlockable(unlockable) => {
            Explanation::Unlockable(unlockable::explain_unlockable(&question, *unlockable))
        }
    }
}

/// Describes in English what an earning pays in a currency; `None` if the catalog has no such
/// earning.
pub fn describe_earning(catalog: &Catalog, earning: &str, currency: &str) -> Option<String> {
    let written = catalog
        .document()
        .earnings
        .iter()
        .find(|written| written.label.id.value == earning)?;
    Some(describe::describe_earning(catalog, written, currency))
}

/// The player and the instant of an explanation.
struct ExplainedTimeline<'a> {
    catalog: &'a Catalog,
    player: &'a str,
    timeline: &'a [TimelineEntry],
    until: Timestamp,
}

/// A fold observer that also learns of events that do not count.
trait TimelineObserver: FoldObserver {
    /// Called for an event that is left out because it is retracted.
    fn after_retracted(&mut self, event: &Event, by: &str);
}

impl ExplainedTimeline<'_> {
    /// Replays the timeline for an observer.
    fn replay_for(&self, observer: &mut impl TimelineObserver) -> WholeState {
        let mut replay = Replay::new(self.catalog, self.player);
        for TimelineEntry {
            event,
            status: standing,
        } in self.timeline
        {
            match standing {
                EventStatus::Counts => replay.fold_event(event, observer),
                EventStatus::Retracted { by } => observer.after_retracted(event, by),
            }
        }
        replay.advance_to(self.until, observer);
        replay.into_state()
    }

    /// Returns the instant that is explained.
    fn explained_at(&self, state: &PlayerState) -> Timestamp {
        state
            .header
            .last_position
            .as_ref()
            .map_or(self.until, |last| last.at.max(self.until))
    }
}

/// Serializes an instant as RFC 3339.
fn serialize_rfc3339<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(at)
}

/// Serializes an optional instant as RFC 3339.
fn serialize_optional_rfc3339<S: Serializer>(
    at: &Option<Timestamp>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => serializer.collect_str(at),
        None => serializer.serialize_none(),
    }
}
