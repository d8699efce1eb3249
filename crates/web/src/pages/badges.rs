//! `GET /badges`: all badges, by category.

use accolade::Audience;
use axum::response::Response;
use serde::Serialize;

use super::happening::Glossary;
use super::page::Page;
use super::tile::Tile;
use crate::problem::Problem;

/// What `badges.html` knows.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Badges {
    /// The categories that have badges, and last the badges without one.
    pub(super) categories: Vec<Category>,
    /// The secret ones, of which nobody may know more than that they are there.
    pub(super) secrets: Vec<Tile>,
    /// How many badges there are, secret ones included.
    pub(super) total: usize,
}

/// A category and its badges.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Category {
    /// Its id; empty for badges without one.
    pub(super) id: String,
    /// How people read it.
    pub(super) name: String,
    /// One sentence about it.
    pub(super) description: String,
    /// Its badges.
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
            name: "Everything else".to_owned(),
            description: String::new(),
            badges: Vec::new(),
        }
    }
}
