//! `GET /badges`: gallery of all badges by category, with what the signed-in player has.

use std::collections::HashMap;

use accolade::{Audience, GalleryBadge, Visibility};
use axum::response::Response;
use serde::{Deserialize, Serialize};

use super::badge_card::BadgeCard;
use super::display_names::DisplayNames;
use super::page::{LenientQuery, PageRequest};
use super::player_badges::PlayerBadgeCard;
use crate::artwork::Metal;
use crate::filters::encode_segment;
use crate::problem::Problem;

/// Query parameters: a filter of the badges.
#[derive(Debug, Default, Deserialize)]
pub(super) struct GalleryQuery {
    /// `mine`, `next` or `secret`; all badges if it is absent.
    #[serde(default)]
    show: String,
    /// Name of a tier.
    #[serde(default)]
    tier: String,
}

/// Context of `badges.html`.
#[derive(Debug, Clone, Serialize)]
pub(super) struct GalleryPage {
    /// Categories with badges that match. Badges without a category come last.
    pub(super) categories: Vec<CategoryCard>,
    /// Secret badges that match, without details.
    pub(super) secrets: Vec<BadgeCard>,
    /// Number of badges, including secret ones.
    pub(super) total: usize,
    /// Number of secret badges that the viewer has not earned.
    pub(super) secret_total: usize,
    /// Number of badges that the signed-in player holds.
    pub(super) held: Option<usize>,
    /// Links that choose badges.
    pub(super) filters: Vec<FilterLink>,
    /// Links that choose a tier; empty if no two badges have the same.
    pub(super) tiers: Vec<FilterLink>,
    /// True if not all badges are shown.
    pub(super) is_filtered: bool,
    /// True if the player's own badges are shown.
    pub(super) shows_mine: bool,
}

/// Link that chooses badges.
#[derive(Debug, Clone, Serialize)]
pub(super) struct FilterLink {
    pub(super) name: String,
    pub(super) url: String,
    /// Number of badges that it chooses.
    pub(super) count: usize,
    /// True if it is chosen.
    pub(super) is_current: bool,
    /// Metal of a tier.
    pub(super) metal: Metal,
}

/// Category with its badges.
#[derive(Debug, Clone, Serialize)]
pub(super) struct CategoryCard {
    /// Id; empty for badges without a category.
    pub(super) id: String,
    /// Display name.
    pub(super) name: String,
    pub(super) description: String,
    pub(super) badges: Vec<BadgeCard>,
    /// Number of its badges that the signed-in player holds.
    pub(super) held: usize,
}

/// Choice of badges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum GalleryView {
    All,
    Mine,
    Next,
    Secret,
}

/// Card of the gallery, with its category.
struct GalleryItem {
    category: String,
    card: BadgeCard,
}

pub(super) async fn show_gallery_page(
    page: PageRequest,
    LenientQuery(query): LenientQuery<GalleryQuery>,
) -> Response {
    let result = match page.check_access() {
        Ok(()) => render_gallery_page(&page, query).await,
        Err(problem) => Err(problem),
    };
    page.render_result(result).await
}

async fn render_gallery_page(page: &PageRequest, query: GalleryQuery) -> Result<Response, Problem> {
    let catalog = page.app.engine.catalog();
    let gallery = catalog.list_gallery(Audience::Others).await?;
    let names = DisplayNames::load_public(&page.app).await?;
    let own = load_own_badges(page, &names).await?;
    let items = build_items(page, &gallery, own, &names);
    let view = GalleryView::from_query(&query.show, page.viewer.0.is_some());
    let context = build_page(page, items, view, &query.tier);
    page.render_page("badges.html", &context).await
}

/// Loads the badges of the signed-in player, each with its visibility.
async fn load_own_badges(
    page: &PageRequest,
    names: &DisplayNames,
) -> Result<Vec<(Visibility, PlayerBadgeCard)>, Problem> {
    let engine = &page.app.engine;
    let Some(player) = &page.viewer.0 else {
        return Ok(Vec::new());
    };
    let profile = engine.players().load_profile(player, Audience::Player);
    let Some(profile) = profile.await? else {
        return Ok(Vec::new());
    };
    let now = engine.now();
    let badges = profile.badges.iter().map(|badge| {
        let card = PlayerBadgeCard::from_view(page.base(), badge, names, now);
        (badge.visibility, card)
    });
    Ok(badges.collect())
}

