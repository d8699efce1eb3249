//! The distance of a player to an unlockable, in words.

use serde::Serialize;

use super::describe;
use super::goals::BadgeGoal;
use super::measure::{KeyRole, Measure};
use super::rule_inputs::inner_criterion;
use crate::catalog::Catalog;
use crate::catalog::document::{CriterionDocument, CriterionKind, Visibility};
use crate::catalog::rules::{CriterionRule, CriterionRuleKind};
use crate::fold::{self, StateInspector, WholeState};
use crate::number::Decimal;
use crate::time::Timestamp;

/// The distance of a player to an unlockable.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UnlockableProgress {
    /// The current value of the criterion; for a composite, the number of parts that hold.
    pub current: Decimal,
    /// The value to be reached.
    pub target: Decimal,
    /// The share that is reached, from 0 to 1. For a composite, the parts count alike.
    pub ratio: f64,
    /// The rest in English: `988 Experience to go, or the badge Author (silver)`. Badges that are not public
    /// are not named.
    pub remaining: String,
}

/// Computes the distance to an unlockable at an instant; `None` if it is open, or if it can no
/// longer or not yet open.
pub fn find_unlockable_progress(
    catalog: &Catalog,
    state: &mut WholeState,
    player: &str,
    unlockable: usize,
    now: Timestamp,
) -> Option<UnlockableProgress> {
    let rule = &catalog.rules().unlockables[unlockable];
    if state.is_open(rule.slot) || rule.retired || !rule.bounds.contains(now) {
        return None;
    }
    let mut unlockables = catalog.document().unlockables.iter();
    let written = unlockables.find(|written| written.label.id.value == rule.id)?;
    fold::inspect_state(catalog, state, player, now, |inspector| {
        let mut builder = RemainingBuilder { catalog, inspector };
        let part = builder.describe_part(&written.criterion, &rule.criterion, None);
        Some(UnlockableProgress {
            current: part.current,
            target: part.target,
            ratio: part.ratio,
            remaining: part.text,
        })
    })
}

/// A part of the criterion.
struct RemainingPart {
    current: Decimal,
    target: Decimal,
    ratio: f64,
    text: String,
}

impl RemainingPart {
    fn holds(&self) -> bool {
        self.current >= self.target
    }
}

struct RemainingBuilder<'l, 't, 'a> {
    catalog: &'l Catalog,
    inspector: &'l mut StateInspector<'t, 'a>,
}

impl RemainingBuilder<'_, '_, '_> {
    fn describe_part(
        &mut self,
        criterion: &CriterionDocument,
        node: &CriterionRule,
        key: Option<&str>,
    ) -> RemainingPart {
        // A criterion that asks for some key is described for the nearest one.
        if let (None, Some(_), CriterionRuleKind::KeyAggregate(aggregate)) =
            (key, &criterion.per, &node.kind)
        {
            let (written, inner) = inner_criterion(self.catalog.rules(), criterion, *aggregate);
            return self.describe_nearest_key(written, inner);
        }
        let key_text = key.unwrap_or_default();
        let current = self
            .inspector
            .criterion_value(node, key_text, Decimal::ZERO);
        let target = node.target;
        match (&criterion.kind, &node.kind) {
            (
                CriterionKind::All(written)
                | CriterionKind::Any(written)
                | CriterionKind::SomeOf(written),
                CriterionRuleKind::SomeOf(nodes),
            ) => {
                let pairs = written.iter().zip(nodes);
                let parts: Vec<RemainingPart> = pairs
                    .map(|(written, node)| self.describe_part(written, node, key))
                    .collect();
                combine_parts(&criterion.kind, parts, current, target)
            }
            _ => RemainingPart {
                current,
                target,
                ratio: completion_ratio(current, target),
                text: self.describe_leaf(criterion, key, current, target),
            },
        }
    }

    /// Describes a criterion for the key with the greatest share.
    fn describe_nearest_key(
        &mut self,
        criterion: &CriterionDocument,
        node: &CriterionRule,
    ) -> RemainingPart {
        let mut nearest = self.describe_part(criterion, node, Some(""));
        for key in self.inspector.criterion_keys(node) {
            let part = self.describe_part(criterion, node, Some(&key));
            if part.ratio > nearest.ratio {
                nearest = part;
            }
        }
        nearest
    }

    fn describe_leaf(
        &mut self,
        criterion: &CriterionDocument,
        key: Option<&str>,
        current: Decimal,
        target: Decimal,
    ) -> String {
        let missing = target.checked_sub(current).unwrap_or(target);
        match &criterion.kind {
            CriterionKind::Points(currency) => {
                let mut currencies = self.catalog.rules().currencies.iter();
                let found = currencies.find(|one| one.id == currency.value);
                let name = found.map_or(&currency.value, |one| &one.display.name);
                format!("{} {name} to go", missing.to_grouped())
            }
            CriterionKind::Badge { badge, tier } => {
                let name = self.name_badge(badge);
                let tier = tier
                    .as_ref()
                    .map_or_else(String::new, |tier| format!(" ({})", tier.value));
                match missing == Decimal::ONE {
                    true => format!("{name}{tier}"),
                    false => format!("{} more awards of {name}{tier}", missing.to_grouped()),
                }
            }
            CriterionKind::Unlocked(id) => {
                let rules = self.catalog.rules();
                let position = rules.unlockable_position(id);
                let name = position.map_or(id.as_str(), |index| {
                    rules.unlockables[index].display.name.as_str()
                });
                format!("{name} unlocked")
            }
            CriterionKind::Age(unit) => {
                let unit = describe::pluralize_word(unit.as_str(), &missing.to_string());
                format!("{missing} more {unit} as a player")
            }
            CriterionKind::Aggregate(_) => {
                // The key without a name is that of a player who has none yet.
                let key = key.filter(|key| !key.is_empty()).map(str::to_owned);
                let goal = BadgeGoal::for_criterion(key, current, target);
                let measure = Measure {
                    catalog: self.catalog,
                    criterion,
                    masks_badge: false,
                    is_for_player: true,
                    titles: None,
                };
                measure.describe_open(&goal, KeyRole::Best("the"))
            }
            // It may name badges that are not public.
            CriterionKind::Not(_) => "another condition".to_owned(),
            _ => format!("{} to go", missing.to_grouped()),
        }
    }

    /// Returns the name of a badge, unless it is hidden from the player.
    fn name_badge(&self, id: &str) -> String {
        let rules = self.catalog.rules();
        let badge = rules.badge_position(id).map(|index| &rules.badges[index]);
        match badge {
            Some(badge)
                if badge.visibility == Visibility::Public || self.inspector.holds_badge(badge) =>
            {
                format!("the badge {}", badge.display.name)
            }
            Some(_) => "a secret badge".to_owned(),
            None => format!("the badge {id}"),
        }
    }
}

