//! Response models of explanations.

use accolade::explanation::Explanation;
use serde::Serialize;
use utoipa::ToSchema;

use super::LedgerEntryModel;
use super::explanation_schemas::ExplanationSchema;

/// Explanation of a badge, balance, unlockable or ledger entry of a player.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = PlayerExplanation)]
pub struct PlayerExplanationModel {
    /// Id of the player.
    player: String,
    /// Version of the catalog that the explanation follows.
    version: i64,
    /// Time of its publication.
    #[schema(format = DateTime)]
    published_at: String,
    /// History of the ledger entry. Null if the subject is not one.
    entry: Option<EntryHistoryModel>,
    /// Explanation of the badge, balance or unlockable; for the ledger entry of an award, that of
    /// the badge. Null for other ledger entries.
    #[schema(value_type = Option<ExplanationSchema>)]
    explanation: Option<Explanation>,
}

/// History of a ledger entry.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = EntryHistory)]
pub struct EntryHistoryModel {
    /// The requested entry.
    requested: LedgerEntryModel,
    /// Event or manual action that the entry is for. Null if it was erased or is not an event.
    caused_by: Option<EntryCauseModel>,
    /// All entries with the same cause, in order of recording.
    entries: Vec<LedgerEntryModel>,
    /// Sum of the entries.
    sum: i64,
    /// The rule in words. Null if the published catalog does not have it.
    rule_in_words: Option<String>,
}

/// Event or manual action that a ledger entry is for.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = EntryCause)]
pub struct EntryCauseModel {
    /// Id of the event.
    event: String,
    /// Name of the event.
    name: String,
    /// Id it was recorded under: the player's, or that of a merged guest.
    player: String,
    /// Time of the event.
    #[schema(format = DateTime)]
    at: String,
    /// Author of a manual action. Null if not given.
    by: Option<String>,
    /// Id of the action that retracted it. Null if it counts.
    retracted_by: Option<String>,
}

impl From<accolade::PlayerExplanation> for PlayerExplanationModel {
    fn from(explanation: accolade::PlayerExplanation) -> Self {
        Self {
            player: explanation.player.into(),
            version: explanation.version,
            published_at: explanation.published_at.to_string(),
            entry: explanation.entry.map(EntryHistoryModel::from),
            explanation: explanation.explanation,
        }
    }
}

impl From<accolade::EntryHistory> for EntryHistoryModel {
    fn from(history: accolade::EntryHistory) -> Self {
        Self {
            requested: history.requested.into(),
            caused_by: history.caused_by.map(EntryCauseModel::from),
            entries: history
                .entries
                .into_iter()
                .map(LedgerEntryModel::from)
                .collect(),
            sum: history.sum,
            rule_in_words: history.rule_in_words,
        }
    }
}

impl From<accolade::EntryCause> for EntryCauseModel {
    fn from(cause: accolade::EntryCause) -> Self {
        Self {
            event: cause.event.into(),
            name: cause.name,
            player: cause.player.into(),
            at: cause.at.to_string(),
            by: cause.by,
            retracted_by: cause.retracted_by.map(String::from),
        }
    }
}
