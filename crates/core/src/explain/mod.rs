//! Explanations: why a player has, or does not have, a badge, a balance or an unlockable.
//!
//! A player's timeline is folded once more with tracing: what counted, what came near and did not, and which acts had a
//! part. An explanation can be shown to people, as text, and to programs, as JSON.
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
//! assert!(text.starts_with("ada does not have Early bird (early-bird): 1 of 2; 1 missing."));
//! assert!(text.contains("run-2  run.finished: its condition is false: event.hour < 8"));
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
use crate::fold::{self, State, Step};
use crate::time::Timestamp;

/// An event of a timeline, and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// The event, or the act.
    pub event: Event,
    /// What became of it.
    pub standing: Standing,
}

/// What became of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It counts.
    Counts,
    /// It was retracted, and is as if it had never been.
    Retracted {
        /// The id of the act that retracted it.
        by: String,
    },
}

/// Why something is as it is. Shown as text it is for people; serialized it is for programs.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Explanation {
    /// Of a badge.
    Badge(BadgeExplanation),
    /// Of a balance.
    Currency(CurrencyExplanation),
    /// Of an unlockable.
    Unlockable(UnlockableExplanation),
}

/// Explains something of a player, as it is at an instant, or at the last event where that is later.
///
/// The timeline must be whole and in order (S1). It is folded once. The catalog must be the one that the subject was
/// read for.
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

/// What an earning pays in a currency and for what, in words; `None` when the catalog has no such earning.
pub fn earning_in_words(catalog: &Catalog, earning: &str, currency: &str) -> Option<String> {
    let written = catalog
        .document()
        .earnings
        .iter()
        .find(|written| written.label.id.value == earning)?;
    Some(words::earning(catalog, written, currency))
}

/// Of whom an explanation is, and when.
struct Question<'a> {
    catalog: &'a Catalog,
    player: &'a str,
    timeline: &'a [Told],
    until: Timestamp,
}

/// Somebody who watches a timeline being folded.
trait Witness {
    /// An event was folded into a state.
    fn folded(&mut self, event: &Event, step: &Step, state: &State);
    /// An event was left out because it is retracted.
    fn retracted(&mut self, event: &Event, by: &str);
}

impl Question<'_> {
    /// Folds the timeline before a witness.
    fn fold(&self, witness: &mut impl Witness) -> State {
        let mut state = State::empty();
        for Told { event, standing } in self.timeline {
            match standing {
                Standing::Counts => {
                    self.moments(&mut state, event.at, witness);
                    self.step(&mut state, event, witness);
                }
                Standing::Retracted { by } => witness.retracted(event, by),
            }
        }
        self.moments(&mut state, self.until, witness);
        state
    }

    /// Folds the moments up to an instant at which time alone changes something.
    fn moments(&self, state: &mut State, until: Timestamp, witness: &mut impl Witness) {
        while let Some(at) = fold::due(self.catalog, state, until) {
            self.step(state, &fold::moment(self.player, at), witness);
        }
    }

    fn step(&self, state: &mut State, event: &Event, witness: &mut impl Witness) {
        let step = fold::step(self.catalog, state, event, true)
            .expect("a state that began empty has all of its cells at hand");
        witness.folded(event, &step, state);
    }

    /// The instant that is explained.
    fn now(&self, state: &State) -> Timestamp {
        state
            .header
            .last
            .as_ref()
            .map_or(self.until, |last| last.at.max(self.until))
    }
}

/// An instant as RFC 3339.
fn rfc3339<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(at)
}

/// An instant, if there is one, as RFC 3339.
fn optional_rfc3339<S: Serializer>(
    at: &Option<Timestamp>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => serializer.collect_str(at),
        None => serializer.serialize_none(),
    }
}