/// Combines the parts of a composite.
fn combine_parts(
    kind: &CriterionKind,
    parts: Vec<RemainingPart>,
    current: Decimal,
    target: Decimal,
) -> RemainingPart {
    let mut ratios: Vec<f64> = parts.iter().map(|part| part.ratio).collect();
    ratios.sort_unstable_by(|one, other| other.total_cmp(one));
    // Of the parts that are not needed, the furthest do not count.
    let needed = target.to_f64().max(1.0).min(ratios.len() as f64) as usize;
    let ratio = ratios.iter().take(needed).sum::<f64>() / needed.max(1) as f64;
    let open: Vec<String> = parts
        .into_iter()
        .filter(|part| !part.holds())
        .map(|part| part.text)
        .collect();
    let text = match kind {
        CriterionKind::Any(_) => open.join(", or "),
        CriterionKind::SomeOf(_) => {
            let missing = target.checked_sub(current).unwrap_or(target);
            format!("{missing} of: {}", open.join("; "))
        }
        _ => open.join(", and "),
    };
    RemainingPart {
        current,
        target,
        ratio,
        text,
    }
}

fn completion_ratio(current: Decimal, target: Decimal) -> f64 {
    // The quotient would be infinite or not a number.
    if target <= Decimal::ZERO {
        return if current >= target { 1.0 } else { 0.0 };
    }
    (current.to_f64() / target.to_f64()).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Event;
    use crate::fold::replay;

    const CATALOG: &str = r#"
        [[currency]]
        id = "xp"
        name = "Experience"

        [[badge]]
        id = "author"
        name = "Author"
        criterion = { count = "post.created" }
        tiers = [1, 5]

        [[badge]]
        id = "riddle"
        name = "The Riddle"
        visibility = "secret"
        criterion = { count = "riddle.solved" }

        [[unlockable]]
        id = "points"
        criterion = { points = "xp", at_least = 1500 }

        [[unlockable]]
        id = "either"
        criterion = { any = [{ points = "xp", at_least = 988 }, { badge = "author", tier = "silver" }] }

        [[unlockable]]
        id = "both"
        criterion = { all = [{ count = "post.created", at_least = 4 }, { badge = "riddle" }] }

        [[unlockable]]
        id = "same"
        criterion = { count = "vote.received", per = "event.post", at_least = 3 }

        [[unlockable]]
        id = "ended"
        until = "2020-01-01T00:00:00Z"
        criterion = { count = "post.created", at_least = 9 }

        [[unlockable]]
        id = "open"
        criterion = { count = "post.created" }
    "#;

    /// Returns the distance of a player with two posts, one of them with two votes.
    fn progress_of(id: &str) -> Option<UnlockableProgress> {
        let catalog = Catalog::from_toml(CATALOG).unwrap();
        let now: Timestamp = "2026-01-02T00:00:00Z".parse().unwrap();
        let event = |number: i64, name: &str, post: i64| Event {
            id: number.to_string(),
            player: "ada".to_owned(),
            name: name.to_owned(),
            at: "2026-01-01T00:00:00Z".parse().unwrap(),
            order: number,
            props: crate::props! { "post" => post },
        };
        let events = [
            event(1, "post.created", 1),
            event(2, "post.created", 2),
            event(3, "vote.received", 1),
            event(4, "vote.received", 2),
            event(5, "vote.received", 2),
        ];
        let mut state = replay(&catalog, &events);
        let position = catalog.rules().unlockable_position(id).unwrap();
        find_unlockable_progress(&catalog, &mut state, "ada", position, now)
    }

    #[test]
    fn the_rest_of_a_requirement_is_described_in_words() {
        for (id, remaining, ratio) in [
            ("points", "1,500 Experience to go", 0.0),
            (
                "either",
                "988 Experience to go, or the badge Author (silver)",
                0.0,
            ),
            ("both", "2 of 4 posts created, and a secret badge", 0.25),
            (
                "same",
                "the best post (2) has 2 of the 3 votes needed",
                2.0 / 3.0,
            ),
        ] {
            let progress = progress_of(id).unwrap();
            assert_eq!(
                (progress.remaining.as_str(), progress.ratio),
                (remaining, ratio)
            );
        }
        assert_eq!(progress_of("open"), None, "it is open");
        assert_eq!(progress_of("ended"), None, "it can no longer open");
    }
}
