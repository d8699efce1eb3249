//! Explanations of short histories under small catalogs.

mod answers;
mod reasons;
mod sentences;
mod texts;

use super::{EventStatus, Explanation, ExplanationSubject, TimelineEntry, explain};
use crate::catalog::{Catalog, CatalogFormat};
use crate::code::CodeBadge;
use crate::event::Event;
use crate::fold::{self, WholeState, actions};
use crate::time::{SECOND, Timestamp};
use crate::value::Props;

/// Ada's history under a catalog, with one event per hour from 2026-11-20T00:00:00Z on.
struct History {
    catalog: Catalog,
    timeline: Vec<TimelineEntry>,
    now: Timestamp,
}

impl History {
    fn new(toml: &str) -> Self {
        Self::with_code(toml, Vec::new())
    }

    fn with_code(toml: &str, code: Vec<CodeBadge>) -> Self {
        let catalog = Catalog::new(toml, "catalog", CatalogFormat::Toml, code);
        let catalog = catalog.unwrap_or_else(|found| panic!("{found}"));
        Self {
            catalog,
            timeline: Vec::new(),
            now: "2026-11-20T00:00:00Z".parse().unwrap(),
        }
    }

    /// Adds an event, then waits an hour. Manual actions are judged.
    fn add_event(mut self, id: &str, name: &str, props: Props) -> Self {
        let at = self.now;
        let mut event = Event {
            id: id.into(),
            player: "ada".into(),
            name: name.into(),
            at,
            order: 0,
            props,
        };
        if actions::NAMES.contains(&name) {
            event.props = self.state().decide(&self.catalog, &event).unwrap();
        }
        self.timeline.push(TimelineEntry {
            event,
            status: EventStatus::Counts,
        });
        self.wait(60)
    }

    /// Lets some minutes pass.
    fn wait(mut self, minutes: i64) -> Self {
        self.now = self.now.plus_micros(minutes * 60 * SECOND);
        self
    }

    /// Retracts an event.
    fn retract(mut self, id: &str, by: &str) -> Self {
        let entry = self
            .timeline
            .iter_mut()
            .find(|entry| entry.event.id == id)
            .unwrap();
        entry.status = EventStatus::Retracted { by: by.into() };
        self
    }

    /// Folds the events that count.
    fn state(&self) -> WholeState {
        let counts = self
            .timeline
            .iter()
            .filter(|entry| entry.status == EventStatus::Counts);
        fold::replay(&self.catalog, counts.map(|entry| &entry.event))
    }

    fn explain_subject(&self, subject: &str) -> Explanation {
        let subject = ExplanationSubject::parse(self.catalog.rules(), subject).unwrap();
        explain(&self.catalog, "ada", &self.timeline, &subject, self.now)
    }

    /// Returns an explanation in its structured form.
    fn json(&self, subject: &str) -> serde_json::Value {
        serde_json::to_value(self.explain_subject(subject)).unwrap()
    }
}

/// Returns the values of a field in the entries of a list.
fn entry_fields<'j>(
    json: &'j serde_json::Value,
    list: &str,
    field: &str,
) -> Vec<&'j serde_json::Value> {
    json[list]["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| &entry[field])
        .collect()
}
