//! Rules of the published catalog, as listed on pages.

use accolade_core::catalog::rules::RuleDisplay;
use serde::Serialize;

use crate::Catalogs;

/// A category of badges.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CategoryView {
    /// The category's id.
    pub id: String,
    /// The display name.
    pub name: String,
    /// A description in one sentence; empty if there is none.
    pub description: String,
}

/// A currency of points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CurrencyView {
    /// The currency's id.
    pub id: String,
    /// The display name.
    pub name: String,
    /// A description in one sentence; empty if there is none.
    pub description: String,
    /// An image URL or a symbol.
    pub icon: Option<String>,
}

/// An unlockable, without the state of a player.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnlockableSummary {
    /// The unlockable's id.
    pub id: String,
    /// The display name.
    pub name: String,
    /// A description in one sentence; empty if there is none.
    pub description: String,
}

impl Catalogs<'_> {
    /// Lists the categories of the published catalog, in order of id.
    pub fn list_categories(&self) -> Vec<CategoryView> {
        let catalog = self.engine.catalog().published();
        let categories = catalog.rules().categories.iter();
        let view = |(id, name, description)| CategoryView {
            id,
            name,
            description,
        };
        categories
            .map(|category| view(display_texts(&category.id, &category.display)))
            .collect()
    }

    /// Lists the currencies of the published catalog, in order of id.
    pub fn list_currencies(&self) -> Vec<CurrencyView> {
        let catalog = self.engine.catalog().published();
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
            .map(|currency| {
                view(
                    &currency.icon,
                    display_texts(&currency.id, &currency.display),
                )
            })
            .collect()
    }

    /// Lists the unlockables of the published catalog, in order of id, except for retired ones.
    pub fn list_unlockables(&self) -> Vec<UnlockableSummary> {
        let catalog = self.engine.catalog().published();
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
            .map(|unlockable| view(display_texts(&unlockable.id, &unlockable.display)))
            .collect()
    }
}

fn display_texts(id: &str, display: &RuleDisplay) -> (String, String, String) {
    (
        id.to_owned(),
        display.name.clone(),
        display.description.clone(),
    )
}
