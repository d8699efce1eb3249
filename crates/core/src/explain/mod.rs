//! Explanations of badges, balances and unlockables by the events behind them.
//!
//! An explanation folds the player's timeline once with tracing. It lists the events that counted,
//! the near misses with their reasons, and the manual actions that are relevant. `Display` renders
//! it as text; serialization yields the structured form.
//!
//! ```
//! use accolade_core::{catalog::Catalog, event::Event, explain, props};
//! use explain::{EventStatus, ExplanationSubject, TimelineEntry};
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
//! let subject = ExplanationSubject::parse(catalog.rules(), "early-bird").unwrap();
//! let now = "2026-11-20T12:00:00Z".parse().unwrap();
//! let text = explain::explain(&catalog, "ada", &timeline, &subject, now).to_string();
//! assert!(text.starts_with("ada does not have Early bird yet: 1 of 2 runs finished."));
//! assert!(text.contains("run-2  run.finished: condition not met: event.hour < 8"));
//! ```

mod action;
mod award;
mod badge;
mod balance_source;
mod criterion_tree;
mod currency;
mod describe;
mod event_words;
mod evidence;
mod goals;
mod key_labels;
mod measure;
mod near_miss;
mod remaining;
mod render;
mod rule_inputs;
mod subject;
mod summary;
#[cfg(test)]
mod tests;
mod timeline;
mod truncated;
mod unlockable;

use serde::Serialize;

pub use action::ActionEntry;
pub use award::{AwardEntry, RequiredBadge};
pub use badge::BadgeExplanation;
pub use balance_source::{EntrySource, SourceKind, SourceTotal};
pub use criterion_tree::CriterionPart;
pub use currency::{BalanceEntry, CurrencyExplanation};
pub use event_words::name_event;
pub use evidence::{CountedEvent, Evidence};
pub use goals::BadgeGoal;
pub use near_miss::{NearMiss, NearMissGroup, group_near_misses};
pub use remaining::{UnlockableProgress, find_unlockable_progress};
pub use subject::{ExplanationSubject, SubjectError};
pub use summary::Summary;
pub use timeline::{EventStatus, TimelineEntry};
pub use truncated::Truncated;
pub use unlockable::{UnlockableExplanation, UnlockableTransition};

use timeline::ExplainedTimeline;

use crate::catalog::Catalog;
use crate::time::Timestamp;

/// An explanation of one subject. `Display` renders it as text.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Explanation {
    /// An explanation of a badge.
    Badge(BadgeExplanation),
    /// An explanation of a balance.
    Currency(CurrencyExplanation),
    /// An explanation of an unlockable.
    Unlockable(UnlockableExplanation),
}

impl Explanation {
    /// Returns the answer in one sentence.
    pub fn summary(&self) -> &Summary {
        match self {
            Self::Badge(badge) => &badge.summary,
            Self::Currency(currency) => &currency.summary,
            Self::Unlockable(unlockable) => &unlockable.summary,
        }
    }
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
