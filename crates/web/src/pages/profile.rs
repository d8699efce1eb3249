//! `GET /players/{player}`: what a player has.

use accolade::{Audience, BadgeView, Profile, UnlockableView};
use axum::extract::Path;
use axum::response::Response;
use serde::Serialize;

use super::happening::{BadgeEntry, Glossary, Happening, Person};
use super::page::{Page, missing};
use super::shelf::OwnBadge;
use crate::filters::thousands;
use crate::problem::Problem;

/// Badges that come next, at the most.
const NEXT: usize = 3;

/// What `profile.html` knows.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ProfileContext {
    /// Who it is.
    pub(super) player: Person,
    /// Whether the player is the one who looks.
    pub(super) is_own: bool,
    /// When the first thing happened; empty when nothing has.
    pub(super) since: String,
    /// The balance of each currency.
    pub(super) points: Vec<Points>,
    /// Badges that are earned, the last one first.
    pub(super) earned: Vec<OwnBadge>,
    /// Badges that are nearest, for the player alone.
    pub(super) next: Vec<OwnBadge>,
    /// Badges that are still to be earned, by category, for the player alone.
    pub(super) open: Vec<Group>,
    /// What is open, and for the player what is locked.
    pub(super) unlockables: Vec<Unlockable>,
    /// What happened last, newest first.
    pub(super) recent: Vec<Happening>,
}

/// A balance.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Points {
    /// The currency's id.
    pub(super) id: String,
    /// How people read it.
    pub(super) name: String,
    /// A symbol, if it has one that is text.
    pub(super) symbol: Option<String>,
    /// A picture, if it has one.
    pub(super) image: Option<String>,
    /// How much.
    pub(super) amount: String,
}

/// A category and what is to be earned in it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Group {
    /// What the category is called.
    pub(super) name: String,
    /// Its badges.
    pub(super) badges: Vec<OwnBadge>,
}

/// An unlockable.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Unlockable {
    /// Its id.
    pub(super) id: String,
    /// How people read it.
    pub(super) name: String,
    /// One sentence about it.
    pub(super) description: String,
    /// Whether it is open.
    pub(super) is_open: bool,
    /// Since when; empty when it never was open.
    pub(super) at: String,
}

pub(super) async fn get(page: Page, Path(player): Path<String>) -> Response {
    let may_look = match page.viewer.is(&player) {
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
    let is_own = page.viewer.is(player);
    let audience = if is_own {
        Audience::Player
    } else {
        Audience::Others
    };
    let Some(profile) = page.app.engine.profile(player, audience).await? else {
        let detail =
            "Nothing is known of a player by this name. Perhaps nothing has happened to them yet.";
        return Err(missing("Nobody here", detail));
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

/// What whoever looks knows by this profile.
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
        // Others have no page of a secret badge, and the player none before it is earned.
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

/// The badges and tiers to which least is missing, of those that are begun.
fn nearest(open: &[OwnBadge], earned: &[OwnBadge]) -> Vec<OwnBadge> {
    let ratio = |badge: &OwnBadge| {
        badge
            .progress
            .as_ref()
            .map_or(0.0, |progress| progress.ratio)
    };
    let begun = open
        .iter()
        .chain(earned)
        .filter(|badge| ratio(badge) > 0.0 && ratio(badge) < 1.0);
    let mut nearest: Vec<OwnBadge> = begun.cloned().collect();
    nearest.sort_by(|one, other| ratio(other).total_cmp(&ratio(one)));
    nearest.truncate(NEXT);
    nearest
}

/// Badges by category; those without one, and the secret ones, last.
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
    for (id, name) in categories.chain([(String::new(), "Everything else".to_owned())]) {
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
            amount: thousands(balance),
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
