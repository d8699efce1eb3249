//! Lookup of rules by id: by the current id, or by a former one (S15).

use std::collections::BTreeMap;

use super::document::{CatalogDocument, RuleLabel};
use super::former_ids::FormerIds;
use super::rules::RuleSet;

impl FormerIds {
    /// Collects the `was` keys of a document.
    pub(super) fn from_document(document: &CatalogDocument, rules: &RuleSet) -> Self {
        let currencies = document.currencies.iter().map(|currency| &currency.label);
        let earnings = document.earnings.iter().map(|earning| &earning.label);
        let badges = document.badges.iter().map(|badge| &badge.label);
        let unlockables = document
            .unlockables
            .iter()
            .map(|unlockable| &unlockable.label);
        Self {
            currencies: collect_positions(currencies, |id| rules.currency_position(id)),
            earnings: collect_positions(earnings, |id| rules.earning_position(id)),
            badges: collect_positions(badges, |id| rules.badge_position(id)),
            unlockables: collect_positions(unlockables, |id| rules.unlockable_position(id)),
        }
    }
}

fn collect_positions<'d>(
    labels: impl Iterator<Item = &'d RuleLabel>,
    position: impl Fn(&str) -> Option<usize>,
) -> BTreeMap<String, usize> {
    let pairs = labels.flat_map(|label| {
        label
            .former_ids
            .iter()
            .map(|was| (was.value.clone(), position(&label.id)))
    });
    pairs
        .filter_map(|(was, position)| Some((was, position?)))
        .collect()
}

impl RuleSet {
    /// The position of a currency.
    pub fn currency_position(&self, id: &str) -> Option<usize> {
        find_position(
            &self.currencies,
            &self.former_ids.currencies,
            id,
            |currency| (&currency.id, false),
        )
    }

    /// The position of an earning.
    pub fn earning_position(&self, id: &str) -> Option<usize> {
        find_position(&self.earnings, &self.former_ids.earnings, id, |earning| {
            (&earning.id, false)
        })
    }

    /// The position of a badge, including retired ones.
    ///
    /// ```
    /// use accolade_core::catalog::Catalog;
    ///
    /// let catalog = Catalog::from_toml("[[badge]]\nid = 'author'\nwas = ['writer']").unwrap();
    /// let rules = catalog.rules();
    /// assert_eq!(rules.badge("writer"), rules.badge("author"));
    /// assert_eq!(rules.current_badge("writer"), "author");
    /// ```
    pub fn badge_position(&self, id: &str) -> Option<usize> {
        find_position(&self.badges, &self.former_ids.badges, id, |badge| {
            (&badge.id, badge.retired)
        })
    }

    /// The position of an unlockable, including retired ones.
    pub fn unlockable_position(&self, id: &str) -> Option<usize> {
        find_position(
            &self.unlockables,
            &self.former_ids.unlockables,
            id,
            |unlockable| (&unlockable.id, unlockable.retired),
        )
    }

    /// Resolves a former id of a currency to its current one; returns unknown ids unchanged.
    pub fn current_currency<'a>(&'a self, id: &'a str) -> &'a str {
        self.currency_position(id)
            .map_or(id, |position| &self.currencies[position].id)
    }

    /// Resolves a former id of an earning to its current one; returns unknown ids unchanged.
    pub fn current_earning<'a>(&'a self, id: &'a str) -> &'a str {
        self.earning_position(id)
            .map_or(id, |position| &self.earnings[position].id)
    }

    /// Resolves a former id of a badge to its current one; returns unknown ids unchanged.
    pub fn current_badge<'a>(&'a self, id: &'a str) -> &'a str {
        self.badge_position(id)
            .map_or(id, |position| &self.badges[position].id)
    }

    /// Resolves a former id of an unlockable to its current one; returns unknown ids unchanged.
    pub fn current_unlockable<'a>(&'a self, id: &'a str) -> &'a str {
        self.unlockable_position(id)
            .map_or(id, |position| &self.unlockables[position].id)
    }
}

/// The position of an id among rules that are sorted by id, active rules first and retired ones
/// after them. An active rule takes precedence over a former id, and a former id over a retired
/// rule.
fn find_position<T>(
    definitions: &[T],
    former: &BTreeMap<String, usize>,
    id: &str,
    label: impl Fn(&T) -> (&String, bool),
) -> Option<usize> {
    let live = definitions.partition_point(|definition| !label(definition).1);
    let find = |part: &[T]| {
        part.binary_search_by(|definition| label(definition).0.as_str().cmp(id))
            .ok()
    };
    // A new rule may reuse the id of a retired one, so the active part is searched first.
    find(&definitions[..live])
        .or_else(|| former.get(id).copied())
        .or_else(|| Some(live + find(&definitions[live..])?))
}

#[cfg(test)]
mod tests {
    use crate::catalog::{Catalog, CatalogFormat};

    #[test]
    fn s15_renamed_rules_are_not_retired() {
        let tiered = |id: &str, more: &str, tiers: &str| {
            format!(
                "[[badge]]\nid = \"{id}\"\n{more}\ncriterion = {{ count = \"e\" }}\ntiers = [{tiers}]\n"
            )
        };
        let open = |id: &str, more: &str| {
            format!("[[unlockable]]\nid = \"{id}\"\n{more}\ncriterion = {{ count = \"e\" }}\n")
        };
        let plain = |id: &str, more: &str| format!("[[badge]]\nid = \"{id}\"\n{more}\n");
        let before = [
            tiered("t", "", "1, 2"),
            plain("a", ""),
            plain("x", ""),
            open("u", ""),
            open("v", ""),
        ]
        .concat();
        let after = [
            tiered("s", "was = \"t\"", "1"),
            plain("b", "was = \"a\""),
            open("w", "was = \"u\""),
        ]
        .concat();
        let gone = Catalog::from_toml(&before)
            .unwrap()
            .retired_by(&Catalog::from_toml(&after).unwrap());
        let badges: Vec<_> = gone
            .badges
            .iter()
            .map(|badge| (badge.id.as_str(), badge.tiers.join(",")))
            .collect();
        assert_eq!(badges, [("s", "silver".to_owned()), ("x", String::new())]);
        assert_eq!(
            gone.unlockables
                .iter()
                .map(|it| it.id.as_str())
                .collect::<Vec<_>>(),
            ["v"]
        );

        let whole =
            Catalog::with_retired(&after, "catalog", CatalogFormat::Toml, Vec::new(), &gone)
                .unwrap();
        let rules = whole.rules();
        for (id, current) in [
            ("a", "b"),
            ("b", "b"),
            ("t", "s"),
            ("x", "x"),
            ("absent", "absent"),
        ] {
            assert_eq!(rules.current_badge(id), current);
        }
        assert_eq!(
            (
                rules.current_unlockable("u"),
                rules.unlockable_position("nothing")
            ),
            ("w", None)
        );
        assert!(rules.badges[rules.badge_position("x").unwrap()].retired);
        assert_eq!(
            rules.badges[rules.badge_position("t").unwrap()].tiers.len(),
            2
        );
    }
}
