//! `GET /badges`: gallery of all badges by category.

use accolade::Audience;
use axum::response::Response;
use serde::Serialize;

use super::happening::Glossary;
use super::page::Page;
use super::tile::Tile;
use crate::problem::Problem;

/// Context of `badges.html`.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Badges {
    /// Categories with badges. Badges without a category come last.
    pub(super) categories: Vec<Category>,
    /// Secret badges, without details.
    pub(super) secrets: Vec<Tile>,
    /// Number of badges, including secret ones.
    pub(super) total: usize,
}

/// Category with its badges.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Category {
    /// Id; empty for badges without a category.
    pub(super) id: String,
    /// Display name.
    pub(super) name: String,
    pub(super) description: String,
    pub(super) badges: Vec<Tile>,
}

pub(super) async fn get(page: Page) -> Response {
    let result = match page.must_be_let_in() {
        Ok(()) => show(&page).await,
        Err(problem) => Err(problem),
    };
    page.answer(result).await
}

async fn show(page: &Page) -> Result<Response, Problem> {
    let gallery = page.app.engine.gallery(Audience::Others).await?;
    let glossary = Glossary::of(&gallery, &page.app);
    let mut categories: Vec<Category> = page
        .app
        .engine
        .categories()
        .into_iter()
        .map(Category::from)
        .collect();
    categories.push(Category::of_the_rest());
    let mut secrets = Vec::new();
    for badge in &gallery {
        let tile = Tile::of(page.base(), badge, &glossary);
        let id = badge.category.as_deref().unwrap_or_default();
        match categories.iter_mut().find(|category| category.id == id) {
            // The category would reveal something about a secret badge.
            _ if tile.is_secret => secrets.push(tile),
            Some(category) => category.badges.push(tile),
            None => {}
        }
    }
    categories.retain(|category| !category.badges.is_empty());
    page.show(
        "badges.html",
        &Badges {
            categories,
            secrets,
            total: gallery.len(),
        },
    )
    .await
}

impl From<accolade::CategoryView> for Category {
    fn from(view: accolade::CategoryView) -> Self {
        let accolade::CategoryView {
            id,
            name,
            description,
        } = view;
        Self {
            id,
            name,
            description,
            badges: Vec::new(),
        }
    }
}

impl Category {
    fn of_the_rest() -> Self {
        Self {
            id: String::new(),
            name: "Other badges".to_owned(),
            description: String::new(),
            badges: Vec::new(),
        }
    }
}
