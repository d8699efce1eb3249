//! What travels: the JSON of requests and answers, stated in one place so that it changes only on purpose.

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

/// A decimal as a JSON number.
fn number(decimal: Decimal) -> f64 {
    decimal.to_f64()
}

/// Text that is empty where there is nothing.
fn some(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}
