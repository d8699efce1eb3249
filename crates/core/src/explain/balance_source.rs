//! Sources of the points of a balance.

use serde::Serialize;

/// The source of a movement of points.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "source", rename_all = "snake_case")]
#[non_exhaustive]
pub enum EntrySource {
    /// An earning that paid.
    Earning {
        /// The id of the earning.
        rule: String,
    },
    /// An award, given or revoked.
    Badge {
        /// The id of the badge.
        rule: String,
        /// The tier; `None` for a badge without tiers.
        tier: Option<String>,
        /// The key; `None` for a badge that is earned once.
        key: Option<String>,
    },
    /// A manual action.
    Action,
    /// Points that expired.
    Expiry,
}

crate::named_enum! {
    /// The kind of a source of points.
    #[non_exhaustive]
    pub enum SourceKind {
        /// Manual actions.
        Action = "action",
        /// Awards of a badge.
        Badge = "badge",
        /// An earning.
        Earning = "earning",
        /// Points that expired.
        Expiry = "expiry",
    }
}

/// The total of one rule, of all manual actions, or of all expired points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SourceTotal {
    /// The kind of the source.
    pub source: SourceKind,
    /// The id of the rule; empty for the last two.
    pub rule: String,
    /// The display name of the rule; empty for the last two.
    pub name: String,
    /// The number of entries.
    pub entries: usize,
    /// The sum of the entries.
    pub amount: i64,
}
