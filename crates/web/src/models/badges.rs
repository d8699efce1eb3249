//! Response models of badges, categories, currencies and unlockables.

use std::collections::BTreeMap;

use accolade::{Decimal, KeyLabel, RepeatMode};
use serde::Serialize;
use utoipa::ToSchema;

use super::schema_names::{AwardSourceNames, RepeatModeNames, VisibilityNames};
use super::{PictureUrls, by_id, text_or_null};

/// Badge from the view of a player.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Badge)]
pub struct BadgeModel {
    /// Badge id. Null if the badge is masked.
    pub(crate) id: Option<String>,
    /// Name to display.
    pub(crate) name: String,
    /// Description in one sentence. Null if the badge is masked or has none.
    pub(crate) description: Option<String>,
    /// Id of the category.
    pub(crate) category: Option<String>,
    /// URL of the picture for the current state, in the metal of the highest tier that is held.
    pub(crate) image: String,
    /// Visibility before the badge is earned.
    #[schema(value_type = VisibilityNames)]
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
pub struct AwardModel {
    /// Tier. Null if the badge has no tiers.
    pub(crate) tier: Option<String>,
    /// Key. Null if the badge is not earned per key.
    pub(crate) key: Option<String>,
    /// Label of the key, such as the title of a post. Null if the badge is not earned per key.
    pub(crate) key_label: Option<String>,
    /// Link of the key. Null if the catalog has none for it.
    pub(crate) key_link: Option<String>,
    /// Time of the award.
    #[schema(format = DateTime)]
    pub(crate) at: String,
    /// Id of the event or action that earned it. Null if it would reveal a secret.
    pub(crate) event: Option<String>,
    /// Source of the award.
    #[schema(value_type = AwardSourceNames)]
    pub(crate) source: &'static str,
    /// Reason of a manual award. Null for other players.
    pub(crate) reason: Option<String>,
    /// Author of a manual award. Players see only administrators, and only their own.
    pub(crate) by: Option<String>,
    /// Earlier intervals in which a temporary award was held, oldest first.
    pub(crate) holding_intervals: Vec<HoldingIntervalModel>,
}

/// Interval in which a temporary award was held.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = HoldingInterval)]
pub struct HoldingIntervalModel {
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
pub struct TierModel {
    /// Tier id, which is also its name.
    id: String,
    /// Value that the criterion must reach. Null if the tier is only awarded manually or by code.
    #[schema(value_type = Option<f64>)]
    target: Option<Decimal>,
    /// Points paid for earning it, by currency.
    points: BTreeMap<String, i64>,
    /// True if the player holds an award of this tier.
    earned: bool,
    /// Number of players who hold the tier. 0 in the badges of a player.
    players: u64,
    /// URL of the picture of the badge with this tier.
    image: String,
}

/// Progress towards an award.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Progress)]
pub struct ProgressModel {
    /// Next tier. Null if the badge has no tiers.
    pub(crate) tier: Option<String>,
    /// Key that is closest to the target, if the badge is earned per key.
    pub(crate) key: Option<String>,
    /// Current value of the criterion.
    #[schema(value_type = f64)]
    pub(crate) current: Decimal,
    /// Value that the criterion must reach.
    #[schema(value_type = f64)]
    pub(crate) target: Decimal,
    /// Completed share, from 0 to 1.
    #[schema(minimum = 0, maximum = 1)]
    pub(crate) ratio: f64,
}

/// Badge of the catalog, with statistics.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = GalleryBadge)]
pub struct GalleryBadgeModel {
    /// Badge id. Null if the badge is masked.
    id: Option<String>,
    /// Name to display.
    name: String,
    /// One-sentence description, with the targets of all tiers. Null if the badge is masked or
    /// has none.
    description: Option<String>,
    /// Id of the category.
    category: Option<String>,
    /// URL of the picture of the earned badge, in the metal of the highest tier; of the picture of
    /// secret badges if the badge is masked.
    image: String,
    /// Visibility before the badge is earned.
    #[schema(value_type = VisibilityNames)]
    visibility: &'static str,
    /// Tiers, lowest first.
    tiers: Vec<TierModel>,
    /// Number of times that the badge can be earned. Null if the badge is masked.
    #[schema(value_type = Option<RepeatModeNames>)]
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
pub struct EarnerModel {
    /// Id of the player.
    pub(crate) player: String,
    /// Name to display. Null if the player has none.
    name: Option<String>,
    /// URL of the player's picture.
    avatar: String,
    /// Tier. Null if the badge has no tiers.
    tier: Option<String>,
    /// Key. Null if the badge is not earned per key.
    key: Option<String>,
    /// Time of the award.
    #[schema(format = DateTime)]
    at: String,
    /// Id of the event or action that earned it. Null unless the caller is an administrator.
    event: Option<String>,
}

/// Category of badges.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Category)]
pub struct CategoryModel {
    /// Id of the category.
    id: String,
    /// Name to display.
    name: String,
    /// One-sentence description. Null if there is none.
    description: Option<String>,
}

/// Currency of points.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Currency)]
pub struct CurrencyModel {
    /// Id of the currency.
    id: String,
    /// Name to display.
    name: String,
    /// One-sentence description. Null if there is none.
    description: Option<String>,
    /// Symbol, or URL or path of an image.
    icon: Option<String>,
}

/// Unlockable of the catalog.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Unlockable)]
pub struct UnlockableModel {
    /// Id of the unlockable.
    id: String,
    /// Name to display.
    name: String,
    /// One-sentence description. Null if there is none.
    description: Option<String>,
}

impl BadgeModel {
    /// Converts a badge of a player.
    pub fn from_view(view: accolade::BadgeView, pictures: &PictureUrls) -> Self {
        let id = view.id.as_deref();
        let highest = view.tiers.iter().rfind(|tier| tier.earned);
        let tier = highest.map(|tier| &*tier.id);
        let image = pictures.seen_badge(id, view.image, tier, view.earned.is_empty());
        let tiers = view.tiers.into_iter();
        Self {
            tiers: tiers
                .map(|tier| TierModel::from_view(id, tier, pictures))
                .collect(),
            id: view.id.map(String::from),
            name: view.name,
            description: text_or_null(view.description),
            category: view.category.map(String::from),
            image,
            visibility: view.visibility.as_str(),
            earned: view.earned.into_iter().map(AwardModel::from).collect(),
            progress: view.progress.map(ProgressModel::from),
            next: view.next.map(String::from),
        }
    }
}

impl From<accolade::AwardView> for AwardModel {
    fn from(view: accolade::AwardView) -> Self {
        let (key_label, key_link) = match view.key_label {
            Some(KeyLabel { label, link, .. }) => (Some(label), link),
            None => (None, None),
        };
        Self {
            tier: view.tier.map(String::from),
            key: view.key,
            key_label,
            key_link,
            at: view.at.to_string(),
            event: view.event.map(String::from),
            source: view.source.as_str(),
            reason: view.reason,
            by: view.by,
            holding_intervals: view
                .holding_intervals
                .into_iter()
                .map(HoldingIntervalModel::from)
                .collect(),
        }
    }
}

impl TierModel {
    /// Converts a tier of a badge; a badge without an id is masked.
    fn from_view(badge: Option<&str>, view: accolade::TierView, pictures: &PictureUrls) -> Self {
        Self {
            image: pictures.tier(badge, &view),
            id: view.id.into(),
            target: view.target,
            points: by_id(view.points),
            earned: view.earned,
            players: view.players,
        }
    }
}

impl From<accolade::ProgressView> for ProgressModel {
    fn from(view: accolade::ProgressView) -> Self {
        Self {
            tier: view.tier.map(String::from),
            key: view.key,
            current: view.current,
            target: view.target,
            ratio: view.ratio,
        }
    }
}

impl GalleryBadgeModel {
    /// Converts a badge of the gallery.
    pub fn from_badge(badge: accolade::GalleryBadge, pictures: &PictureUrls) -> Self {
        let id = badge.id.as_deref();
        let tier = badge.tiers.last().map(|tier| &*tier.id);
        let image = pictures.seen_badge(id, badge.image, tier, false);
        let tiers = badge.tiers.into_iter();
        Self {
            tiers: tiers
                .map(|tier| TierModel::from_view(id, tier, pictures))
                .collect(),
            id: badge.id.map(String::from),
            name: badge.name,
            description: text_or_null(badge.description),
            category: badge.category.map(String::from),
            image,
            visibility: badge.visibility.as_str(),
            repeat: badge.repeat.map(RepeatMode::as_str),
            in_code: badge.in_code,
            retired: badge.retired,
            awards: badge.awards,
            players: badge.players,
            rarity: badge.rarity,
        }
    }
}

impl EarnerModel {
    /// Converts an earner of a badge.
    pub fn from_view(view: accolade::EarnerView, pictures: &PictureUrls) -> Self {
        Self {
            avatar: pictures.avatar(&view.player),
            player: view.player.into(),
            name: view.name,
            tier: view.tier.map(String::from),
            key: view.key,
            at: view.at.to_string(),
            event: view.event.map(String::from),
        }
    }
}

impl From<accolade::CategoryView> for CategoryModel {
    fn from(view: accolade::CategoryView) -> Self {
        Self {
            id: view.id.into(),
            name: view.name,
            description: text_or_null(view.description),
        }
    }
}

impl From<accolade::CurrencyView> for CurrencyModel {
    fn from(view: accolade::CurrencyView) -> Self {
        Self {
            id: view.id.into(),
            name: view.name,
            description: text_or_null(view.description),
            icon: view.icon,
        }
    }
}

impl From<accolade::UnlockableSummary> for UnlockableModel {
    fn from(view: accolade::UnlockableSummary) -> Self {
        Self {
            id: view.id.into(),
            name: view.name,
            description: text_or_null(view.description),
        }
    }
}

impl From<accolade::HeldInterval> for HoldingIntervalModel {
    fn from(interval: accolade::HeldInterval) -> Self {
        Self {
            from: interval.from.to_string(),
            until: interval.until.to_string(),
        }
    }
}

impl From<accolade::GalleryBadge> for GalleryBadgeModel {
    /// Converts a badge outside a service: pictures are paths.
    fn from(badge: accolade::GalleryBadge) -> Self {
        Self::from_badge(badge, &PictureUrls::default())
    }
}

impl From<accolade::EarnerView> for EarnerModel {
    /// Converts an earner outside a service: pictures are paths.
    fn from(view: accolade::EarnerView) -> Self {
        Self::from_view(view, &PictureUrls::default())
    }
}
