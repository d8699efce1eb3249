//! Definitions, and what people have of them.

use std::collections::BTreeMap;

use accolade::{
    AwardView, BadgeView, CategoryView, CurrencyView, EarnerView, ProgressView, TierView,
    UnlockableSummary,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{number, some};

/// A badge of a player.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Badge {
    /// Its id; null where the badge is masked.
    pub(crate) id: Option<String>,
    /// How people read it.
    pub(crate) name: String,
    /// One sentence about it.
    pub(crate) description: String,
    /// Its category's id.
    pub(crate) category: Option<String>,
    /// The picture that fits: locked, unlocked or secret.
    pub(crate) image: Option<String>,
    /// `public`, `secret` or `invisible`.
    pub(crate) visibility: &'static str,
    /// The awards that are held.
    pub(crate) earned: Vec<Award>,
    /// Its tiers, lowest first.
    pub(crate) tiers: Vec<Tier>,
    /// How far the player is on what is left to earn.
    pub(crate) progress: Option<Progress>,
    /// The id of the next badge in its chain.
    pub(crate) next: Option<String>,
}

/// An award that is held.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Award {
    /// Its tier; null for a badge without tiers.
    pub(crate) tier: Option<String>,
    /// Its key; null where there is none.
    pub(crate) key: Option<String>,
    /// When it was earned.
    #[schema(format = DateTime)]
    pub(crate) at: String,
    /// The event or act that earned it; null where that would give a secret away.
    pub(crate) event: Option<String>,
    /// `criterion`, `code` or `hand`; `keep` where a publication kept it.
    pub(crate) source: String,
    /// The times before this one for which a temporary award was held, oldest first.
    pub(crate) holding_intervals: Vec<Spell>,
}

/// A time for which a temporary award was held.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Spell {
    /// From this instant on.
    #[schema(format = DateTime)]
    from: String,
    /// Up to, not including, this instant.
    #[schema(format = DateTime)]
    until: String,
}

/// A tier of a badge.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Tier {
    /// Its id, which is also its name.
    id: String,
    /// What the criterion must reach; null where only hands or code award it.
    target: Option<f64>,
    /// What earning it pays, by currency.
    points: BTreeMap<String, i64>,
    /// Whether an award of it is held.
    earned: bool,
}

/// How far a player is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Progress {
    /// The tier that comes next; null for a badge without tiers.
    pub(crate) tier: Option<String>,
    /// The key that is nearest to its target, in badges earned for each key.
    pub(crate) key: Option<String>,
    /// Where the player stands.
    pub(crate) current: f64,
    /// What must be reached.
    pub(crate) target: f64,
    /// The way covered, from 0 to 1.
    #[schema(minimum = 0, maximum = 1)]
    pub(crate) ratio: f64,
}

/// A badge of the catalog.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct GalleryBadge {
    /// Its id; null where the badge is masked.
    id: Option<String>,
    /// How people read it.
    name: String,
    /// One sentence about it, with the target of its highest tier.
    description: String,
    /// Its category's id.
    category: Option<String>,
    /// The picture of one that is earned, or the secret one where the badge is masked.
    image: Option<String>,
    /// `public`, `secret` or `invisible`.
    visibility: &'static str,
    /// Its tiers, lowest first.
    tiers: Vec<Tier>,
    /// How often it can be earned: `once`, `per-key` or `again`; null where the badge is masked.
    repeat: Option<&'static str>,
    /// Whether its criterion is written in code.
    in_code: bool,
    /// Whether the catalog in force no longer has it.
    retired: bool,
    /// Awards that are held.
    awards: u64,
    /// Players who hold one or more.
    players: u64,
    /// Those players as a part of all, from 0 to 1.
    #[schema(minimum = 0, maximum = 1)]
    rarity: f64,
}

/// Somebody who holds a badge.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Earner {
    /// The application's id.
    player: String,
    /// What pages show for the player.
    name: Option<String>,
    /// The tier that is held; null for a badge without tiers.
    tier: Option<String>,
    /// The key; null where there is none.
    key: Option<String>,
    /// When it was earned.
    #[schema(format = DateTime)]
    at: String,
}

/// A category.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Category {
    /// Its id.
    id: String,
    /// How people read it.
    name: String,
    /// One sentence about it; empty when there is none.
    description: String,
}

/// A currency.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Currency {
    /// Its id.
    id: String,
    /// How people read it.
    name: String,
    /// One sentence about it; empty when there is none.
    description: String,
    /// A picture or a symbol.
    icon: Option<String>,
}

/// An unlockable of the catalog.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Unlockable {
    /// Its id.
    id: String,
    /// How people read it.
    name: String,
    /// One sentence about it; empty when there is none.
    description: String,
}

impl From<BadgeView> for Badge {
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
            earned: earned.into_iter().map(Award::from).collect(),
            tiers: tiers.into_iter().map(Tier::from).collect(),
            progress: progress.map(Progress::from),
            next,
        }
    }
}

impl From<AwardView> for Award {
    fn from(view: AwardView) -> Self {
        let AwardView {
            tier,
            key,
            at,
            event,
            source,
            holding_intervals: spells,
        } = view;
        let spells = spells.into_iter().map(|it| Spell {
            from: it.from.to_string(),
            until: it.until.to_string(),
        });
        Self {
            tier: some(tier),
            key: some(key),
            at: at.to_string(),
            event: some(event),
            source,
            holding_intervals: spells.collect(),
        }
    }
}

impl From<TierView> for Tier {
    fn from(view: TierView) -> Self {
        let TierView {
            id,
            target,
            points,
            earned,
        } = view;
        Self {
            id,
            target: target.map(number),
            points,
            earned,
        }
    }
}

impl From<ProgressView> for Progress {
    fn from(view: ProgressView) -> Self {
        let ProgressView {
            tier,
            key,
            current,
            target,
            ratio,
        } = view;
        Self {
            tier: some(tier),
            key,
            current: number(current),
            target: number(target),
            ratio,
        }
    }
}

impl From<accolade::GalleryBadge> for GalleryBadge {
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
        let tiers = tiers.into_iter().map(Tier::from).collect();
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

impl From<EarnerView> for Earner {
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
            tier: some(tier),
            key: some(key),
            at: at.to_string(),
        }
    }
}

impl From<CategoryView> for Category {
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

impl From<CurrencyView> for Currency {
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

impl From<UnlockableSummary> for Unlockable {
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
