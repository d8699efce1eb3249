//! The audit log. An entry is written in the same transaction as the action that it records.

use std::sync::Arc;

use accolade_core::ids::PlayerId;
use accolade_core::time::Timestamp;
use serde_json::Value;

use crate::store::{AuditRow, StoreError, Transaction};

/// An entry of the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AuditEntry {
    /// Sequence number, from 1. Numbers increase and may have gaps.
    pub seq: i64,
    /// The instant of the action.
    pub at: Timestamp,
    /// The name given to [`Engine::on_behalf_of`](crate::Engine::on_behalf_of).
    pub actor: String,
    /// The kind of action: the name of a manual action, such as `accolade.award`, or
    /// `catalog.publish`, `player.erase`, `players.repair`, `events.restore`, `feed.prune`, or a
    /// name given to [`AccessTransaction::record_audit_entry`].
    ///
    /// [`AccessTransaction::record_audit_entry`]: crate::service::AccessTransaction::record_audit_entry
    pub action: String,
    /// The player concerned; `None` if there is none or the player was erased.
    pub player: Option<PlayerId>,
    /// The object of the action, such as the id of a manual action or `version 2`. Empty if there
    /// is none or the player was erased.
    pub subject: String,
    /// Details as a JSON object, which is empty if the player was erased.
    pub detail: Value,
}

impl AuditEntry {
    /// Reads an entry from its row.
    pub(crate) fn from_row(seq: i64, row: AuditRow) -> Result<Self, StoreError> {
        let AuditRow {
            at,
            actor,
            action,
            player,
            subject,
            detail,
        } = row;
        let detail = serde_json::from_str(&detail).map_err(|error| {
            StoreError::Damaged(format!("detail of audit entry {seq}: {error}"))
        })?;
        Ok(Self {
            seq,
            at,
            actor,
            action,
            player: player.map(Into::into),
            subject,
            detail,
        })
    }
}

/// Name under which actions are recorded in the audit log; without one, nothing is recorded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct AuditActor(Option<Arc<str>>);

impl AuditActor {
    pub(crate) fn new(name: &str) -> Self {
        Self(Some(name.into()))
    }

    pub(crate) fn actor_name(&self) -> Option<&Arc<str>> {
        self.0.as_ref()
    }

    /// Records an action that concerns no single player.
    pub(crate) fn record_action(
        &self,
        tx: &mut dyn Transaction,
        at: Timestamp,
        action: &str,
        subject: &str,
        detail: Value,
    ) -> Result<(), StoreError> {
        self.record_player_action(tx, at, action, None, subject, detail)
    }

    /// Records an action on a player.
    pub(crate) fn record_player_action(
        &self,
        tx: &mut dyn Transaction,
        at: Timestamp,
        action: &str,
        player: Option<&str>,
        subject: &str,
        detail: Value,
    ) -> Result<(), StoreError> {
        let Some(who) = &self.0 else { return Ok(()) };
        tx.append_audit(&[AuditRow {
            at,
            actor: who.to_string(),
            action: action.to_owned(),
            player: player.map(str::to_owned),
            subject: subject.to_owned(),
            detail: detail.to_string(),
        }])
    }
}
