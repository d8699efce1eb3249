//! Tiers of badges.

use std::collections::BTreeMap;

use accolade_core::catalog::rules::{BadgeRule, RuleSet};
use accolade_core::ids::{CurrencyId, TierId};
use accolade_core::number::Decimal;

/// A tier of a badge.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TierView {
    /// The tier's id, which is also its name.
    pub id: TierId,
    /// The value that the criterion must reach; `None` if the tier is awarded manually or by code.
    pub target: Option<Decimal>,
    /// Points that earning it pays, by currency.
    pub points: BTreeMap<CurrencyId, i64>,
    /// True if an award of the tier is held, with any key.
    pub earned: bool,
    /// The number of players who hold the tier. 0 in a profile.
    pub players: u64,
}

/// Lists the tiers of a badge that can be earned, lowest first.
pub(super) fn list_tiers(
    rules: &RuleSet,
    badge: &BadgeRule,
    earned: impl Fn(&str) -> bool,
) -> Vec<TierView> {
    let tiers = badge
        .tiers
        .iter()
        // A badge without tiers has one internal tier with an empty id.
        .filter(|tier| !tier.retired && !tier.id.is_empty());
    let points = |points: &[(usize, i64)]| {
        points
            .iter()
            .map(|(currency, amount)| ((&rules.currencies[*currency].id).into(), *amount))
            .collect()
    };
    tiers
        .map(|tier| TierView {
            id: tier.id.clone().into(),
            target: tier.criterion.as_ref().map(|node| node.target),
            points: points(&tier.points),
            earned: earned(&tier.id),
            players: 0,
        })
        .collect()
}
