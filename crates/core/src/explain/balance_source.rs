//! Sources of the points of a balance.

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

/// The source of a movement of points.
///
/// Serializes as the fields `source`, `rule`, `tier` and `key`, which are null if there is none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
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

impl Serialize for EntrySource {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (kind, rule, tier, key) = match self {
            Self::Earning { rule } => (SourceKind::Earning, Some(rule), &None, &None),
            Self::Badge { rule, tier, key } => (SourceKind::Badge, Some(rule), tier, key),
            Self::Action => (SourceKind::Action, None, &None, &None),
            Self::Expiry => (SourceKind::Expiry, None, &None, &None),
        };
        let mut fields = serializer.serialize_struct("EntrySource", 4)?;
        fields.serialize_field("source", &kind)?;
        fields.serialize_field("rule", &rule)?;
        fields.serialize_field("tier", tier)?;
        fields.serialize_field("key", key)?;
        fields.end()
    }
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
    /// The id of the rule; `None` for manual actions and expired points.
    pub rule: Option<String>,
    /// The display name of the rule; `None` for manual actions and expired points.
    pub name: Option<String>,
    /// The number of entries.
    pub entries: usize,
    /// The sum of the entries.
    pub amount: i64,
}
