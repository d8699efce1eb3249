//! Response model of a personal data export.

use std::collections::BTreeMap;

use accolade::Props;
use serde::Serialize;

use super::players::{BalanceModel, PlayerUnlockable};
use super::{LedgerEntryModel, OutcomeModel, ProgressModel, TimelineEventModel, by_id};

/// Everything stored about one person.
#[derive(Debug, Clone, Serialize)]
pub struct PersonalDataModel {
    /// Id of the player.
    player: String,
    /// Ids of the guests merged into the player.
    guests: Vec<String>,
    /// Version of the catalog that the derived data follows.
    version: i64,
    /// Time that the derived data is valid for.
    as_of: String,
    /// Attributes, such as the time zone.
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
#[derive(Debug, Clone, Serialize)]
pub struct ExportedAwardModel {
    /// Id of the badge.
    badge: String,
    /// Tier. Null if the badge has no tiers.
    tier: Option<String>,
    /// Key. Null if the badge is not earned per key.
    key: Option<String>,
    /// Time of the award.
    at: String,
    /// Id of the event or action that earned it.
    event: String,
    /// Source: `criterion`, `code`, `manual` or `grandfathered`.
    source: &'static str,
    /// Time at which it was revoked or lapsed. Null if it is held.
    revoked_at: Option<String>,
    /// Earlier intervals in which a temporary award was held, oldest first.
    holding_intervals: Vec<ExportedIntervalModel>,
    /// Points that it paid and that were not revoked, by currency.
    paid: BTreeMap<String, i64>,
}

/// Interval in which a temporary award was held, with the event that began it.
#[derive(Debug, Clone, Serialize)]
pub struct ExportedIntervalModel {
    /// Start of the interval, inclusive.
    from: String,
    /// End of the interval, exclusive.
    until: String,
    /// Id of the event, action or timer that began it.
    event: Option<String>,
}

impl From<accolade::PersonalDataExport> for PersonalDataModel {
    fn from(data: accolade::PersonalDataExport) -> Self {
        let progress = data.progress.into_iter();
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
            outcomes: data.outcomes.into_iter().map(OutcomeModel::from).collect(),
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
