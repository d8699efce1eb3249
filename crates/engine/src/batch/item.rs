//! Items of a batch: events and actions to record.

use accolade_core::event::{EventError, NewEvent};
use accolade_core::names::acts;

use crate::Action;
use crate::audit::AuditActor;

/// An event or action to record.
#[derive(Debug, Clone)]
pub(crate) struct BatchItem {
    pub(crate) event: NewEvent,
    pub(crate) permission: Permission,
    /// True if an unknown player is created (S45).
    pub(super) may_create: bool,
    /// True if the receipt lists the rules that paid nothing.
    pub(crate) wants_explanation: bool,
    /// The validation error of the event, found without a database.
    pub(super) event_error: Option<EventError>,
    /// The person who acts. Always empty for events of the application.
    pub(super) actor: AuditActor,
}

impl BatchItem {
    /// Creates an item and validates its event.
    pub(crate) fn new(event: NewEvent, right: Permission, explain: bool) -> Self {
        // Validation runs on the caller's thread: the writer thread is shared by everyone.
        let flaw = event.check_limits().err();
        Self {
            event,
            permission: right,
            // Events create their players, and an export is restored as it was.
            may_create: right != Permission::Action,
            wants_explanation: explain,
            event_error: flaw,
            actor: AuditActor::default(),
        }
    }

    /// Creates an item of a manual action.
    pub(crate) fn from_action(act: Action, explain: bool) -> Self {
        Self {
            may_create: act.create,
            ..Self::new(act.event, Permission::Action, explain)
        }
    }

    /// Attributes a manual action to a person.
    pub(crate) fn on_behalf_of(mut self, actor: &AuditActor) -> Self {
        // Events of the application are not audited, so they carry no actor.
        if self.permission != Permission::Record {
            self.actor.clone_from(actor);
        }
        self
    }

    /// True if the item merges two players or undoes a merge.
    pub(super) fn is_merge_or_unmerge(&self) -> bool {
        let name = self.event.name.as_str();
        self.permission != Permission::Record && (name == acts::MERGE || name == acts::UNMERGE)
    }
}

/// The permission of the sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Permission {
    /// Record events of the application.
    Record,
    /// Submit manual actions, which are decided against the current state.
    Action,
    /// Restore exported events and actions with the decisions made when they were recorded.
    Restore,
}
