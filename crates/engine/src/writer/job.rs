//! Jobs of the writer thread.

use std::sync::Arc;

use accolade_core::catalog::Catalog;
use accolade_core::time::Timestamp;

use crate::access_transaction::AccessChange;
use crate::audit::AuditActor;
use crate::background_schedule::BackfillWaiter;
use crate::batch::BatchItem;
use crate::batch::repair::RepairTarget;
use crate::change_tracker::TrackerGuard;
use crate::erasure_report::ErasureReport;
use crate::plan::{PlannedPublication, PublishAttempt};
use crate::publication::{Publication, PublishOptions};
use crate::receipt_thread::ReplyTo;
use crate::ticket::ReplySender;

/// A job of the writer thread: every write of the engine is one of these, except for the
/// background work. Each job carries the sender of its reply.
pub(crate) enum WriterJob {
    /// Records events and manual actions. Waiting jobs of this kind share a transaction.
    Record {
        items: Vec<BatchItem>,
        reply: ReplyTo,
    },
    /// Publishes a catalog.
    Publish {
        catalog: Arc<Catalog>,
        options: PublishOptions,
        reply: ReplySender<Publication>,
    },
    /// Starts to track the players who are written, for a planned publication.
    StartTracking { reply: ReplySender<TrackerGuard> },
    /// Forgets the players tracked so far.
    RestartTracking { reply: ReplySender<()> },
    /// Publishes a planned catalog, if at most `max_players` must be evaluated again.
    PublishPlanned {
        planned: Box<PlannedPublication>,
        max_players: usize,
        reply: ReplySender<(Box<PlannedPublication>, PublishAttempt)>,
    },
    /// Repairs some players.
    Repair {
        targets: Vec<RepairTarget>,
        actor: AuditActor,
        reply: ReplySender<()>,
    },
    /// Counts the events of all names again.
    RepairEventNames {
        actor: AuditActor,
        reply: ReplySender<()>,
    },
    /// Erases a player and merged guests.
    ErasePlayer {
        player: String,
        actor: AuditActor,
        reply: ReplySender<Option<ErasureReport>>,
    },
    /// Deletes the outcomes recorded before an instant.
    PruneFeed {
        before: Timestamp,
        actor: AuditActor,
        reply: ReplySender<u64>,
    },
    /// Changes API keys, administrators and sessions. The one job with a closure: the public API
    /// takes it from the application. It can only use an access transaction.
    ChangeAccess {
        change: Box<dyn AccessChange>,
        actor: AuditActor,
    },
    /// Loads the secret of a service, or creates it.
    LoadServiceSecret { reply: ReplySender<Vec<u8>> },
    /// Processes all timers that are due.
    ProcessTimers { reply: ReplySender<u64> },
    /// Replies at the end of the backfill.
    AwaitBackfill { waiter: BackfillWaiter },
}
