//! Options and progress of a plan.

use crate::CancellationToken;

/// Default number of most affected players that a plan names.
const MOST_AFFECTED: usize = 20;

/// Options of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanOptions {
    pub(super) revoke: bool,
    pub(super) most_affected: usize,
    pub(super) threads: Option<usize>,
    pub(super) cancellation: Option<CancellationToken>,
}

impl Default for PlanOptions {
    fn default() -> Self {
        Self {
            revoke: false,
            most_affected: MOST_AFFECTED,
            threads: None,
            cancellation: None,
        }
    }
}

impl PlanOptions {
    /// Plans to revoke awards that the new catalog does not earn. Without this call they are
    /// grandfathered.
    #[must_use]
    pub fn revoke(mut self) -> Self {
        self.revoke = true;
        self
    }

    /// Sets the number of most affected players to name. Default: 20.
    #[must_use]
    pub fn most_affected(mut self, players: usize) -> Self {
        self.most_affected = players;
        self
    }

    /// Sets the number of threads. Default: one for each core. The result does not depend on it.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = Some(threads);
        self
    }

    /// Stops with [`Error::Cancelled`](crate::Error::Cancelled) once cancellation is requested.
    #[must_use]
    pub fn cancelled_by(mut self, cancellation: CancellationToken) -> Self {
        self.cancellation = Some(cancellation);
        self
    }
}

/// Progress of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlanProgress {
    /// Players evaluated so far.
    pub done: u64,
    /// Total number of players.
    pub total: u64,
}
