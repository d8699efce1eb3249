//! What badges look like whoever holds them: their tiers, and what is said of them.

use std::collections::BTreeMap;

use accolade_core::catalog::rules::{BadgeRule, Rules};
use accolade_core::number::Decimal;
use serde::Serialize;

/// A tier of a badge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TierView {
    /// Its id, which is also its name.
    pub id: String,
    /// What the criterion must reach; `None` where only hands or code award it.
    pub target: Option<Decimal>,
    /// What earning it pays, by currency.
    pub points: BTreeMap<String, i64>,
    /// Whether an award of it is held, whatever its key.
    pub earned: bool,
}

/// The tiers of a badge that can still be earned, lowest first.
pub(super) fn tiers(
    rules: &Rules,
    badge: &BadgeRule,
    earned: impl Fn(&str) -> bool,
) -> Vec<TierView> {
    let tiers = badge
        .tiers
        .iter()
        .filter(|tier| !tier.retired && !tier.id.is_empty());
    let points = |points: &[(usize, i64)]| {
        points
            .iter()
            .map(|(currency, amount)| (rules.currencies[*currency].id.clone(), *amount))
            .collect()
    };
    tiers
        .map(|tier| TierView {
            id: tier.id.clone(),
            target: tier.node.as_ref().map(|node| node.target),
            points: points(&tier.points),
            earned: earned(&tier.id),
        })
        .collect()
}

/// The target of the highest tier. Those that are retired come behind it and have none.
pub(super) fn last_target(badge: &BadgeRule) -> Option<Decimal> {
    Some(
        badge
            .tiers
            .iter()
            .rfind(|tier| !tier.retired)?
            .node
            .as_ref()?
            .target,
    )
}

/// What is said of a badge, with the target filled in.
pub(super) fn described(badge: &BadgeRule, target: Option<Decimal>) -> String {
    let target = target.map_or_else(String::new, |target| target.to_string());
    badge.display.description.replace("{target}", &target)
}
