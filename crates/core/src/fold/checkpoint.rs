//! Checkpoints: when to store a copy of a state, and which copies to delete (S21).

use super::state::{CheckpointMark, PlayerState};
use crate::time::Timestamp;

/// True if a checkpoint should be stored before the event at `next` is folded.
///
/// A checkpoint includes everything at or before an instant, so it is taken only if the next event
/// is later. The distance between two checkpoints is `every` events, or the number of the state's
/// cells if that is greater, so the cost per event stays constant however large the state is.
pub fn is_checkpoint_due(state: &PlayerState, every: u64, cells: u64, next: Timestamp) -> bool {
    let header = &state.header;
    let Some(as_of) = header.as_of else {
        return false;
    };
    let since = header.event_count
        - header
            .checkpoints
            .last()
            .map_or(0, |checkpoint| checkpoint.event_count);
    // Another event at the same instant may still arrive in between, so a checkpoint ends before a
    // later one.
    since >= every.max(cells) && as_of < next
}

/// Records in the header that a checkpoint of the current state is stored, and returns the instants
/// of checkpoints to delete.
///
/// Checkpoints are closer together near the end of the timeline: of three neighbors, the middle
/// one is deleted if the distance between the outer two is at most the distance from the newer one
/// to the end. Their number grows with the logarithm of the timeline, and an event that is late by
/// n events costs a refold of about n events.
pub(super) fn mark_checkpoint(state: &mut PlayerState) -> Vec<Timestamp> {
    let header = &mut state.header;
    let Some(at) = header.as_of else {
        return Vec::new();
    };
    let end = header.event_count;
    // `is_checkpoint_due` asks for a later instant and for more events than at the last one.
    debug_assert!(
        header
            .checkpoints
            .last()
            .is_none_or(|last| last.at <= at && last.event_count <= end),
        "checkpoints are in order of the timeline"
    );
    header.checkpoints.push(CheckpointMark {
        at,
        event_count: end,
    });
    let mut gone = Vec::new();
    // From the newest to the oldest, so that a removal does not move the marks still to be visited.
    let mut index = header.checkpoints.len();
    while index >= 3 {
        let (older, newer) = (
            header.checkpoints[index - 3].event_count,
            header.checkpoints[index - 1].event_count,
        );
        if newer - older <= end - newer {
            gone.push(header.checkpoints.remove(index - 2).at);
        }
        index -= 1;
    }
    gone
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits;

    fn state_at(events: u64) -> PlayerState {
        let at = Timestamp::from_micros(i64::try_from(events).unwrap()).unwrap();
        let mut state = PlayerState::empty();
        state.header.event_count = events;
        state.header.as_of = Some(at);
        state
    }

    #[test]
    fn s21_checkpoints_are_few_and_close_to_the_end() {
        let mut kept = Vec::new();
        for step in 1..=1_000 {
            let mut state = state_at(step * limits::CHECKPOINT_EVENTS);
            state.header.checkpoints = kept;
            mark_checkpoint(&mut state);
            kept = state.header.checkpoints;
        }
        assert!(kept.len() <= 32, "{}", kept.len());
        for behind in [1, 10, 100, 900] {
            let wanted = (1_000 - behind) * limits::CHECKPOINT_EVENTS;
            let nearest = kept
                .iter()
                .rfind(|mark| mark.event_count <= wanted)
                .map_or(0, |mark| mark.event_count);
            let refolded = 1_000 * limits::CHECKPOINT_EVENTS - nearest;
            assert!(
                refolded <= 4 * behind * limits::CHECKPOINT_EVENTS,
                "{behind}: {refolded}"
            );
        }
    }

    #[test]
    fn s21_checkpoints_wait_for_a_later_instant_and_for_their_size() {
        let full = state_at(limits::CHECKPOINT_EVENTS);
        let at = full.header.as_of.unwrap();
        for (cells, next, due) in [
            (0, at.plus_micros(1), true),
            (0, at, false),
            (limits::CHECKPOINT_EVENTS + 1, at.plus_micros(1), false),
        ] {
            assert_eq!(
                is_checkpoint_due(&full, limits::CHECKPOINT_EVENTS, cells, next),
                due,
                "{cells} {next}"
            );
        }
        assert!(!is_checkpoint_due(
            &state_at(limits::CHECKPOINT_EVENTS - 1),
            limits::CHECKPOINT_EVENTS,
            0,
            at.plus_micros(1)
        ));
    }
}
