//! `GET /players/{player}`: profile of a player.

use accolade::{Audience, BadgeView, Profile, UnlockableView, Visibility};
use axum::extract::Path;
use axum::response::Response;
use serde::Serialize;

use super::activity_item::{ActivityItem, BadgeEntry, DisplayNames, PlayerLink};
use super::page::{PageRequest, not_found_problem};
use super::player_badges::PlayerBadgeCard;
use super::url;
use crate::filters::format_thousands;
use crate::problem::Problem;

/// Maximum number of badges shown as in progress.
const MAX_IN_PROGRESS: usize = 3;

/// Context of `profile.html`.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ProfilePage {
    pub(super) player: PlayerLink,
    /// True on the viewer's own profile.
    pub(super) is_own: bool,
    /// Instant of the first event; empty if there is none.
    pub(super) since: String,
    /// Balances of all currencies.
    pub(super) balances: Vec<BalanceCard>,
    /// Earned badges, most recent first.
    pub(super) earned: Vec<PlayerBadgeCard>,
    /// Badges with the most progress. Only on the viewer's own profile.
    pub(super) in_progress: Vec<PlayerBadgeCard>,
    /// Badges not earned yet, by category. Only on the viewer's own profile.
    pub(super) unearned: Vec<BadgeGroup>,
    /// Open unlockables, and closed ones on the viewer's own profile.
    pub(super) unlockables: Vec<UnlockableCard>,
    /// Recent activity, newest first.
    pub(super) recent: Vec<ActivityItem>,
}

/// Balance of a currency.
#[derive(Debug, Clone, Serialize)]
pub(super) struct BalanceCard {
    /// Id of the currency.
    pub(super) id: String,
    /// Display name of the currency.
    pub(super) name: String,
    /// Icon, if it is text such as an emoji.
    pub(super) symbol: Option<String>,
    /// Icon, if it is the URL of an image.
    pub(super) image: Option<String>,
    /// Formatted balance.
    pub(super) amount: String,
}

/// Badges of a category.
#[derive(Debug, Clone, Serialize)]
pub(super) struct BadgeGroup {
    /// Name of the category.
    pub(super) name: String,
    pub(super) badges: Vec<PlayerBadgeCard>,
}

/// Unlockable of a player.
#[derive(Debug, Clone, Serialize)]
pub(super) struct UnlockableCard {
    pub(super) id: String,
    /// Display name.
    pub(super) name: String,
    pub(super) description: String,
    /// True if it is open.
    pub(super) is_open: bool,
    /// Instant at which it last opened or closed; empty if it never opened.
    pub(super) at: String,
    /// URL of the explanation. Only on the viewer's own profile.
    pub(super) why_url: Option<String>,
}

pub(super) async fn show_profile_page(page: PageRequest, Path(player): Path<String>) -> Response {
    let may_look = match page.viewer.is_player(&player) {
        // With private pages, players still see their own profile.
        true => Ok(()),
        false => page.check_others_visible(),
    };
    let result = match may_look {
        Ok(()) => render_profile_page(&page, &player).await,
        Err(problem) => Err(problem),
    };
    page.render_result(result).await
}

async fn render_profile_page(page: &PageRequest, player: &str) -> Result<Response, Problem> {
    let is_own = page.viewer.is_player(player);
    let audience = if is_own {
        Audience::Player
    } else {
        Audience::Others
    };
    let Some(profile) = page
        .app
        .engine
        .players()
        .load_profile(player, audience)
        .await?
    else {
        let detail = "They may not have done anything yet.";
        return Err(not_found_problem("Player not found", detail));
    };
    let mut glossary = DisplayNames::load_public(&page.app).await?;
    glossary.load_retired(&page.app, &profile.recent).await?;
    profile
        .badges
        .iter()
        .for_each(|badge| add_profile_badge(&mut glossary, badge));
    page.render_page(
        "profile.html",
        &build_profile_page(page, profile, is_own, &glossary),
    )
    .await
}

/// Adds a badge of the profile, which may not be public, to the glossary.
fn add_profile_badge(glossary: &mut DisplayNames, badge: &BadgeView) {
    if let Some(id) = &badge.id {
        let tiers = badge.tiers.iter().map(|tier| tier.id.to_string()).collect();
        let (name, image) = (badge.name.clone(), badge.image.clone());
        glossary.add_badge(id.to_string(), BadgeEntry { name, image, tiers });
    }
}

