//! Why an unlockable is open for a player, or shut.

use serde::Serialize;

use super::evidence::{Evidence, Gathering};
use super::listed::Listed;
use super::part::{Part, Trees};
use super::sources::Sources;
use super::{Question, Witness, rfc3339, words};
use crate::catalog::rules::{RuleRef, Rules};
use crate::event::Event;
use crate::fold::{self, State, Step, Unlocked};
use crate::number::Decimal;
use crate::time::Timestamp;

/// Why an unlockable is open for a player, or shut.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UnlockableExplanation {
    /// Whose.
    pub player: String,
    /// The unlockable's id.
    pub unlockable: String,
    /// How people read it.
    pub name: String,
    /// What opens it, in words.
    pub rule: String,
    /// The instant that is explained.
    #[serde(serialize_with = "rfc3339")]
    pub at: Timestamp,
    /// Whether it is open.
    pub open: bool,
    /// When it opened and shut.
    pub changes: Listed<Change>,
    /// Its condition, part by part.
    pub criterion: Option<Part>,
    /// What all of this rests on.
    #[serde(flatten)]
    pub evidence: Evidence,
}

/// That an unlockable opened or shut.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Whether it opened.
    pub opened: bool,
    /// When.
    #[serde(serialize_with = "rfc3339")]
    pub at: Timestamp,
    /// Because of which event or act.
    pub event: String,
    /// The name of that event.
    pub event_name: String,
}

/// Explains an unlockable.
pub(super) fn explain(question: &Question<'_>, unlockable: usize) -> UnlockableExplanation {
    let catalog = question.catalog;
    let rule = &catalog.rules().unlockables[unlockable];
    let written = catalog
        .document()
        .unlockables
        .iter()
        .find(|written| written.label.id.value == rule.id);
    let sources = written
        .map(|written| Sources::of(catalog, &written.criterion, &rule.criterion))
        .unwrap_or_default();
    let gathering = Gathering::new(catalog, RuleRef::Unlockable(unlockable), sources, None);
    let latches = !rule.relock;
    let mut watch = Watch {
        rules: catalog.rules(),
        unlockable,
        gathering,
        changes: Listed::default(),
        open: false,
        latches,
    };
    let mut state = question.fold(&mut watch);
    let now = question.now(&state);
    fold::look(catalog, &mut state, question.player, now, |look| {
        UnlockableExplanation {
            player: question.player.to_owned(),
            unlockable: rule.id.clone(),
            name: rule.display.name.clone(),
            rule: written
                .map(|written| words::unlockable(catalog, written))
                .unwrap_or_default(),
            at: now,
            open: watch.open,
            changes: watch.changes,
            criterion: written.map(|written| {
                Trees { catalog, look }.tree(&written.criterion, &rule.criterion, None, Decimal::ZERO)
            }),
            evidence: watch.gathering.finish(look, watch.open && watch.latches),
        }
    })
}

/// Watches what becomes of the unlockable.
struct Watch<'a> {
    rules: &'a Rules,
    unlockable: usize,
    gathering: Gathering<'a>,
    changes: Listed<Change>,
    open: bool,
    /// Whether it stays open once it is.
    latches: bool,
}

impl Witness for Watch<'_> {
    fn folded(&mut self, event: &Event, step: &Step, state: &State) {
        self.gathering
            .folded(event, step, self.open && self.latches);
        for change in fold::outputs(self.rules, &step.touched, state).unlocks {
            let own = change.unlockable == self.rules.unlockables[self.unlockable].id;
            if let Some(Unlocked {
                open,
                at,
                event: id,
            }) = change.after.filter(|_| own)
            {
                self.open = open;
                self.changes.push(Change {
                    opened: open,
                    at,
                    event: id,
                    event_name: event.name.clone(),
                });
            }
        }
    }

    fn retracted(&mut self, event: &Event, by: &str) {
        self.gathering.retracted(event, by);
    }
}
