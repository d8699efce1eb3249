//! A criterion as a tree: the requirement and the current value of each part.

use serde::Serialize;

use super::describe;
use super::rule_inputs::inner_criterion;
use crate::catalog::Catalog;
use crate::catalog::document::{CriterionDocument, CriterionKind};
use crate::catalog::rules::{CriterionRule, CriterionRuleKind};
use crate::fold::StateInspector;
use crate::limits;
use crate::number::Decimal;

/// A part of a criterion, or the whole criterion.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CriterionPart {
    /// The requirement in English; for a composite, how its parts are combined.
    pub text: String,
    /// The key for which the part is shown: the nearest one, if the criterion asks for some key.
    pub key: Option<String>,
    /// The current value; for a composite, the number of parts that hold.
    pub current: Decimal,
    /// The value to be reached.
    pub target: Decimal,
    /// True if the part holds.
    pub holds: bool,
    /// The subject that explains this part further, such as `teacher` or `currency:xp`.
    pub subject: Option<String>,
    /// The first counted keys, if the criterion counts keys.
    pub keys: Vec<String>,
    /// The parts of a composite; if the criterion counts keys, the nearest key that does not count.
    pub parts: Vec<CriterionPart>,
    /// True if the value is the number of parts that hold.
    #[serde(skip)]
    pub(super) is_composite: bool,
}

/// Builds trees of criteria.
pub(super) struct CriterionTreeBuilder<'l, 't, 'a> {
    pub(super) catalog: &'l Catalog,
    pub(super) inspector: &'l mut StateInspector<'t, 'a>,
}

impl CriterionTreeBuilder<'_, '_, '_> {
    /// Builds the tree of a criterion, for a key if one is given. `offset` is the sum of `progress`
    /// actions.
    pub(super) fn build_tree(
        &mut self,
        criterion: &CriterionDocument,
        node: &CriterionRule,
        key: Option<&str>,
        offset: Decimal,
    ) -> CriterionPart {
        // With `per` on the criterion itself, it asks for some key (S8). The best one says more
        // than the number of keys.
        if let (None, Some(_), CriterionRuleKind::KeyAggregate(aggregate)) =
            (key, &criterion.per, &node.kind)
        {
            return self.build_for_some_key(criterion, node, *aggregate);
        }
        let target = node.target.to_string();
        let words = describe::describe_composite(criterion, node.target)
            .unwrap_or_else(|| describe::describe_body(self.catalog, criterion, Some(&target)));
        let current = self
            .inspector
            .criterion_value(node, key.unwrap_or_default(), offset);
        let mut part = CriterionPart {
            text: words,
            key: None,
            current,
            target: node.target,
            holds: current >= node.target,
            subject: None,
            keys: Vec::new(),
            parts: Vec::new(),
            is_composite: matches!(node.kind, CriterionRuleKind::SomeOf(_)),
        };
        match (&criterion.kind, &node.kind) {
            (
                CriterionKind::All(parts)
                | CriterionKind::Any(parts)
                | CriterionKind::SomeOf(parts),
                CriterionRuleKind::SomeOf(nodes),
            ) => {
                let pairs = parts.iter().zip(nodes);
                // An offset belongs to a criterion that is a single number, so that parts have none
                // (S9).
                part.parts = pairs
                    .map(|(written, node)| self.build_tree(written, node, key, Decimal::ZERO))
                    .collect();
            }
            (CriterionKind::Not(written), CriterionRuleKind::Not(node)) => {
                part.parts = vec![self.build_tree(written, node, key, Decimal::ZERO)];
            }
            (CriterionKind::Badge { badge, tier: None }, _) => {
                part.subject = Some(badge.value.clone())
            }
            (
                CriterionKind::Badge {
                    badge,
                    tier: Some(tier),
                },
                _,
            ) => {
                part.subject = Some(format!("{}:{}", badge.value, tier.value));
            }
            (CriterionKind::Points(currency), _) => {
                part.subject = Some(format!("currency:{}", currency.value))
            }
            (CriterionKind::Unlocked(id), _) => {
                part.subject = Some(format!("unlockable:{}", id.value))
            }
            (_, CriterionRuleKind::KeyAggregate(aggregate)) => {
                self.add_keys(criterion, *aggregate, &mut part)
            }
            _ => {}
        }
        part
    }

    /// Builds the tree of a criterion that asks for some key, for the nearest key.
    fn build_for_some_key(
        &mut self,
        criterion: &CriterionDocument,
        node: &CriterionRule,
        aggregate: usize,
    ) -> CriterionPart {
        let (written, inner) = inner_criterion(self.catalog.rules(), criterion, aggregate);
        let nearest = self.find_nearest_key(inner, &[]);
        let holds = self.inspector.criterion_value(node, "", Decimal::ZERO) >= node.target;
        let part = self.build_tree(
            written,
            inner,
            Some(nearest.as_deref().unwrap_or_default()),
            Decimal::ZERO,
        );
        let per = criterion
            .per
            .as_ref()
            .map_or_else(String::new, |per| format!(", for the same {}", per.value));
        CriterionPart {
            text: part.text + &per,
            key: nearest,
            holds,
            ..part
        }
    }

    /// Adds the keys that an aggregate counts, and the nearest of the other keys.
    fn add_keys(
        &mut self,
        criterion: &CriterionDocument,
        aggregate: usize,
        part: &mut CriterionPart,
    ) {
        let rules = self.catalog.rules();
        let (written, inner) = inner_criterion(rules, criterion, aggregate);
        // In order, which `find_nearest_key` relies on for its binary search.
        let held = self
            .inspector
            .slot_keys(rules.keyed_criteria[rules.key_aggregates[aggregate].keyed_criterion].slot);
        part.keys = held
            .iter()
            .take(limits::EXPLANATION_KEYS)
            .map(ToString::to_string)
            .collect();
        if let Some(key) = self.find_nearest_key(inner, &held) {
            let tree = self.build_tree(written, inner, Some(&key), Decimal::ZERO);
            part.parts = vec![CriterionPart {
                key: Some(key),
                ..tree
            }];
        }
    }

    /// Finds the key with the greatest value of a criterion; the first in order if there are
    /// several. Excludes the keys of a sorted list.
    fn find_nearest_key(&mut self, node: &CriterionRule, except: &[Box<str>]) -> Option<String> {
        let mut nearest: Option<(Decimal, Box<str>)> = None;
        for key in self.inspector.criterion_keys(node) {
            if except.binary_search(&key).is_ok() {
                continue;
            }
            let value = self.inspector.criterion_value(node, &key, Decimal::ZERO);
            if nearest
                .as_ref()
                .is_none_or(|(greatest, _)| value > *greatest)
            {
                nearest = Some((value, key));
            }
        }
        nearest.map(|(_, key)| key.into())
    }
}
