//! The timeline that an explanation folds.

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

/// The player and the instant of an explanation.
pub(super) struct ExplainedTimeline<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) player: &'a str,
    pub(super) timeline: &'a [TimelineEntry],
    pub(super) until: Timestamp,
}

/// A fold observer that also learns of events that do not count.
pub(super) trait TimelineObserver: FoldObserver {
    /// Called for an event that is left out because it is retracted.
    fn after_retracted(&mut self, event: &Event, by: &str);
}

impl ExplainedTimeline<'_> {
    /// Replays the timeline for an observer.
    pub(super) fn replay_for(&self, observer: &mut impl TimelineObserver) -> WholeState {
        let mut replay = Replay::new(self.catalog, self.player);
        for TimelineEntry { event, status } in self.timeline {
            match status {
                EventStatus::Counts => replay.fold_event(event, observer),
                // It does not even advance time: it is no part of the timeline that is folded
                // (S13).
                EventStatus::Retracted { by } => observer.after_retracted(event, by),
            }
        }
        replay.advance_to(self.until, observer);
        replay.into_state()
    }

    /// Returns the instant that is explained.
    pub(super) fn explained_at(&self, state: &PlayerState) -> Timestamp {
        // Events slightly ahead of the clock count at once (S28), so the state can be later than
        // the question.
        state
            .header
            .last_position
            .as_ref()
            .map_or(self.until, |last| last.at.max(self.until))
    }
}
