//! Checkpoints of a state.

use accolade_core::fold::WholeState;
use accolade_core::time::Timestamp;

use crate::store::CheckpointRow;

/// A new checkpoint, and the instants of those that it replaces.
pub(super) type NewCheckpoint = (Vec<Timestamp>, Option<CheckpointRow>);

/// Copies a whole state as a checkpoint. Also returns the instants of the checkpoints that it
/// replaces.
pub(super) fn copy_checkpoint(state: &mut WholeState) -> NewCheckpoint {
    let Some(at) = state.header.as_of else {
        return (Vec::new(), None);
    };
    let gone = state.mark_checkpoint();
    let state = state.encode();
    (gone, Some(CheckpointRow { at, state }))
}
