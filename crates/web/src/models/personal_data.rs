//! Response model of a personal data export.

use std::collections::BTreeMap;

use accolade::Props;
use serde::Serialize;
use utoipa::ToSchema;

use super::players::{BalanceModel, PlayerUnlockable};
use super::schema_names::AwardSourceNames;
use super::{
    LedgerEntryModel, OutcomeModel, PictureUrls, ProgressModel, TimelineEventModel, by_id,
};

/// Everything stored about one person.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = PersonalData)]
pub struct PersonalDataModel {
    /// Id of the player.
    player: String,
    /// Ids of the guests merged into the player.
    guests: Vec<String>,
    /// Version of the catalog that the derived data follows.
    version: i64,
    /// Time that the derived data is valid for.
    #[schema(format = DateTime)]
    as_of: String,
    /// Attributes, such as the time zone.
    #[schema(value_type = Object)]
    attributes: Props,
    /// Events and manual actions, including retracted ones and those of guests.
    events: Vec<TimelineEventModel>,
    /// Awards, including revoked ones.
    awards: Vec<ExportedAwardModel>,
    /// Ledger entries, in order of recording.
    ledger: Vec<LedgerEntryModel>,
    /// Balances of all currencies.
    balances: Vec<BalanceModel>,
    /// Unlockables, open and closed.
    unlockables: Vec<PlayerUnlockable>,
    /// Progress on badges that are not earned yet, by badge.
    progress: BTreeMap<String, ProgressModel>,
    /// Outcomes that the feed still keeps, oldest first.
    outcomes: Vec<OutcomeModel>,
}

/// Award in a personal data export, held or not.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ExportedAward)]
pub struct ExportedAwardModel {
    /// Id of the badge.
    badge: String,
    /// Tier. Null if the badge has no tiers.
    tier: Option<String>,
    /// Key. Null if the badge is not earned per key.
    key: Option<String>,
    /// Time of the award.
    #[schema(format = DateTime)]
    at: String,
    /// Id of the event or action that earned it.
    event: String,
    /// Source of the award.
    #[schema(value_type = AwardSourceNames)]
    source: &'static str,
    /// Time at which it was revoked or lapsed. Null if it is held.
    #[schema(format = DateTime)]
    revoked_at: Option<String>,
    /// Earlier intervals in which a temporary award was held, oldest first.
    holding_intervals: Vec<ExportedIntervalModel>,
    /// Points that it paid and that were not revoked, by currency.
    paid: BTreeMap<String, i64>,
}

/// Interval in which a temporary award was held, with the event that began it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ExportedInterval)]
pub struct ExportedIntervalModel {
    /// Start of the interval, inclusive.
    #[schema(format = DateTime)]
    from: String,
    /// End of the interval, exclusive.
    #[schema(format = DateTime)]
    until: String,
    /// Id of the event, action or timer that began it.
    event: Option<String>,
}

impl PersonalDataModel {
    /// Converts an export.
    pub fn from_export(data: accolade::PersonalDataExport, pictures: &PictureUrls) -> Self {
        let (progress, outcomes) = (data.progress.into_iter(), data.outcomes.into_iter());
        Self {
            player: data.player.into(),
            guests: data.guests.into_iter().map(String::from).collect(),
            version: data.version,
            as_of: data.as_of.to_string(),
            attributes: data.attributes,
            events: data
                .events
                .into_iter()
                .map(TimelineEventModel::from)
                .collect(),
            awards: data
                .awards
                .into_iter()
                .map(ExportedAwardModel::from)
                .collect(),
            ledger: data
                .ledger
                .into_iter()
                .map(LedgerEntryModel::from)
                .collect(),
            balances: data.balances.into_iter().map(BalanceModel::from).collect(),
            unlockables: data
                .unlockables
                .into_iter()
                .map(PlayerUnlockable::from)
                .collect(),
            progress: progress
                .map(|(badge, progress)| (badge.into(), progress.into()))
                .collect(),
            outcomes: outcomes
                .map(|outcome| OutcomeModel::from_outcome(outcome, pictures))
                .collect(),
        }
    }
}

impl From<accolade::Award> for ExportedAwardModel {
    fn from(award: accolade::Award) -> Self {
        let intervals = award.holding_intervals.into_iter();
        Self {
            badge: award.badge.into(),
            tier: award.tier.map(String::from),
            key: award.key,
            at: award.at.to_string(),
            event: award.event.into(),
            source: award.source.as_str(),
            revoked_at: award.revoked_at.map(|at| at.to_string()),
            holding_intervals: intervals
                .map(|interval| ExportedIntervalModel {
                    from: interval.from.to_string(),
                    until: interval.until.to_string(),
                    event: interval.event.map(String::from),
                })
                .collect(),
            paid: by_id(award.paid),
        }
    }
}

impl From<accolade::PersonalDataExport> for PersonalDataModel {
    /// Converts an export outside a service: pictures are paths.
    fn from(data: accolade::PersonalDataExport) -> Self {
        Self::from_export(data, &PictureUrls::default())
    }
}
