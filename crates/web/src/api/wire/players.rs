//! A player, as somebody may see them.

use accolade::UnlockableView;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{Badge, Outcome, Progress};

/// A player.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Profile {
    /// The application's id.
    player: String,
    /// What pages show for the player: the attribute `name`.
    name: Option<String>,
    /// How many events and acts the timeline has.
    events: u64,
    /// When the first one happened.
    #[schema(format = DateTime)]
    first_at: Option<String>,
    /// When the last one happened.
    #[schema(format = DateTime)]
    last_at: Option<String>,
    /// Attributes, such as the zone. Others do not see them.
    #[schema(value_type = Object)]
    attributes: Value,
    /// Every currency's balance.
    balances: Vec<Balance>,
    /// Badges, in order of id.
    badges: Vec<Badge>,
    /// Unlockables, in order of id.
    unlockables: Vec<PlayerUnlockable>,
    /// The latest outcomes, newest first.
    recent: Vec<Outcome>,
}

/// A balance.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Balance {
    /// The currency's id.
    currency: String,
    /// How people read it.
    name: String,
    /// A picture or a symbol.
    icon: Option<String>,
    /// How much; negative in an overdraft.
    balance: i64,
}

/// An unlockable of a player.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct PlayerUnlockable {
    /// Its id.
    id: String,
    /// How people read it.
    name: String,
    /// One sentence about it.
    description: String,
    /// Whether it is open.
    open: bool,
    /// Since when it is open or shut, if it ever was open.
    #[schema(format = DateTime)]
    at: Option<String>,
}

/// How far a player is on a badge.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct BadgeProgress {
    /// The badge's id.
    badge: String,
    /// How people read it.
    name: String,
    /// How far.
    progress: Progress,
}

impl From<accolade::Profile> for Profile {
    fn from(profile: accolade::Profile) -> Self {
        let accolade::Profile {
            player,
            name,
            events,
            first_at,
            last_at,
            attributes,
            ..
        } = profile;
        let accolade::Profile {
            balances,
            badges,
            unlockables,
            recent,
            ..
        } = profile;
        let balances = balances.into_iter().map(|balance| {
            let accolade::Balance {
                currency,
                name,
                icon,
                balance,
            } = balance;
            Balance {
                currency,
                name,
                icon,
                balance,
            }
        });
        Self {
            player,
            name,
            events,
            first_at: first_at.map(|at| at.to_string()),
            last_at: last_at.map(|at| at.to_string()),
            attributes: serde_json::to_value(attributes).unwrap_or_default(),
            balances: balances.collect(),
            badges: badges.into_iter().map(Badge::from).collect(),
            unlockables: unlockables
                .into_iter()
                .map(PlayerUnlockable::from)
                .collect(),
            recent: recent.into_iter().map(Outcome::from).collect(),
        }
    }
}

impl From<UnlockableView> for PlayerUnlockable {
    fn from(view: UnlockableView) -> Self {
        let UnlockableView {
            id,
            name,
            description,
            open,
            at,
        } = view;
        Self {
            id,
            name,
            description,
            open,
            at: at.map(|at| at.to_string()),
        }
    }
}

impl BadgeProgress {
    /// The progress of a badge that is not all earned, and whose id may be told.
    pub(crate) fn of(badge: Badge) -> Option<Self> {
        Some(Self {
            badge: badge.id?,
            name: badge.name,
            progress: badge.progress?,
        })
    }
}