fn build_profile_page(
    page: &PageRequest,
    profile: Profile,
    is_own: bool,
    glossary: &DisplayNames,
) -> ProfilePage {
    let (base, now) = (page.base(), page.app.engine.now());
    let id = profile.player.to_string();
    let person = PlayerLink::new(base, profile.player.into(), profile.name);
    let badges = profile.badges.iter().map(|badge| {
        let mut own = PlayerBadgeCard::from_view(base, badge, glossary, now);
        // The page of a secret badge exists only for players who have earned it.
        if badge.visibility != Visibility::Public && !(is_own && own.is_earned) {
            own.url = None;
        }
        own
    });
    let (mut earned, open): (Vec<PlayerBadgeCard>, Vec<PlayerBadgeCard>) =
        badges.partition(|badge| badge.is_earned);
    earned.sort_by_key(|badge| std::cmp::Reverse(badge.last_earned_at));
    let next = find_nearest(&open, &earned);
    let recent = profile
        .recent
        .iter()
        .map(|outcome| glossary.build_item(base, outcome, person.clone(), now));
    ProfilePage {
        recent: recent.collect(),
        player: person,
        is_own,
        since: profile
            .first_at
            .map(|at| at.to_string())
            .unwrap_or_default(),
        balances: profile
            .balances
            .into_iter()
            .map(BalanceCard::from)
            .collect(),
        in_progress: next,
        unearned: group_badges(page, open),
        earned,
        unlockables: profile
            .unlockables
            .into_iter()
            .map(|view| {
                let why_url = is_own.then(|| url::why_url(base, &id, "unlockables", &view.id));
                UnlockableCard {
                    why_url,
                    ..UnlockableCard::from(view)
                }
            })
            .collect(),
    }
}

/// Returns the badges in progress that are nearest to their next tier.
fn find_nearest(open: &[PlayerBadgeCard], earned: &[PlayerBadgeCard]) -> Vec<PlayerBadgeCard> {
    let ratio = |badge: &PlayerBadgeCard| {
        badge
            .progress
            .as_ref()
            .map_or(0.0, |progress| progress.ratio)
    };
    // Earned badges can have a next tier in progress.
    let begun = open
        .iter()
        .chain(earned)
        .filter(|badge| ratio(badge) > 0.0 && ratio(badge) < 1.0);
    let mut nearest: Vec<PlayerBadgeCard> = begun.cloned().collect();
    nearest.sort_by(|one, other| ratio(other).total_cmp(&ratio(one)));
    nearest.truncate(MAX_IN_PROGRESS);
    nearest
}

/// Groups badges by category. Badges without a category and secret badges come last.
fn group_badges(page: &PageRequest, badges: Vec<PlayerBadgeCard>) -> Vec<BadgeGroup> {
    let categories = page
        .app
        .engine
        .catalog()
        .list_categories()
        .into_iter()
        .map(|category| (String::from(category.id), category.name));
    let (secrets, mut badges): (Vec<PlayerBadgeCard>, Vec<PlayerBadgeCard>) =
        badges.into_iter().partition(|badge| badge.is_secret);
    let mut groups = Vec::new();
    for (id, name) in categories.chain([(String::new(), "Other badges".to_owned())]) {
        let (of_it, others) = badges.into_iter().partition(|badge| badge.category == id);
        badges = others;
        groups.push(BadgeGroup {
            name,
            badges: of_it,
        });
    }
    groups.push(BadgeGroup {
        name: "Secret".to_owned(),
        badges: secrets,
    });
    groups.retain(|group| !group.badges.is_empty());
    groups
}

impl From<accolade::CurrencyBalance> for BalanceCard {
    fn from(balance: accolade::CurrencyBalance) -> Self {
        // An icon is either the URL of an image, or a text such as an emoji.
        let is_image = |icon: &String| icon.contains(['/', '.']) || icon.starts_with("data:");
        let (image, symbol) = match balance.icon {
            Some(icon) if is_image(&icon) => (Some(icon), None),
            symbol => (None, symbol),
        };
        Self {
            id: balance.currency.into(),
            name: balance.name,
            symbol,
            image,
            amount: format_thousands(balance.balance),
        }
    }
}

impl From<UnlockableView> for UnlockableCard {
    fn from(view: UnlockableView) -> Self {
        Self {
            id: view.id.into(),
            name: view.name,
            description: view.description,
            is_open: view.open,
            at: view.at.map(|at| at.to_string()).unwrap_or_default(),
            why_url: None,
        }
    }
}
