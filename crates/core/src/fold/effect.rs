//! Changes that a generation causes.

use super::cell::AwardSource;
use crate::time::Timestamp;

/// A change that a rule, an action or a timer causes.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Effect {
    /// An earning pays.
    Pay {
        earning: usize,
        amounts: Vec<(usize, i64)>,
    },
    /// Points are granted or deducted manually.
    Points { currency: usize, amount: i64 },
    /// Expired points are deducted.
    Expire { currency: usize, amount: i64 },
    /// A badge tier is awarded.
    Award {
        badge: usize,
        tier: usize,
        key: Box<str>,
        source: AwardSource,
        points: Vec<(usize, i64)>,
    },
    /// An award is revoked; with `block`, the criterion cannot award it again.
    Revoke {
        badge: usize,
        tier: usize,
        key: Box<str>,
        block: bool,
    },
    /// An award that a publication would have revoked is grandfathered.
    Grandfather(GrandfatheredAward),
    /// The award of a temporary badge ends because its criterion no longer holds.
    Lapse {
        badge: usize,
        tier: usize,
        key: Box<str>,
    },
    /// An unlockable opens.
    Open(usize),
    /// An unlockable closes.
    Close(usize),
}

/// A grandfathered award, with its original instant and event.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct GrandfatheredAward {
    pub(super) badge: usize,
    pub(super) tier: usize,
    pub(super) key: Box<str>,
    pub(super) at: Timestamp,
    pub(super) event: Box<str>,
    pub(super) points: Vec<(usize, i64)>,
}
