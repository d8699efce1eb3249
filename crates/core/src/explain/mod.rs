//! Explanations of badges, balances and unlockables by the events behind them.
//!
//! An explanation folds the player's timeline once with tracing. It lists the events that counted,
//! the near misses with their reasons, and the manual actions that are relevant. `Display` renders
//! it as text; serialization yields the structured form.
//!
//! ```
//! use accolade_core::{catalog::Catalog, event::Event, explain, props};
//! use explain::{Standing, Subject, Told};
//!
//! let catalog = Catalog::from_toml(r#"
//!     [[badge]]
//!     id = "early-bird"
//!     name = "Early bird"
//!     criterion = { count = "run.finished", where = "event.hour < 8", at_least = 2 }
//! "#).unwrap();
//! let run = |id: &str, hour: i64| Told {
//!     event: Event {
//!         id: id.into(),
//!         player: "ada".into(),
//!         name: "run.finished".into(),
//!         at: "2026-11-20T10:00:00Z".parse().unwrap(),
//!         order: 0,
//!         props: props! { "hour" => hour },
//!     },
//!     standing: Standing::Counts,
//! };
//! let timeline = [run("run-1", 7), run("run-2", 9)];
//! let subject = Subject::parse(catalog.rules(), "early-bird").unwrap();
//! let now = "2026-11-20T12:00:00Z".parse().unwrap();
//! let text = explain::explain(&catalog, "ada", &timeline, &subject, now).to_string();
//! assert!(text.starts_with("ada does not have Early bird (early-bird): 1 of 2, 1 to go."));
//! assert!(text.contains("run-2  run.finished: condition not met: event.hour < 8"));
//! ```

mod act;
mod badge;
mod currency;
mod evidence;
mod goals;
mod listed;
mod near;
mod part;
mod sources;
mod subject;
#[cfg(test)]
mod tests;
mod text;
mod unlockable;
mod words;

use serde::{Serialize, Serializer};

pub use act::ActEntry;
pub use badge::{AwardEntry, BadgeExplanation, Requirement};
pub use currency::{CurrencyExplanation, EntrySource, LedgerEntry, Total};
pub use evidence::{CountedEvent, Evidence};
pub use goals::Goal;
pub use listed::Listed;
pub use near::NearEvent;
pub use part::Part;
pub use subject::{Subject, SubjectError};
pub use unlockable::{Change, UnlockableExplanation};

use crate::catalog::Catalog;
use crate::event::Event;
use crate::fold::{FoldObserver, Replay, State, WholeState};
use crate::time::Timestamp;

/// An event of a timeline and its status.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// The event or manual action.
    pub event: Event,
    /// The status of the event.
    pub standing: Standing,
}

/// The status of an event in a timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
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
    timeline: &[Told],
    subject: &Subject,
    until: Timestamp,
) -> Explanation {
    let question = Question {
        catalog,
        player,
        timeline,
        until,
    };
    match subject {
        Subject::Badge { badge, tier, key } => {
            Explanation::Badge(badge::explain(&question, *badge, *tier, key.as_deref()))
        }
        Subject::Currency(currency) => {
            Explanation::Currency(currency::explain(&question, *currency))
        }
        Subject::Unlockable(unlockable) => {
            Explanation::Unlockable(unlockable::explain(&question, *unlockable))
        }
    }
}

/// Describes in English what an earning pays in a currency; `None` if the catalog has no such
/// earning.
pub fn earning_in_words(catalog: &Catalog, earning: &str, currency: &str) -> Option<String> {
    let written = catalog
        .document()
        .earnings
        .iter()
        .find(|written| written.label.id.value == earning)?;
    Some(words::earning(catalog, written, currency))
}

/// The player and the instant of an explanation.
struct Question<'a> {
    catalog: &'a Catalog,
    player: &'a str,
    timeline: &'a [Told],
    until: Timestamp,
}

/// A fold observer that also learns of events that do not count.
trait TimelineObserver: FoldObserver {
    /// Called for an event that is left out because it is retracted.
    fn after_retracted(&mut self, event: &Event, by: &str);
}

impl Question<'_> {
    /// Replays the timeline for an observer.
    fn replay(&self, observer: &mut impl TimelineObserver) -> WholeState {
        let mut replay = Replay::new(self.catalog, self.player);
        for Told { event, standing } in self.timeline {
            match standing {
                Standing::Counts => replay.fold(event, observer),
                Standing::Retracted { by } => observer.after_retracted(event, by),
            }
        }
        replay.advance(self.until, observer);
        replay.into_state()
    }

    /// Returns the instant that is explained.
    fn now(&self, state: &State) -> Timestamp {
        state
            .header
            .last
            .as_ref()
            .map_or(self.until, |last| last.at.max(self.until))
    }
}

/// Serializes an instant as RFC 3339.
fn rfc3339<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(at)
}

/// Serializes an optional instant as RFC 3339.
fn optional_rfc3339<S: Serializer>(
    at: &Option<Timestamp>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => serializer.collect_str(at),
        None => serializer.serialize_none(),
    }
}
