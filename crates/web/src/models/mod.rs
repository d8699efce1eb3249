//! The JSON of every result: responses of the API, and the command line's `--json`.
//!
//! The models are separate from the types of the engine, so that JSON remains stable when they
//! change.

mod badges;
mod changes;
mod event_names;
mod events;
mod explanation_schemas;
mod explanations;
mod jobs;
mod lists;
mod outcomes;
mod personal_data;
mod pictures;
mod players;
mod schema_names;
mod unheard;

pub use badges::{
    AwardModel, BadgeModel, CategoryModel, CurrencyModel, EarnerModel, GalleryBadgeModel,
    HoldingIntervalModel, ProgressModel, TierModel, UnlockableModel,
};
pub use changes::{BalanceChangeModel, ErasedPlayerModel, PublicationModel, RetractionEffectModel};
pub use event_names::{EventNameModel, ListeningRuleModel};
pub(crate) use events::{BatchItemModel, RejectedLine, StreamSummary};
pub use events::{ItemStatus, ReceiptModel, SkippedRuleModel};
pub(crate) use explanation_schemas::explanation_entry_schemas;
pub use explanations::{EntryCauseModel, EntryHistoryModel, PlayerExplanationModel};
pub(crate) use jobs::{AwardJobResult, PlanResult, RepairResult, VerificationResult};
pub use lists::{
    AuditEntryModel, CatalogVersionModel, DailyActivityModel, KeyModel, LedgerEntryModel, List,
    PlayerSummaryModel, RuleErrorModel, TimelineEventModel, TotalsModel,
};
pub(crate) use lists::{CreateKeyResponse, StatusModel};
pub use outcomes::{
    BadgeOutcomeDetail, OutcomeFields, OutcomeModel, PointsOutcomeDetail, UnlockableOutcomeDetail,
};
pub use personal_data::{ExportedAwardModel, ExportedIntervalModel, PersonalDataModel};
pub use pictures::PictureUrls;
pub(crate) use players::BadgeProgress;
pub use players::{BalanceModel, PlayerModel, PlayerUnlockable};
pub(crate) use schema_names::CatalogFormatNames;
pub use unheard::{UnheardEventsModel, UnheardNameModel};

use std::collections::BTreeMap;

use accolade::CurrencyId;

/// Converts amounts by currency.
fn by_id(amounts: BTreeMap<CurrencyId, i64>) -> BTreeMap<String, i64> {
    amounts
        .into_iter()
        .map(|(currency, amount)| (currency.into(), amount))
        .collect()
}

/// Converts a text that is empty if there is none.
fn text_or_null(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}
