//! `GET /badges`: gallery of all badges by category.

use accolade::Audience;
use axum::response::Response;
use serde::Serialize;

use super::activity_item::DisplayNames;
use super::badge_card::BadgeCard;
use super::page::PageRequest;
use crate::problem::Problem;

/// Context of `badges.html`.
#[derive(Debug, Clone, Serialize)]
pub(super) struct GalleryPage {
    /// Categories with badges. Badges without a category come last.
    pub(super) categories: Vec<CategoryCard>,
    /// Secret badges, without details.
    pub(super) secrets: Vec<BadgeCard>,
    /// Number of badges, including secret ones.
    pub(super) total: usize,
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
}

pub(super) async fn show_gallery_page(page: PageRequest) -> Response {
    let result = match page.check_access() {
        Ok(()) => render_gallery_page(&page).await,
        Err(problem) => Err(problem),
    };
    page.render_result(result).await
}

async fn render_gallery_page(page: &PageRequest) -> Result<Response, Problem> {
    let gallery = page
        .app
        .engine
        .catalog()
        .list_gallery(Audience::Others)
        .await?;
    let glossary = DisplayNames::load_public(&page.app).await?;
    let mut categories: Vec<CategoryCard> = page
        .app
        .engine
        .catalog()
        .list_categories()
        .into_iter()
        .map(CategoryCard::from)
        .collect();
    categories.push(CategoryCard::without_category());
    let mut secrets = Vec::new();
    for badge in &gallery {
        let card = BadgeCard::from_gallery(page.base(), badge, &glossary);
        let id = badge.category.as_deref().unwrap_or_default();
        match categories.iter_mut().find(|category| category.id == id) {
            // The category would reveal something about a secret badge.
            _ if card.is_secret => secrets.push(card),
            Some(category) => category.badges.push(card),
            None => {}
        }
    }
    categories.retain(|category| !category.badges.is_empty());
    page.render_page(
        "badges.html",
        &GalleryPage {
            categories,
            secrets,
            total: gallery.len(),
        },
    )
    .await
}

impl From<accolade::CategoryView> for CategoryCard {
    fn from(view: accolade::CategoryView) -> Self {
        Self {
            id: view.id.into(),
            name: view.name,
            description: view.description,
            badges: Vec::new(),
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
        }
    }
}
