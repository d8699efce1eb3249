//! Progress and reports of a verification.

use serde::Serialize;

use super::difference::Difference;

/// Progress of a verification or repair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct VerifyProgress {
    /// Players checked so far.
    pub done: u64,
    /// Total number of players.
    pub total: u64,
}

/// Result of a verification.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct VerifyReport {
    /// Number of players compared.
    pub players: u64,
    /// Number of events folded.
    pub events: u64,
    /// Number of players who are not yet backfilled to the published catalog, and were not
    /// compared.
    pub behind: u64,
    /// Number of differences.
    pub count: u64,
    /// First 1,000 differences, ordered by player.
    pub differences: Vec<Difference>,
}
