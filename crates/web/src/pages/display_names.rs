//! Display names of rules that are visible to the viewer.

use std::collections::BTreeMap;

use accolade::{Audience, BadgeSummary, CurrencyView, Outcome, UnlockableSummary};

use crate::problem::Problem;
use crate::state::AppState;

/// Display names of badges, currencies and unlockables that are visible to the viewer.
#[derive(Default)]
pub(super) struct DisplayNames {
    badges: BTreeMap<String, BadgeEntry>,
    currencies: BTreeMap<String, String>,
    unlockables: BTreeMap<String, String>,
    earnings: BTreeMap<String, String>,
}

/// Name, picture and tiers of a badge.
#[derive(Debug, Clone)]
pub(super) struct BadgeEntry {
    pub(super) name: String,
    pub(super) image: Option<String>,
    /// Ids of its tiers, lowest first.
    pub(super) tiers: Vec<String>,
}

impl DisplayNames {
    /// Loads the publicly visible names. Nothing is counted for them.
    pub(super) async fn load_public(app: &AppState) -> Result<Self, Problem> {
        let catalog = app.engine.catalog();
        let badges = catalog.list_badge_summaries(Audience::Others).await?;
        let badge = |badge: BadgeSummary| {
            let tiers = badge.tiers.into_iter().map(String::from).collect();
            let (name, image) = (badge.name, badge.image);
            (badge.id.into(), BadgeEntry { name, image, tiers })
        };
        let currency = |one: CurrencyView| (String::from(one.id), one.name);
        let unlockable = |one: UnlockableSummary| (String::from(one.id), one.name);
        Ok(Self {
            badges: badges.into_iter().map(badge).collect(),
            currencies: catalog
                .list_currencies()
                .into_iter()
                .map(currency)
                .collect(),
            unlockables: catalog
                .list_unlockables()
                .into_iter()
                .map(unlockable)
                .collect(),
            earnings: catalog
                .list_earnings()
                .into_iter()
                .map(|one| (one.id, one.name))
                .collect(),
        })
    }

    /// Adds retired badges that occur in the outcomes. Players may still hold them.
    pub(super) async fn load_retired(
        &mut self,
        app: &AppState,
        outcomes: &[Outcome],
    ) -> Result<(), Problem> {
        for outcome in outcomes.iter().filter(|outcome| outcome.badge().is_some()) {
            let id = &outcome.subject;
            // Each lookup is a query, so only unknown badges are looked up.
            if self.badges.contains_key(id) {
                continue;
            }
            let found = app
                .engine
                .catalog()
                .find_badge_summary(id, Audience::Others);
            if let Some(badge) = found.await? {
                self.add_badge(
                    id.clone(),
                    BadgeEntry {
                        name: badge.name,
                        image: badge.image,
                        tiers: Vec::new(),
                    },
                );
            }
        }
        Ok(())
    }

    /// Adds a badge that is visible only to the viewer.
    pub(super) fn add_badge(&mut self, id: String, badge: BadgeEntry) {
        self.badges.entry(id).or_insert(badge);
    }

    pub(super) fn find_badge(&self, id: &str) -> Option<&BadgeEntry> {
        self.badges.get(id)
    }

    /// Returns the name of a currency; its id if unknown.
    pub(super) fn currency_name(&self, id: &str) -> String {
        self.currencies
            .get(id)
            .cloned()
            .unwrap_or_else(|| id.to_owned())
    }

    /// Returns the name of an earning.
    pub(super) fn earning_name(&self, id: &str) -> Option<&str> {
        self.earnings.get(id).map(String::as_str)
    }

    /// Returns the name of an unlockable; its id if unknown.
    pub(super) fn unlockable_name(&self, id: &str) -> String {
        self.unlockables
            .get(id)
            .cloned()
            .unwrap_or_else(|| id.to_owned())
    }
}
