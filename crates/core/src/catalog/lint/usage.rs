//! Definitions that no rule uses.

use std::collections::BTreeSet;

use crate::catalog::Catalog;
use crate::catalog::diagnostic::Diagnostic;
use crate::catalog::document::{LimitRef, RuleLabel};
use crate::catalog::rules::{AmountRule, CounterOperator, KeyOperator, RuleSet};
use crate::expr::Expression;

/// Finds currencies, categories, keys and shared limits that no rule uses, and currencies that rules
/// require but none pays.
pub(super) fn find_unused(catalog: &Catalog) -> Vec<Diagnostic> {
    let mut found = find_unused_currencies(catalog);
    found.extend(find_unused_categories(catalog));
    found.extend(find_unused_keys(catalog));
    found.extend(find_unused_limits(catalog));
    found
}

fn find_unused_currencies(catalog: &Catalog) -> Vec<Diagnostic> {
    let rules = catalog.rules();
    let (paid, read) = (paid_currencies(rules), read_currencies(rules));
    let mut found = Vec::new();
    for currency in &catalog.document().currencies {
        let id = &currency.label.id;
        let Some(position) = rules.currency_position(id) else {
            continue;
        };
        // Balances can also be moved by manual actions only, which no rule shows.
        let is_read =
            read.contains(id.value.as_str()) || !rules.currencies[position].dependents.is_empty();
        let warning = match (paid.contains(&position), is_read) {
            (true, _) => continue,
            (false, true) => Diagnostic::new(
                id.span.clone(),
                format!(
                    "rules read the currency `{}`, but no rule pays it",
                    id.value
                ),
                "only manual actions can change these balances",
            )
            .with_help("add an earning that pays it, unless only manual actions are meant to"),
            (false, false) => Diagnostic::new(
                id.span.clone(),
                format!("no rule pays or reads the currency `{}`", id.value),
                "unused",
            )
            .with_help("remove it, unless it is for manual actions only"),
        };
        found.push(warning);
    }
    found
}

/// The positions of the currencies that earnings or awards pay.
fn paid_currencies(rules: &RuleSet) -> BTreeSet<usize> {
    let earnings = rules
        .earnings
        .iter()
        .flat_map(|earning| earning.points.iter().map(|(currency, _)| *currency));
    let awards = rules
        .badges
        .iter()
        .flat_map(|badge| &badge.tiers)
        .flat_map(|tier| tier.points.iter().map(|(currency, _)| *currency));
    earnings.chain(awards).collect()
}

/// The ids of the currencies that expressions read.
fn read_currencies(rules: &RuleSet) -> BTreeSet<&str> {
    let mut ids = BTreeSet::new();
    for expression in all_expressions(rules) {
        expression.collect_currencies(&mut ids);
    }
    ids
}

fn all_expressions(rules: &RuleSet) -> Vec<&Expression> {
    let mut all = Vec::new();
    for earning in &rules.earnings {
        all.extend(&earning.condition);
        all.extend(
            earning
                .points
                .iter()
                .filter_map(|(_, amount)| match amount {
                    AmountRule::Computed(expression) => Some(expression),
                    AmountRule::Fixed(_) => None,
                }),
        );
    }
    for counter in &rules.counters {
        all.extend(&counter.condition);
        all.extend(&counter.key);
        match &counter.operator {
            CounterOperator::Count => {}
            CounterOperator::Sum(value)
            | CounterOperator::Max(value)
            | CounterOperator::Latest(value)
            | CounterOperator::Distinct(value) => all.push(value),
        }
    }
    for aggregate in &rules.key_aggregates {
        match &aggregate.operator {
            KeyOperator::Count => {}
            KeyOperator::Sum(value) | KeyOperator::Distinct(value) => all.push(value),
        }
    }
    all
}

