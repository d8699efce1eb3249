//! Response models, separate from the types of the engine so that the JSON API remains stable.
//!
//! Conversions destructure the engine's types, so that a new field there does not go unnoticed
//! here.

mod badges;
mod events;
mod lists;
mod players;

pub(crate) use badges::{Badge, Category, Currency, Earner, GalleryBadge, Progress, Unlockable};
pub(crate) use events::{Item, ItemStatus, Outcome, Receipt, RejectedLine, StreamSummary};
pub(crate) use lists::{
    Activity, AuditEntry, Key, LedgerEntry, List, NewKey, PlayerCard, RuleError, Status,
    TimelineEvent, Totals, Version,
};
pub(crate) use players::{BadgeProgress, PlayerUnlockable, Profile};

use accolade_core::number::Decimal;

/// Converts a decimal to a JSON number.
fn number(decimal: Decimal) -> f64 {
    decimal.to_f64()
}

/// Converts an empty text to `None`.
fn some(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}
