//! Entries that a batch adds to the audit log.

use std::collections::BTreeMap;
use std::sync::Arc;

use accolade_core::names::acts;
use accolade_core::time::Timestamp;
use serde_json::json;

use crate::audit::AuditActor;
use crate::store::{AuditRow, EventRow, StoreError, Transaction};

/// Audit entries to be appended. Stays empty, and costs nothing, if no item of the batch has an
/// actor.
#[derive(Default)]
pub(super) struct AuditEntries {
    entries: Vec<AuditRow>,
    /// Time and number of restored events by actor. A restore is one entry, not one for each event.
    restored_counts: BTreeMap<Arc<str>, (Timestamp, u64)>,
}

impl AuditEntries {
    /// Adds an entry for a recorded event.
    pub(super) fn add_recorded(&mut self, actor: &AuditActor, restored: bool, row: &EventRow) {
        let Some(who) = actor.actor_name() else {
            return;
        };
        let at = row.recorded_at;
        if restored {
            self.restored_counts
                .entry(Arc::clone(who))
                .or_insert((at, 0))
                .1 += 1;
            return;
        }
        let event = &row.event;
        let mut props = event.props.clone();
        // The decision is internal to the fold and would only clutter the log.
        props.remove(acts::DECISION);
        self.entries.push(AuditRow {
            at,
            actor: who.to_string(),
            action: event.name.clone(),
            player: Some(event.player.clone()),
            subject: event.id.clone(),
            detail: props.to_json(),
        });
    }

    /// Appends the entries to the log.
    pub(super) fn append_to_log(mut self, tx: &mut dyn Transaction) -> Result<(), StoreError> {
        self.entries.extend(
            self.restored_counts
                .into_iter()
                .map(|(who, (at, events))| AuditRow {
                    at,
                    actor: who.to_string(),
                    action: "events.restore".to_owned(),
                    player: None,
                    subject: String::new(),
                    detail: json!({ "events": events }).to_string(),
                }),
        );
        if self.entries.is_empty() {
            Ok(())
        } else {
            tx.append_audit(&self.entries)
        }
    }
}