/// Combines the gallery with the badges of the signed-in player.
fn build_items(
    page: &PageRequest,
    gallery: &[GalleryBadge],
    own: Vec<(Visibility, PlayerBadgeCard)>,
    names: &DisplayNames,
) -> Vec<GalleryItem> {
    let (revealed, public): (Vec<_>, Vec<_>) = own
        .into_iter()
        .filter(|(_, badge)| badge.id.is_some())
        .partition(|(visibility, _)| *visibility != Visibility::Public);
    let mut public: HashMap<String, PlayerBadgeCard> = public
        .into_iter()
        .filter_map(|(_, badge)| Some((badge.id.clone()?, badge)))
        .collect();
    // A secret badge that the player has earned takes the place of a mask. All masks are alike.
    let earned_secrets = revealed
        .iter()
        .filter(|(visibility, _)| *visibility == Visibility::Secret)
        .count();
    let masks = gallery.iter().filter(|badge| badge.id.is_none()).count();
    let mut masks_left = masks.saturating_sub(earned_secrets);
    let mut items: Vec<GalleryItem> = Vec::new();
    for badge in gallery {
        let mut card = BadgeCard::from_gallery(page.base(), badge, names);
        if card.is_secret {
            if masks_left == 0 {
                continue;
            }
            masks_left -= 1;
        }
        if let Some(own) = card.id.as_ref().and_then(|id| public.remove(id)) {
            card = card.with_own(own);
        }
        items.push(GalleryItem {
            // The category would reveal something about a secret badge.
            category: badge.category.clone().map(String::from).unwrap_or_default(),
            card,
        });
    }
    items.extend(revealed.into_iter().map(|(_, own)| GalleryItem {
        category: own.category.clone(),
        card: BadgeCard::from_own(own),
    }));
    items
}

fn build_page(
    page: &PageRequest,
    items: Vec<GalleryItem>,
    view: GalleryView,
    tier: &str,
) -> GalleryPage {
    let has_tier =
        |item: &GalleryItem, tier: &str| item.card.tiers.iter().any(|one| one.name == tier);
    // A tier that no badge has is ignored, like any other outdated link.
    let tier = match items.iter().any(|item| has_tier(item, tier)) {
        true => tier,
        false => "",
    };
    let is_signed_in = page.viewer.0.is_some();
    let total = items.len();
    let secret_total = items.iter().filter(|item| item.card.is_secret).count();
    let held = items.iter().filter(|item| item.is_held()).count();
    let filters = GalleryView::list_available(is_signed_in, secret_total)
        .into_iter()
        .map(|other| FilterLink {
            name: other.name().to_owned(),
            url: gallery_url(page, other, tier),
            count: items.iter().filter(|item| other.shows(item)).count(),
            is_current: other == view,
            metal: Metal::Plain,
        })
        .collect();
    let tiers = list_tiers(page, &items, view, tier);
    let shown = items
        .into_iter()
        .filter(|item| view.shows(item) && (tier.is_empty() || has_tier(item, tier)));
    let (categories, secrets) = group_items(page, shown);
    GalleryPage {
        categories,
        secrets,
        total,
        secret_total,
        held: is_signed_in.then_some(held),
        filters,
        tiers,
        is_filtered: view != GalleryView::All || !tier.is_empty(),
        shows_mine: view == GalleryView::Mine,
    }
}