fn find_unused_categories(catalog: &Catalog) -> Vec<Diagnostic> {
    let document = catalog.document();
    let labels = document
        .currencies
        .iter()
        .map(|one| &one.label)
        .chain(document.categories.iter().map(|one| &one.label))
        .chain(document.limits.iter().map(|one| &one.label))
        .chain(document.earnings.iter().map(|one| &one.label))
        .chain(document.badges.iter().map(|one| &one.label))
        .chain(document.unlockables.iter().map(|one| &one.label));
    let used: BTreeSet<&str> = labels
        .filter_map(|label: &RuleLabel| Some(label.category.as_ref()?.value.as_str()))
        .collect();
    let unused = document
        .categories
        .iter()
        .map(|category| &category.label.id)
        .filter(|id| !used.contains(id.value.as_str()));
    unused
        .map(|id| {
            let message = format!("the category `{}` is empty", id.value);
            Diagnostic::new(id.span.clone(), message, "unused").with_help(format!(
                "remove it, or set `category = \"{}\"` in a rule",
                id.value
            ))
        })
        .collect()
}

fn find_unused_keys(catalog: &Catalog) -> Vec<Diagnostic> {
    let badges = &catalog.rules().badges;
    let is_used = |property: &str| {
        let mut properties = badges
            .iter()
            .filter_map(|badge| badge.key_property.as_deref());
        properties.any(|used| used == property)
    };
    let keys = catalog.document().keys.iter().map(|key| &key.property);
    keys.filter(|property| !is_used(property))
        .map(|property| {
            let message = format!("no badge counts by the property `{}`", property.value);
            let help = format!(
                "remove it, or set `per = \"event.{}\"` in the criterion of a badge",
                property.value
            );
            Diagnostic::new(property.span.clone(), message, "unused").with_help(help)
        })
        .collect()
}

fn find_unused_limits(catalog: &Catalog) -> Vec<Diagnostic> {
    let document = catalog.document();
    let used: BTreeSet<&str> = document
        .earnings
        .iter()
        .filter_map(|earning| match &earning.limit {
            Some(LimitRef::Shared(id)) => Some(id.value.as_str()),
            _ => None,
        })
        .collect();
    let unused = document
        .limits
        .iter()
        .map(|limit| &limit.label.id)
        .filter(|id| !used.contains(id.value.as_str()));
    unused
        .map(|id| {
            let message = format!("no earning uses the limit `{}`", id.value);
            Diagnostic::new(id.span.clone(), message, "unused").with_help(format!(
                "remove it, or set `limit = \"{}\"` in an earning",
                id.value
            ))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::warnings;

    #[test]
    fn unused_currencies_categories_keys_and_limits_are_found() {
        let used = "[[category]]\nid = 'c'\n[[limit]]\nid = 'l'\npoints = 9\nper = 'day'\n\
            [[currency]]\nid = 'xp'\ncategory = 'c'\n\
            [[earning]]\nid = 'e'\non = 'x'\npoints = { xp = 2 }\nlimit = 'l'\n\
            [[key]]\nproperty = 'post'\nlabel = '{event.title}'\n\
            [[badge]]\nid = 'b'\ncriterion = { count = 'x', per = 'event.post' }\n";
        assert_eq!(warnings(used), [""; 0]);
        let unused = used
            .replace("limit = 'l'\n", "")
            .replace("category = 'c'\n", "")
            .replace(", per = 'event.post'", "");
        assert_eq!(
            warnings(&unused),
            [
                "2: the category `c` is empty",
                "4: no earning uses the limit `l`",
                "14: no badge counts by the property `post`"
            ]
        );
    }

    #[test]
    fn a_currency_that_rules_require_and_none_pays_is_found() {
        let none_pays = "2: rules read the currency `xp`, but no rule pays it";
        for reader in [
            "[[badge]]\nid = 'b'\ncriterion = { points = 'xp', at_least = 5 }",
            "[[badge]]\nid = 'b'\ncriterion = { count = 'x', where = 'player.points.xp > 5' }",
            "[[badge]]\nid = 'b'\ncriterion = { sum = '-(player.points.xp)', on = 'x', at_least = 1 }",
        ] {
            let source = format!("[[currency]]\nid = 'xp'\n{reader}\n");
            assert_eq!(warnings(&source), [none_pays], "{reader}");
            let paid = format!("{source}[[badge]]\nid = 'a'\npoints = {{ xp = 5 }}\n");
            assert_eq!(warnings(&paid), [""; 0], "{reader}");
        }
    }
}
