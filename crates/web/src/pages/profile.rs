//! `GET /players/{player}`: profile of a player.

use accolade::{Audience, BadgeView, Profile, UnlockableView};
use axum::extract::Path;
use axum::response::Response;
use serde::Serialize;

use super::happening::{BadgeEntry, Glossary, Happening, Person};
use super::page::{Page, missing};
use super::shelf::OwnBadge;
use crate::filters::format_thousands;
use crate::problem::Problem;

/// Maximum number of badges shown as in progress.
const NEXT: usize = 3;

/// Context of `profile.html`.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ProfileContext {
    pub(super) player: Person,
    /// True on the viewer's own profile.
    pub(super) is_own: bool,
    /// Instant of the first event; empty if there is none.
    pub(super) since: String,
    /// Balances of all currencies.
    pub(super) points: Vec<Points>,
    /// Earned badges, most recent first.
    pub(super) earned: Vec<OwnBadge>,
    /// Badges with the most progress. Only on the viewer's own profile.
    pub(super) next: Vec<OwnBadge>,
    /// Badges not earned yet, by category. Only on the viewer's own profile.
    pub(super) open: Vec<Group>,
    /// Open unlockables, and closed ones on the viewer's own profile.
    pub(super) unlockables: Vec<Unlockable>,
    /// Recent activity, newest first.
    pub(super) recent: Vec<Happening>,
}

/// Balance of a currency.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Points {
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
pub(super) struct Group {
    /// Name of the category.
    pub(super) name: String,
    pub(super) badges: Vec<OwnBadge>,
}

/// Unlockable of a player.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Unlockable {
    pub(super) id: String,
    /// Display name.
    pub(super) name: String,
    pub(super) description: String,
    /// True if it is open.
    pub(super) is_open: bool,
    /// Instant at which it last opened or closed; empty if it never opened.
    pub(super) at: String,
}

pub(super) async fn get(page: Page, Path(player): Path<String>) -> Response {
    let may_look = match page.viewer.is_player(&player) {
        true => Ok(()),
        false => page.must_see_others(),
    };
    let result = match may_look {
        Ok(()) => show(&page, &player).await,
        Err(problem) => Err(problem),
    };
    page.answer(result).await
}

async fn show(page: &Page, player: &str) -> Result<Response, Problem> {
    let is_own = page.viewer.is_player(player);
    let audience = if is_own {
        Audience::Player
    } else {
        Audience::Others
    };
    let Some(profile) = page.app.engine.profile(player, audience).await? else {
        let detail = "They may not have done anything yet.";
        return Err(missing("Player not found", detail));
    };
    let mut glossary = Glossary::read(&page.app).await?;
    glossary.add_retired(&page.app, &profile.recent).await?;
    profile
        .badges
        .iter()
        .for_each(|badge| learn(&mut glossary, badge));
    page.show("profile.html", &context(page, profile, is_own, &glossary))
        .await
}

/// Adds a badge of the profile, which may not be public, to the glossary.
fn learn(glossary: &mut Glossary, badge: &BadgeView) {
    if let Some(id) = &badge.id {
        let tiers = badge.tiers.iter().map(|tier| tier.id.clone()).collect();
        let (name, image) = (badge.name.clone(), badge.image.clone());
        glossary.add(id.clone(), BadgeEntry { name, image, tiers });
    }
}

fn context(page: &Page, profile: Profile, is_own: bool, glossary: &Glossary) -> ProfileContext {
    let (base, now) = (page.base(), page.app.engine.now());
    let person = Person::new(base, profile.player, profile.name);
    let badges = profile.badges.iter().map(|badge| {
        let mut own = OwnBadge::of(base, badge, glossary, now);
        // The page of a secret badge exists only for players who have earned it.
        if badge.visibility != "public" && !(is_own && own.is_earned) {
            own.url = None;
        }
        own
    });
    let (mut earned, open): (Vec<OwnBadge>, Vec<OwnBadge>) =
        badges.partition(|badge| badge.is_earned);
    earned.sort_by_key(|badge| std::cmp::Reverse(badge.last));
    let next = nearest(&open, &earned);
    let recent = profile
        .recent
        .iter()
        .map(|outcome| glossary.happening(base, outcome, person.clone(), now));
    ProfileContext {
        recent: recent.collect(),
        player: person,
        is_own,
        since: profile
            .first_at
            .map(|at| at.to_string())
            .unwrap_or_default(),
        points: profile.balances.into_iter().map(Points::from).collect(),
        next,
        open: groups(page, open),
        earned,
        unlockables: profile
            .unlockables
            .into_iter()
            .map(Unlockable::from)
            .collect(),
    }
}

/// Returns the badges in progress that are nearest to their next tier.
fn nearest(open: &[OwnBadge], earned: &[OwnBadge]) -> Vec<OwnBadge> {
    let ratio = |badge: &OwnBadge| {
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
    let mut nearest: Vec<OwnBadge> = begun.cloned().collect();
    nearest.sort_by(|one, other| ratio(other).total_cmp(&ratio(one)));
    nearest.truncate(NEXT);
    nearest
}

/// Groups badges by category. Badges without a category and secret badges come last.
fn groups(page: &Page, badges: Vec<OwnBadge>) -> Vec<Group> {
    let categories = page
        .app
        .engine
        .categories()
        .into_iter()
        .map(|category| (category.id, category.name));
    let (secrets, mut badges): (Vec<OwnBadge>, Vec<OwnBadge>) =
        badges.into_iter().partition(|badge| badge.is_secret);
    let mut groups = Vec::new();
    for (id, name) in categories.chain([(String::new(), "Other badges".to_owned())]) {
        let (of_it, others) = badges.into_iter().partition(|badge| badge.category == id);
        badges = others;
        groups.push(Group {
            name,
            badges: of_it,
        });
    }
    groups.push(Group {
        name: "Secret".to_owned(),
        badges: secrets,
    });
    groups.retain(|group| !group.badges.is_empty());
    groups
}

impl From<accolade::Balance> for Points {
    fn from(balance: accolade::Balance) -> Self {
        let accolade::Balance {
            currency,
            name,
            icon,
            balance,
        } = balance;
        // An icon is either the URL of an image, or a text such as an emoji.
        let is_image = |icon: &String| icon.contains(['/', '.']) || icon.starts_with("data:");
        let (image, symbol) = match icon {
            Some(icon) if is_image(&icon) => (Some(icon), None),
            symbol => (None, symbol),
        };
        Self {
            id: currency,
            name,
            symbol,
            image,
            amount: format_thousands(balance),
        }
    }
}

impl From<UnlockableView> for Unlockable {
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
            is_open: open,
            at: at.map(|at| at.to_string()).unwrap_or_default(),
        }
    }
}
