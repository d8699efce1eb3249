//! `GET /players/{player}`: profile of a player.

use accolade::{Audience, BadgeView, Profile, UnlockableView, Visibility};
use axum::extract::Path;
use axum::response::Response;
use serde::Serialize;

use super::activity_item::{ActivityFeed, ActivityItem, FeedPlace, PlayerLink};
use super::display_names::{BadgeEntry, DisplayNames};
use super::page::{PageRequest, not_found_problem};
use super::player_badges::{PlayerBadgeCard, to_percent};
use super::url;
use crate::filters::format_thousands;
use crate::problem::Problem;

/// Maximum number of goals at the top.
const MAX_GOALS: usize = 3;
/// Share of a goal from which it counts as nearly reached.
const NEAR_RATIO: f64 = 0.75;

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
    /// Number of badges held.
    pub(super) held: usize,
    /// Number of badges that the owner of the page can see, earned or not; 0 for other viewers.
    pub(super) total: usize,
    /// Nearest goals, the nearest first. Only on the viewer's own profile.
    pub(super) goals: Vec<PlayerBadgeCard>,
    /// True if all goals are nearly reached.
    pub(super) is_near: bool,
    /// Badges by category, in each the earned ones first. On profiles of others, earned ones only.
    pub(super) groups: Vec<BadgeGroup>,
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
    /// Number of its badges that are held.
    pub(super) held: usize,
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
    /// The rest of its requirement, such as `988 Experience to go`; empty if it is open.
    pub(super) remaining: String,
    /// Percentage of its requirement, from 0 to 100; 0 if it is unknown.
    pub(super) percent: u32,
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
    let badges: Vec<PlayerBadgeCard> = badges.collect();
    let held = badges.iter().filter(|badge| badge.is_earned).count();
    let goals = match is_own {
        true => find_goals(&badges),
        false => Vec::new(),
    };
    let feed = ActivityFeed {
        base,
        names: glossary,
        now,
        place: FeedPlace::Profile,
    };
    let recent = profile.recent.into_iter();
    ProfilePage {
        recent: feed.build_items(recent.map(|outcome| (outcome, person.clone()))),
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
        held,
        total: if is_own { badges.len() } else { 0 },
        is_near: !goals.is_empty() && goals.iter().all(|goal| goal.ratio() >= NEAR_RATIO),
        goals,
        groups: group_badges(page, badges),
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
        player: person,
    }
}

/// Returns the nearest goals. Begun ones come first; for a new player, any that can be begun.
fn find_goals(badges: &[PlayerBadgeCard]) -> Vec<PlayerBadgeCard> {
    let is_goal = |badge: &&PlayerBadgeCard| {
        let is_repeated = badge.is_earned && badge.tiers.is_empty();
        // To earn a badge once more is a goal only once it is begun.
        badge.progress.is_some() && badge.ratio() < 1.0 && (badge.ratio() > 0.0 || !is_repeated)
    };
    let mut goals: Vec<&PlayerBadgeCard> = badges.iter().filter(is_goal).collect();
    goals.sort_by(|one, other| {
        let earned = one.is_earned.cmp(&other.is_earned);
        other.ratio().total_cmp(&one.ratio()).then(earned)
    });
    goals.into_iter().take(MAX_GOALS).cloned().collect()
}

/// Groups badges by category. Badges without a category and secret badges come last.
fn group_badges(page: &PageRequest, mut badges: Vec<PlayerBadgeCard>) -> Vec<BadgeGroup> {
    // Earned badges first, the latest of them at the top; then the nearest ones.
    badges.sort_by(|one, other| {
        let latest = other.last_earned_at.cmp(&one.last_earned_at);
        latest.then(other.ratio().total_cmp(&one.ratio()))
    });
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
        groups.push(BadgeGroup::new(name, of_it));
    }
    groups.push(BadgeGroup::new("Secret".to_owned(), secrets));
    groups.retain(|group| !group.badges.is_empty());
    groups
}

impl BadgeGroup {
    fn new(name: String, badges: Vec<PlayerBadgeCard>) -> Self {
        Self {
            held: badges.iter().filter(|badge| badge.is_earned).count(),
            name,
            badges,
        }
    }
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
            percent: view
                .progress
                .as_ref()
                .map_or(0, |progress| to_percent(progress.ratio)),
            remaining: view
                .progress
                .map(|progress| progress.remaining)
                .unwrap_or_default(),
        }
    }
}
