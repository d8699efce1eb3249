//! Comparison of the numbers of events by name with the recorded events.

use serde_json::json;

use super::difference::Difference;
use crate::audit::AuditActor;
use crate::store::{ReadStore, StoreError};
use crate::writer::{WriterJob, WriterThread};
use crate::{Engine, Error, Ticket};

const EXPLANATION: &str = "The number of events of this name differs from the recorded events.";

/// Finds names whose stored number of events is wrong.
pub(super) fn compare_event_names<R: ReadStore + ?Sized>(
    store: &mut R,
) -> Result<Vec<Difference>, StoreError> {
    let found = store.find_event_name_differences()?;
    Ok(found
        .into_iter()
        .map(|one| Difference {
            player: None,
            subject: format!("event name {}", one.name),
            stored: one.stored.to_string(),
            expected: one.counted.to_string(),
            explanation: EXPLANATION.to_owned(),
            repairable: true,
        })
        .collect())
}

impl Engine {
    /// Counts the events of all names again.
    pub(super) fn repair_event_names(&self) -> Ticket<()> {
        let actor = self.actor.clone();
        self.enqueue_job(|reply| WriterJob::RepairEventNames { actor, reply })
    }
}

impl WriterThread {
    pub(crate) fn recount_event_names(&mut self, actor: &AuditActor) -> Result<(), Error> {
        let now = self.now();
        self.run_transaction(|tx, _| {
            tx.recount_event_names()?;
            actor.record_action(tx, now, "event-names.repair", "", json!({}))?;
            Ok(())
        })
    }
}
