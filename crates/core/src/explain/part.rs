//! A criterion as a tree: what each of its parts asks for, and where it stands.

use serde::Serialize;

use super::sources::keyed;
use super::words;
use crate::catalog::Catalog;
use crate::catalog::document::{Criterion, CriterionKind};
use crate::catalog::rules::{Node, NodeKind};
use crate::fold::Look;
use crate::limits;
use crate::number::Decimal;

/// A part of a criterion, or all of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Part {
    /// What it asks for, in words; of a composite, what it asks of its parts.
    pub words: String,
    /// The key that it is shown for: the nearest one, where the criterion asks for some key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Where it stands. Of several parts, how many of them hold.
    pub current: Decimal,
    /// What must be reached.
    pub target: Decimal,
    /// Whether it holds.
    pub holds: bool,
    /// What can be asked for to learn more: `teacher`, `currency:xp`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ask: Option<String>,
    /// The first of the keys that it counts, in criteria that count keys.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<String>,
    /// What it is made of; of a criterion that counts keys, the nearest key that does not count.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
    /// Whether the value says how many of the parts hold.
    #[serde(skip)]
    pub(super) is_composite: bool,
}

/// Makes trees of criteria.
pub(super) struct Trees<'l, 't, 'a> {
    pub(super) catalog: &'l Catalog,
    pub(super) look: &'l mut Look<'t, 'a>,
}

impl Trees<'_, '_, '_> {
    /// The tree of a criterion: for a key, where one is given; `offset` is what `progress` acts added.
    pub(super) fn tree(
        &mut self,
        criterion: &Criterion,
        node: &Node,
        key: Option<&str>,
        offset: Decimal,
    ) -> Part {
        if let (None, Some(_), NodeKind::Keys(aggregate)) = (key, &criterion.per, &node.kind) {
            return self.for_some_key(criterion, node, *aggregate);
        }
        let target = node.target.to_string();
        let words = words::of_parts(criterion, node.target)
            .unwrap_or_else(|| words::body(self.catalog, criterion, Some(&target)));
        let current = self.look.value(node, key.unwrap_or_default(), offset);
        let mut part = Part {
            words,
            key: None,
            current,
            target: node.target,
            holds: current >= node.target,
            ask: None,
            keys: Vec::new(),
            parts: Vec::new(),
            is_composite: matches!(node.kind, NodeKind::Some(_)),
        };
        match (&criterion.kind, &node.kind) {
            (
                CriterionKind::All(parts) | CriterionKind::Any(parts) | CriterionKind::Some(parts),
                NodeKind::Some(nodes),
            ) => {
                let pairs = parts.iter().zip(nodes);
                part.parts = pairs
                    .map(|(written, node)| self.tree(written, node, key, Decimal::ZERO))
                    .collect();
            }
            (CriterionKind::Not(written), NodeKind::Not(node)) => {
                part.parts = vec![self.tree(written, node, key, Decimal::ZERO)];
            }
            (CriterionKind::Badge { badge, tier: None }, _) => part.ask = Some(badge.value.clone()),
            (
                CriterionKind::Badge {
                    badge,
                    tier: Some(tier),
                },
                _,
            ) => {
                part.ask = Some(format!("{}:{}", badge.value, tier.value));
            }
            (CriterionKind::Points(currency), _) => {
                part.ask = Some(format!("currency:{}", currency.value))
            }
            (CriterionKind::Unlocked(id), _) => part.ask = Some(format!("unlockable:{}", id.value)),
            (_, NodeKind::Keys(aggregate)) => self.over_keys(criterion, *aggregate, &mut part),
            _ => {}
        }
        part
    }

    /// A criterion that asks for some key, shown for the nearest.
    fn for_some_key(&mut self, criterion: &Criterion, node: &Node, aggregate: usize) -> Part {
        let (written, inner) = keyed(self.catalog.rules(), criterion, aggregate);
        let nearest = self.nearest(inner, &[]);
        let holds = self.look.value(node, "", Decimal::ZERO) >= node.target;
        let part = self.tree(
            written,
            inner,
            Some(nearest.as_deref().unwrap_or_default()),
            Decimal::ZERO,
        );
        let per = criterion
            .per
            .as_ref()
            .map_or_else(String::new, |per| format!(", for one {}", per.value));
        Part {
            words: part.words + &per,
            key: nearest,
            holds,
            ..part
        }
    }

    /// The keys that an aggregate counts, and the nearest of the others.
    fn over_keys(&mut self, criterion: &Criterion, aggregate: usize, part: &mut Part) {
        let rules = self.catalog.rules();
        let (written, inner) = keyed(rules, criterion, aggregate);
        let held = self
            .look
            .keys_at(rules.keyed[rules.key_aggregates[aggregate].keyed].slot);
        part.keys = held
            .iter()
            .take(limits::EXPLAINED_KEYS)
            .map(ToString::to_string)
            .collect();
        if let Some(key) = self.nearest(inner, &held) {
            let tree = self.tree(written, inner, Some(&key), Decimal::ZERO);
            part.parts = vec![Part {
                key: Some(key),
                ..tree
            }];
        }
    }

    /// The key, other than some, for which a criterion's value is greatest; the first of them in order.
    fn nearest(&mut self, node: &Node, except: &[Box<str>]) -> Option<String> {
        let mut nearest: Option<(Decimal, Box<str>)> = None;
        for key in self.look.keys_in(node) {
            if except.binary_search(&key).is_ok() {
                continue;
            }
            let value = self.look.value(node, &key, Decimal::ZERO);
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
