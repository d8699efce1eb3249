//! Response models, separate from the types of the engine so that the JSON API remains stable.
//!
//! Conversions destructure the engine's types, so that a new field there does not go unnoticed
//! here.

mod badges;
mod events;
mod lists;
mod players;

pub(crate) use badges::{
    BadgeModel, CategoryModel, CurrencyModel, EarnerModel, GalleryBadgeModel, ProgressModel,
    UnlockableModel,
};
pub(crate) use events::{
    BatchItemModel, ItemStatus, OutcomeModel, ReceiptModel, RejectedLine, StreamSummary,
};
pub(crate) use lists::{
    AuditEntryModel, CatalogVersionModel, CreateKeyResponse, DailyActivityModel, KeyModel,
    LedgerEntryModel, List, PlayerSummaryModel, RuleErrorModel, StatusModel, TimelineEventModel,
    TotalsModel,
};
pub(crate) use players::{BadgeProgress, PlayerModel, PlayerUnlockable};

use accolade_core::number::Decimal;

/// Converts a decimal to a JSON number.
fn to_number(decimal: Decimal) -> f64 {
    decimal.to_f64()
}

/// Converts an empty text to `None`.
fn non_empty(text: String) -> Option<String> {
    // The engine writes an empty text for none, and the API null.
    (!text.is_empty()).then_some(text)
}
