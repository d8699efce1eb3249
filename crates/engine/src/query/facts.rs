//! What the catalog in force says, for pages.

use accolade_core::catalog::rules::Display;
use serde::Serialize;

use crate::Engine;

/// A category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CategoryView {
    /// Its id.
    pub id: String,
    /// How people read it.
    pub name: String,
    /// One sentence about it; empty when there is none.
    pub description: String,
}

/// A currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CurrencyView {
    /// Its id.
    pub id: String,
    /// How people read it.
    pub name: String,
    /// One sentence about it; empty when there is none.
    pub description: String,
    /// A picture or a symbol.
    pub icon: Option<String>,
}

/// An unlockable, without a player.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnlockableSummary {
    /// Its id.
    pub id: String,
    /// How people read it.
    pub name: String,
    /// One sentence about it; empty when there is none.
    pub description: String,
}

impl Engine {
    /// The categories of the catalog in force, in order of id.
    pub fn categories(&self) -> Vec<CategoryView> {
        let catalog = self.catalog();
        let categories = catalog.rules().categories.iter();
        let view = |(id, name, description)| CategoryView {
            id,
            name,
            description,
        };
        categories
            .map(|category| view(texts(&category.id, &category.display)))
            .collect()
    }

    /// The currencies of the catalog in force, in order of id.
    pub fn currencies(&self) -> Vec<CurrencyView> {
        let catalog = self.catalog();
        let view = |icon: &Option<String>, (id, name, description)| {
            let icon = icon.clone();
            CurrencyView {
                id,
                name,
                description,
                icon,
            }
        };
        let currencies = catalog.rules().currencies.iter();
        currencies
            .map(|currency| view(&currency.icon, texts(&currency.id, &currency.display)))
            .collect()
    }

    /// The unlockables of the catalog in force, in order of id, without those that are retired.
    pub fn unlockables(&self) -> Vec<UnlockableSummary> {
        let catalog = self.catalog();
        let unlockables = catalog
            .rules()
            .unlockables
            .iter()
            .filter(|unlockable| !unlockable.retired);
        let view = |(id, name, description)| UnlockableSummary {
            id,
            name,
            description,
        };
        unlockables
            .map(|unlockable| view(texts(&unlockable.id, &unlockable.display)))
            .collect()
    }
}

/// Id, name and description.
fn texts(id: &str, display: &Display) -> (String, String, String) {
    (
        id.to_owned(),
        display.name.clone(),
        display.description.clone(),
    )
}
