//! Response models of badges, categories, currencies and unlockables.

use std::collections::BTreeMap;

use accolade::{
    AwardView, BadgeView, CategoryView, CurrencyView, EarnerView, ProgressView, TierView,
    UnlockableSummary,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{non_empty, to_number};

/// Badge from the view of a player.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Badge)]
pub(crate) struct BadgeModel {
    /// Badge id. Null if the badge is masked.
    pub(crate) id: Option<String>,
    /// Name to display.
    pub(crate) name: String,
    /// Description in one sentence.
    pub(crate) description: String,
    /// Id of the category.
    pub(crate) category: Option<String>,
    /// Image for the current state: locked, unlocked or secret.
    pub(crate) image: Option<String>,
    /// `public`, `secret` or `invisible`.
    pub(crate) visibility: &'static str,
    /// Awards that the player holds.
    pub(crate) earned: Vec<AwardModel>,
    /// Tiers, lowest first.
    pub(crate) tiers: Vec<TierModel>,
    /// Progress towards the next award. Null if the badge is fully earned.
    pub(crate) progress: Option<ProgressModel>,
    /// Id of the next badge in the chain.
    pub(crate) next: Option<String>,
}

/// Award of a badge that a player holds.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Award)]
pub(crate) struct AwardModel {
    /// Tier. Null if the badge has no tiers.
    pub(crate) tier: Option<String>,
    /// Key. Null if the badge is not earned per key.
    pub(crate) key: Option<String>,
    /// Time of the award.
    #[schema(format = DateTime)]
    pub(crate) at: String,
    /// Id of the event or action that earned it. Null if it would reveal a secret.
    pub(crate) event: Option<String>,
    /// Source: `criterion`, `code`, `manual`, or `grandfathered` if a publication kept it.
    pub(crate) source: String,
    /// Earlier intervals in which a temporary award was held, oldest first.
    pub(crate) holding_intervals: Vec<HoldingIntervalModel>,
}

/// Interval in which a temporary award was held.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = HoldingInterval)]
pub(crate) struct HoldingIntervalModel {
    /// Start of the interval, inclusive.
    #[schema(format = DateTime)]
    from: String,
    /// End of the interval, exclusive.
    #[schema(format = DateTime)]
    until: String,
}

/// Tier of a badge.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Tier)]
pub(crate) struct TierModel {
    /// Tier id, which is also its name.
    id: String,
    /// Value that the criterion must reach. Null if the tier is only awarded manually or by code.
    target: Option<f64>,
    /// Points paid for earning it, by currency.
    points: BTreeMap<String, i64>,
    /// True if the player holds an award of this tier.
    earned: bool,
}

/// Progress towards an award.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Progress)]
pub(crate) struct ProgressModel {
    /// Next tier. Null if the badge has no tiers.
    pub(crate) tier: Option<String>,
    /// Key that is closest to the target, if the badge is earned per key.
    pub(crate) key: Option<String>,
    /// Current value of the criterion.
    pub(crate) current: f64,
    /// Value that the criterion must reach.
    pub(crate) target: f64,
    /// Completed share, from 0 to 1.
    #[schema(minimum = 0, maximum = 1)]
    pub(crate) ratio: f64,
}

/// Badge of the catalog, with statistics.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = GalleryBadge)]
pub(crate) struct GalleryBadgeModel {
    /// Badge id. Null if the badge is masked.
    id: Option<String>,
    /// Name to display.
    name: String,
    /// One-sentence description, with the target of the highest tier.
    description: String,
    /// Id of the category.
    category: Option<String>,
    /// Image of the earned badge, or the secret image if the badge is masked.
    image: Option<String>,
    /// `public`, `secret` or `invisible`.
    visibility: &'static str,
    /// Tiers, lowest first.
    tiers: Vec<TierModel>,
    /// Repetition: `once`, `per-key` or `again`. Null if the badge is masked.
    repeat: Option<&'static str>,
    /// True if the criterion is implemented in code.
    in_code: bool,
    /// True if the badge is no longer in the published catalog.
    retired: bool,
    /// Number of held awards.
    awards: u64,
    /// Number of players with at least one award.
    players: u64,
    /// Share of players with at least one award, from 0 to 1.
    #[schema(minimum = 0, maximum = 1)]
    rarity: f64,
}

/// Player who holds a badge.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Earner)]
pub(crate) struct EarnerModel {
    /// Id of the player.
    player: String,
    /// Name to display.
    name: Option<String>,
    /// Tier. Null if the badge has no tiers.
    tier: Option<String>,
    /// Key. Null if the badge is not earned per key.
    key: Option<String>,
    /// Time of the award.
    #[schema(format = DateTime)]
    at: String,
}

/// Category of badges.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Category)]
pub(crate) struct CategoryModel {
    /// Id of the category.
    id: String,
    /// Name to display.
    name: String,
    /// One-sentence description. Empty if there is none.
    description: String,
}

/// Currency of points.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Currency)]
pub(crate) struct CurrencyModel {
    /// Id of the currency.
    id: String,
    /// Name to display.
    name: String,
    /// One-sentence description. Empty if there is none.
    description: String,
    /// Symbol, or URL or path of an image.
    icon: Option<String>,
}

/// Unlockable of the catalog.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Unlockable)]
pub(crate) struct UnlockableModel {
    /// Id of the unlockable.
    id: String,
    /// Name to display.
    name: String,
    /// One-sentence description. Empty if there is none.
    description: String,
}

impl From<BadgeView> for BadgeModel {
    fn from(view: BadgeView) -> Self {
        let BadgeView {
            id,
            name,
            description,
            category,
            image,
            visibility,
            earned,
            tiers,
            progress,
            next,
        } = view;
        Self {
            id,
            name,
            description,
            category,
            image,
            visibility,
            earned: earned.into_iter().map(AwardModel::from).collect(),
            tiers: tiers.into_iter().map(TierModel::from).collect(),
            progress: progress.map(ProgressModel::from),
            next,
        }
    }
}

impl From<AwardView> for AwardModel {
    fn from(view: AwardView) -> Self {
        let AwardView {
            tier,
            key,
            at,
            event,
            source,
            holding_intervals,
        } = view;
        let holding_intervals = holding_intervals
            .into_iter()
            .map(|it| HoldingIntervalModel {
                from: it.from.to_string(),
                until: it.until.to_string(),
            });
        Self {
            tier: non_empty(tier),
            key: non_empty(key),
            at: at.to_string(),
            event: non_empty(event),
            source,
            holding_intervals: holding_intervals.collect(),
        }
    }
}

impl From<TierView> for TierModel {
    fn from(view: TierView) -> Self {
        let TierView {
            id,
            target,
            points,
            earned,
        } = view;
        Self {
            id,
            target: target.map(to_number),
            points,
            earned,
        }
    }
}

impl From<ProgressView> for ProgressModel {
    fn from(view: ProgressView) -> Self {
        let ProgressView {
            tier,
            key,
            current,
            target,
            ratio,
        } = view;
        Self {
            tier: non_empty(tier),
            key,
            current: to_number(current),
            target: to_number(target),
            ratio,
        }
    }
}

impl From<accolade::GalleryBadge> for GalleryBadgeModel {
    fn from(badge: accolade::GalleryBadge) -> Self {
        let accolade::GalleryBadge {
            id,
            name,
            description,
            category,
            image,
            visibility,
            tiers,
            ..
        } = badge;
        let accolade::GalleryBadge {
            repeat,
            in_code,
            retired,
            awards,
            players,
            rarity,
            ..
        } = badge;
        let tiers = tiers.into_iter().map(TierModel::from).collect();
        Self {
            id,
            name,
            description,
            category,
            image,
            visibility,
            tiers,
            repeat,
            in_code,
            retired,
            awards,
            players,
            rarity,
        }
    }
}

impl From<EarnerView> for EarnerModel {
    fn from(view: EarnerView) -> Self {
        let EarnerView {
            player,
            name,
            tier,
            key,
            at,
        } = view;
        Self {
            player,
            name,
            tier: non_empty(tier),
            key: non_empty(key),
            at: at.to_string(),
        }
    }
}

impl From<CategoryView> for CategoryModel {
    fn from(view: CategoryView) -> Self {
        let CategoryView {
            id,
            name,
            description,
        } = view;
        Self {
            id,
            name,
            description,
        }
    }
}

impl From<CurrencyView> for CurrencyModel {
    fn from(view: CurrencyView) -> Self {
        let CurrencyView {
            id,
            name,
            description,
            icon,
        } = view;
        Self {
            id,
            name,
            description,
            icon,
        }
    }
}

impl From<UnlockableSummary> for UnlockableModel {
    fn from(summary: UnlockableSummary) -> Self {
        let UnlockableSummary {
            id,
            name,
            description,
        } = summary;
        Self {
            id,
            name,
            description,
        }
    }
}
