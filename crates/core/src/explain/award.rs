//! Awards and required badges in an explanation.

use serde::Serialize;

use crate::fold::AwardSource;
use crate::time::Timestamp;

/// An award in an explanation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AwardEntry {
    /// The tier; `None` for a badge without tiers.
    pub tier: Option<String>,
    /// The key, or the occurrence number of a repeatable badge.
    pub key: Option<String>,
    /// True if the award is held.
    pub held: bool,
    /// Instant at which it was earned.
    pub at: Timestamp,
    /// The id of the event or action that caused it.
    pub event: String,
    /// The name of that event.
    pub event_name: String,
    /// The source of the award.
    pub source: AwardSource,
    /// Instant at which it was revoked or lapsed.
    pub revoked_at: Option<Timestamp>,
    /// The id of the event or action that revoked it.
    pub revoked_by: Option<String>,
    /// True if only a manual award can restore it.
    pub blocked: bool,
}

/// A badge that must be held first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RequiredBadge {
    /// The id of the required badge.
    pub badge: String,
    /// The display name of the required badge.
    pub name: String,
    /// True if the required badge is held.
    pub held: bool,
}