/// Lists the tiers of all badges in order of metal, each as a link.
fn list_tiers(
    page: &PageRequest,
    items: &[GalleryItem],
    view: GalleryView,
    chosen: &str,
) -> Vec<FilterLink> {
    let mut links: Vec<FilterLink> = Vec::new();
    for tier in items.iter().flat_map(|item| &item.card.tiers) {
        match links.iter_mut().find(|link| link.name == tier.name) {
            Some(link) => link.count += 1,
            None => {
                let is_current = tier.name == chosen;
                // A second click removes the choice.
                let next = if is_current { "" } else { tier.name.as_str() };
                links.push(FilterLink {
                    name: tier.name.clone(),
                    url: gallery_url(page, view, next),
                    count: 1,
                    is_current,
                    metal: tier.metal,
                });
            }
        }
    }
    // Tiers that only one badge has make no filter.
    if links.len() > 6 || links.iter().all(|link| link.count < 2) {
        links.clear();
    }
    links.sort_by_key(|link| link.metal as u8);
    links
}

/// Groups cards by category. Secret badges come apart.
fn group_items(
    page: &PageRequest,
    items: impl Iterator<Item = GalleryItem>,
) -> (Vec<CategoryCard>, Vec<BadgeCard>) {
    let categories = page.app.engine.catalog().list_categories();
    let mut categories: Vec<CategoryCard> =
        categories.into_iter().map(CategoryCard::from).collect();
    categories.push(CategoryCard::without_category());
    let mut secrets = Vec::new();
    for item in items {
        let found = categories
            .iter_mut()
            .find(|category| category.id == item.category);
        match found {
            _ if item.card.is_secret => secrets.push(item.card),
            Some(category) => {
                category.held += usize::from(item.is_held());
                category.badges.push(item.card);
            }
            None => {}
        }
    }
    categories.retain(|category| !category.badges.is_empty());
    (categories, secrets)
}

fn gallery_url(page: &PageRequest, view: GalleryView, tier: &str) -> String {
    let mut parameters = Vec::new();
    if view != GalleryView::All {
        parameters.push(format!("show={}", view.as_str()));
    }
    if !tier.is_empty() {
        parameters.push(format!("tier={}", encode_segment(tier)));
    }
    match parameters.is_empty() {
        true => format!("{}/badges", page.base()),
        false => format!("{}/badges?{}", page.base(), parameters.join("&")),
    }
}

impl GalleryView {
    /// Reads the choice. Visitors have no badges of their own.
    fn from_query(text: &str, is_signed_in: bool) -> Self {
        match text {
            "mine" if is_signed_in => Self::Mine,
            "next" if is_signed_in => Self::Next,
            "secret" => Self::Secret,
            _ => Self::All,
        }
    }

    fn list_available(is_signed_in: bool, secrets: usize) -> Vec<Self> {
        let mut views = match (is_signed_in, secrets) {
            (true, _) => vec![Self::All, Self::Mine, Self::Next],
            (false, 0) => Vec::new(),
            (false, _) => vec![Self::All],
        };
        if secrets > 0 {
            views.push(Self::Secret);
        }
        views
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Mine => "mine",
            Self::Next => "next",
            Self::Secret => "secret",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::All => "All",
            Self::Mine => "Mine",
            Self::Next => "Next",
            Self::Secret => "Secret",
        }
    }

    fn shows(self, item: &GalleryItem) -> bool {
        match self {
            Self::All => true,
            Self::Mine => item.is_held(),
            Self::Next => item.has_next_step(),
            Self::Secret => item.card.is_secret,
        }
    }
}

impl GalleryItem {
    fn is_held(&self) -> bool {
        self.card.own.as_ref().is_some_and(|own| own.is_earned)
    }

    /// True if something is left to earn: the badge itself or a higher tier.
    fn has_next_step(&self) -> bool {
        match &self.card.own {
            Some(own) => {
                !own.is_earned
                    || own.progress.is_some() && own.tiers.iter().any(|one| !one.is_earned)
            }
            // A player without any event has no profile, and everything ahead.
            None => !self.card.is_secret,
        }
    }
}

impl From<accolade::CategoryView> for CategoryCard {
    fn from(view: accolade::CategoryView) -> Self {
        Self {
            id: view.id.into(),
            name: view.name,
            description: view.description,
            badges: Vec::new(),
            held: 0,
        }
    }
}

impl CategoryCard {
    fn without_category() -> Self {
        Self {
            id: String::new(),
            name: "Other badges".to_owned(),
            description: String::new(),
            badges: Vec::new(),
            held: 0,
        }
    }
}
