//! Response models of publications, retractions and erasures.

use serde::Serialize;
use utoipa::ToSchema;

/// Result of a publication.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Publication)]
pub struct PublicationModel {
    /// Number of the published version.
    version: i64,
    /// True if the version is new. False if the catalog is identical to the published one.
    pub(crate) is_new: bool,
    /// Changes from the previous version, one line each.
    changes: Vec<String>,
}

/// Effects of a retraction on a player.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = RetractionEffect)]
pub struct RetractionEffectModel {
    /// Id of the player.
    player: String,
    /// Awards that would be lost: `nice-answer`, `commentator:silver`, `nice-answer@7`.
    lost: Vec<String>,
    /// Awards that would be gained.
    gained: Vec<String>,
    /// Balances that would change.
    points: Vec<BalanceChangeModel>,
    /// Unlockables that would open.
    opened: Vec<String>,
    /// Unlockables that would close.
    closed: Vec<String>,
}

/// Change of a balance.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = BalanceChange)]
pub struct BalanceChangeModel {
    /// Id of the currency.
    currency: String,
    /// Balance before the retraction.
    before: i64,
    /// Balance after the retraction.
    after: i64,
}

/// Number of erased records of one player id.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ErasedPlayer)]
pub struct ErasedPlayerModel {
    /// Id of the player.
    player: String,
    /// Number of events and actions.
    events: u64,
    /// Number of ledger entries.
    ledger: u64,
    /// Number of awards, including those no longer held.
    awards: u64,
    /// Number of outcomes in the feed.
    outcomes: u64,
}

impl From<accolade::Publication> for PublicationModel {
    fn from(publication: accolade::Publication) -> Self {
        Self {
            version: publication.version,
            is_new: publication.is_new,
            changes: publication.changes,
        }
    }
}

impl From<accolade::RetractionEffect> for RetractionEffectModel {
    fn from(effect: accolade::RetractionEffect) -> Self {
        let ids = |ids: Vec<accolade::UnlockableId>| ids.into_iter().map(String::from).collect();
        Self {
            player: effect.player.into(),
            lost: effect.lost,
            gained: effect.gained,
            points: effect
                .points
                .into_iter()
                .map(BalanceChangeModel::from)
                .collect(),
            opened: ids(effect.opened),
            closed: ids(effect.closed),
        }
    }
}

impl From<accolade::BalanceChange> for BalanceChangeModel {
    fn from(change: accolade::BalanceChange) -> Self {
        Self {
            currency: change.currency.into(),
            before: change.before,
            after: change.after,
        }
    }
}

impl From<accolade::ErasedPlayer> for ErasedPlayerModel {
    fn from(erased: accolade::ErasedPlayer) -> Self {
        Self {
            player: erased.player.into(),
            events: erased.events,
            ledger: erased.ledger,
            awards: erased.awards,
            outcomes: erased.outcomes,
        }
    }
}
