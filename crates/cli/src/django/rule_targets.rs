//! The published rules for the rows of the tables.

use std::collections::BTreeMap;

use accolade_core::catalog::document::RepeatMode;
use accolade_core::catalog::rules::{BadgeRule, RuleSet};

use super::row_key::RowKey;
use super::rule_ids::RuleIds;
use super::tables::Tables;
use crate::error::CommandError;

/// Currency of all points of django-gamification.
pub(crate) const CURRENCY: &str = "points";

/// Published rules by primary key of the definition.
pub(crate) struct RuleTargets<'r> {
    /// Current id of the currency.
    pub(crate) currency: &'r str,
    pub(crate) badges: BTreeMap<&'r RowKey, &'r BadgeRule>,
    /// Current ids of unlockables.
    pub(crate) unlockables: BTreeMap<&'r RowKey, &'r str>,
    pub(crate) achievements: BTreeMap<&'r RowKey, &'r BadgeRule>,
}

impl<'r> RuleTargets<'r> {
    /// Finds the rule of each definition.
    ///
    /// # Errors
    /// The error lists all rules that are missing or cannot take the rows.
    pub(crate) fn from_catalog(
        rules: &'r RuleSet,
        ids: &'r RuleIds,
        tables: &Tables,
    ) -> Result<Self, CommandError> {
        let mut problems = Vec::new();
        if !tables.interfaces.is_empty() && rules.currency_position(CURRENCY).is_none() {
            problems.push(format!("currency `{CURRENCY}` not found"));
        }
        let mut badge_rules = |ids: &'r BTreeMap<RowKey, String>, tiers_allowed: bool| {
            let mut found = BTreeMap::new();
            for (key, id) in ids {
                match find_badge(rules, id, tiers_allowed) {
                    Ok(badge) => {
                        found.insert(key, badge);
                    }
                    Err(problem) => problems.push(problem),
                }
            }
            found
        };
        let badges = badge_rules(&ids.badges, false);
        let achievements = badge_rules(&ids.achievements, true);
        let mut unlockables = BTreeMap::new();
        for (key, id) in &ids.unlockables {
            match rules.unlockable_position(id) {
                Some(position) if !rules.unlockables[position].retired => {
                    unlockables.insert(key, rules.unlockables[position].id.as_str());
                }
                _ => problems.push(format!("unlockable `{id}` not found")),
            }
        }
        if problems.is_empty() {
            return Ok(Self {
                currency: rules.current_currency(CURRENCY),
                badges,
                unlockables,
                achievements,
            });
        }
        Err(CommandError::new(format!(
            "the published catalog does not fit the dump, and nothing was imported:\n  {}\nwrite a \
             catalog that does with --write-catalog; a rule that you rename needs its earlier id \
             in `was`",
            problems.join("\n  ")
        )))
    }
}

fn find_badge<'r>(
    rules: &'r RuleSet,
    id: &str,
    tiers_allowed: bool,
) -> Result<&'r BadgeRule, String> {
    let badge = rules
        .badge_position(id)
        .map(|position| &rules.badges[position]);
    match badge.filter(|badge| !badge.retired) {
        None => Err(format!("badge `{id}` not found")),
        Some(badge) if badge.has_tiers() && !tiers_allowed => Err(format!(
            "badge `{id}` has tiers, and its rows have none; add tiers after the import"
        )),
        Some(badge) if badge.repeat != RepeatMode::Once || badge.temporary => Err(format!(
            "badge `{id}` is repeated or temporary; publish that after the import"
        )),
        Some(badge) => Ok(badge),
    }
}
