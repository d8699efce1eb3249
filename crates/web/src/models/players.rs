//! Response models of a player.

use accolade::{Decimal, Props};
use serde::Serialize;
use utoipa::ToSchema;

use super::{BadgeModel, OutcomeModel, PictureUrls, ProgressModel, text_or_null};

/// Profile of a player.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Player)]
pub struct PlayerModel {
    /// Id of the player.
    player: String,
    /// Display name: the attribute `name`. Null if there is none.
    name: Option<String>,
    /// URL of the player's picture.
    avatar: String,
    /// Number of events that the player caused, without manual actions.
    events: u64,
    /// Time of the first event or manual action.
    #[schema(format = DateTime)]
    first_at: Option<String>,
    /// Time of the last event that the player caused.
    #[schema(format = DateTime)]
    last_seen_at: Option<String>,
    /// Attributes such as the time zone. Empty for other players.
    #[schema(value_type = Object)]
    attributes: Props,
    /// Balances of all currencies.
    balances: Vec<BalanceModel>,
    /// Badges, sorted by id.
    badges: Vec<BadgeModel>,
    /// Unlockables, sorted by id.
    unlockables: Vec<PlayerUnlockable>,
    /// Latest outcomes, newest first.
    pub(crate) recent: Vec<OutcomeModel>,
}

/// Balance of a currency.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Balance)]
pub struct BalanceModel {
    /// Id of the currency.
    currency: String,
    /// Display name of the currency.
    name: String,
    /// Symbol, or URL or path of an image.
    icon: Option<String>,
    /// Number of points; negative if overdrawn.
    balance: i64,
}

/// Unlockable of a player.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PlayerUnlockable {
    /// Id of the unlockable.
    id: String,
    /// Name to display.
    name: String,
    /// Description in one sentence. Null if there is none.
    description: Option<String>,
    /// True if the unlockable is open.
    open: bool,
    /// Time of the last change between open and closed. Null if it was never open.
    #[schema(format = DateTime)]
    at: Option<String>,
    /// Distance to it. Null if it is open or cannot open now, and for other players.
    progress: Option<UnlockableProgressModel>,
}

/// Distance of a player to an unlockable.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = UnlockableProgress)]
pub(crate) struct UnlockableProgressModel {
    /// Current value of the criterion; for a composite, the number of parts that hold.
    #[schema(value_type = f64)]
    current: Decimal,
    /// Value that the criterion must reach.
    #[schema(value_type = f64)]
    target: Decimal,
    /// Completed share, from 0 to 1.
    #[schema(minimum = 0, maximum = 1)]
    ratio: f64,
    /// The rest in English, such as `988 Experience to go, or the badge Author (silver)`.
    remaining: String,
}

/// Progress of a player on a badge.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct BadgeProgress {
    /// Id of the badge.
    badge: String,
    /// Display name of the badge.
    name: String,
    /// URL of the picture for the current state, in the metal of the highest tier that is held.
    image: String,
    /// Progress towards the next award.
    progress: ProgressModel,
}

impl PlayerModel {
    /// Converts a profile.
    pub fn from_profile(profile: accolade::Profile, pictures: &PictureUrls) -> Self {
        let (badges, recent) = (profile.badges.into_iter(), profile.recent.into_iter());
        Self {
            avatar: pictures.avatar(&profile.player),
            player: profile.player.into(),
            name: profile.name,
            events: profile.events,
            first_at: profile.first_at.map(|at| at.to_string()),
            last_seen_at: profile.last_seen_at.map(|at| at.to_string()),
            attributes: profile.attributes,
            balances: profile
                .balances
                .into_iter()
                .map(BalanceModel::from)
                .collect(),
            badges: badges
                .map(|badge| BadgeModel::from_view(badge, pictures))
                .collect(),
            unlockables: profile
                .unlockables
                .into_iter()
                .map(PlayerUnlockable::from)
                .collect(),
            recent: recent
                .map(|outcome| OutcomeModel::from_outcome(outcome, pictures))
                .collect(),
        }
    }
}

impl From<accolade::UnlockableView> for PlayerUnlockable {
    fn from(view: accolade::UnlockableView) -> Self {
        Self {
            id: view.id.into(),
            name: view.name,
            description: text_or_null(view.description),
            open: view.open,
            at: view.at.map(|at| at.to_string()),
            progress: view.progress.map(UnlockableProgressModel::from),
        }
    }
}

impl From<accolade::UnlockableProgress> for UnlockableProgressModel {
    fn from(progress: accolade::UnlockableProgress) -> Self {
        Self {
            current: progress.current,
            target: progress.target,
            ratio: progress.ratio,
            remaining: progress.remaining,
        }
    }
}

impl From<accolade::CurrencyBalance> for BalanceModel {
    fn from(balance: accolade::CurrencyBalance) -> Self {
        Self {
            currency: balance.currency.into(),
            name: balance.name,
            icon: balance.icon,
            balance: balance.balance,
        }
    }
}

impl BadgeProgress {
    /// Extracts the progress of a badge. Returns `None` if the badge is masked or fully earned.
    pub(crate) fn from_badge(badge: BadgeModel) -> Option<Self> {
        Some(Self {
            badge: badge.id?,
            name: badge.name,
            image: badge.image,
            progress: badge.progress?,
        })
    }
}

impl From<accolade::Profile> for PlayerModel {
    /// Converts a profile outside a service: pictures are paths.
    fn from(profile: accolade::Profile) -> Self {
        Self::from_profile(profile, &PictureUrls::default())
    }
}
