//! Rules of the published catalog, as listed on pages.

use accolade_core::catalog::rules::{CategoryRule, CurrencyRule, EarningRule, UnlockableRule};
use accolade_core::ids::{CategoryId, CurrencyId, UnlockableId};

use crate::Catalogs;

/// A category of badges.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CategoryView {
    /// The category's id.
    pub id: CategoryId,
    /// The display name.
    pub name: String,
    /// A description in one sentence; empty if there is none.
    pub description: String,
}

/// A currency of points.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CurrencyView {
    /// The currency's id.
    pub id: CurrencyId,
    /// The display name.
    pub name: String,
    /// A description in one sentence; empty if there is none.
    pub description: String,
    /// An image URL or a symbol.
    pub icon: Option<String>,
}

/// An unlockable, without the state of a player.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnlockableSummary {
    /// The unlockable's id.
    pub id: UnlockableId,
    /// The display name.
    pub name: String,
    /// A description in one sentence; empty if there is none.
    pub description: String,
}

/// An earning of points.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EarningSummary {
    /// The earning's id.
    pub id: String,
    /// The display name.
    pub name: String,
}

impl Catalogs<'_> {
    /// Lists the earnings of the published catalog, in order of id.
    pub fn list_earnings(&self) -> Vec<EarningSummary> {
        let catalog = self.published();
        let view = |earning: &EarningRule| EarningSummary {
            id: earning.id.clone(),
            name: earning.display.name.clone(),
        };
        catalog.rules().earnings.iter().map(view).collect()
    }

    /// Lists the categories of the published catalog, in order of id.
    pub fn list_categories(&self) -> Vec<CategoryView> {
        let catalog = self.published();
        let view = |category: &CategoryRule| CategoryView {
            id: (&category.id).into(),
            name: category.display.name.clone(),
            description: category.display.description.clone(),
        };
        catalog.rules().categories.iter().map(view).collect()
    }

    /// Lists the currencies of the published catalog, in order of id.
    pub fn list_currencies(&self) -> Vec<CurrencyView> {
        let catalog = self.published();
        let view = |currency: &CurrencyRule| CurrencyView {
            id: (&currency.id).into(),
            name: currency.display.name.clone(),
            description: currency.display.description.clone(),
            icon: currency.icon.clone(),
        };
        catalog.rules().currencies.iter().map(view).collect()
    }

    /// Lists the unlockables of the published catalog, in order of id, except for retired ones.
    pub fn list_unlockables(&self) -> Vec<UnlockableSummary> {
        let catalog = self.published();
        let view = |unlockable: &UnlockableRule| UnlockableSummary {
            id: (&unlockable.id).into(),
            name: unlockable.display.name.clone(),
            description: unlockable.display.description.clone(),
        };
        let unlockables = catalog.rules().unlockables.iter();
        unlockables
            .filter(|unlockable| !unlockable.retired)
            .map(view)
            .collect()
    }
}
