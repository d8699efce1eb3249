//! Warnings about a valid catalog: rules that can never apply, and definitions without a use.

mod limits;
mod satisfiable;
mod usage;

use std::ops::Range;

use super::Catalog;
use super::diagnostic::Diagnostic;
use super::document::RuleLabel;
use super::rules::RuleRef;

impl Catalog {
    /// Lists what is probably a mistake although the catalog is valid, in the order of the text:
    /// criteria and conditions that can never hold, limits that can never bind, and currencies,
    /// categories and limits that no rule uses.
    ///
    /// Each warning can be ignored; the catalog may be published as it is.
    ///
    /// ```
    /// use accolade_core::catalog::Catalog;
    ///
    /// let catalog = Catalog::from_toml("[[currency]]\nid = 'gems'").unwrap();
    /// assert_eq!(catalog.list_warnings()[0].message, "no rule pays or reads the currency `gems`");
    /// ```
    pub fn list_warnings(&self) -> Vec<Diagnostic> {
        let mut found = usage::find_unused(self);
        found.extend(satisfiable::find_unsatisfiable(self));
        found.extend(limits::find_unreachable_limits(self));
        found.sort_by_key(|one| (one.span.start, one.span.end));
        found
    }

    /// The line and the column of an offset in the text; both from 1, the column in characters.
    pub fn line_and_column(&self, offset: usize) -> (usize, usize) {
        let before = self.source.get(..offset).unwrap_or(&self.source);
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (
            1 + before.matches('\n').count(),
            1 + before[start..].chars().count(),
        )
    }

    /// The location of a rule's id, or `None` for a badge written in Rust.
    fn rule_span(&self, rule: RuleRef) -> Option<Range<usize>> {
        let (_, id) = self.rules.kind_and_id(rule);
        let document = &self.document;
        let labels: Vec<&RuleLabel> = match rule {
            RuleRef::Earning(_) => document.earnings.iter().map(|one| &one.label).collect(),
            RuleRef::Badge(_) => document.badges.iter().map(|one| &one.label).collect(),
            RuleRef::Unlockable(_) => document.unlockables.iter().map(|one| &one.label).collect(),
        };
        let label = labels.into_iter().find(|label| label.id.value == id)?;
        Some(label.id.span.clone())
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::Catalog;

    /// Lists the warnings about a catalog, each with its line.
    pub(super) fn warnings(source: &str) -> Vec<String> {
        let catalog = Catalog::from_toml(source).unwrap_or_else(|found| panic!("{found}"));
        let line = |offset| catalog.line_and_column(offset).0;
        catalog
            .list_warnings()
            .into_iter()
            .map(|one| format!("{}: {}", line(one.span.start), one.message))
            .collect()
    }

    #[test]
    fn a_catalog_without_mistakes_has_no_warnings() {
        let starter = include_str!("../../../../cli/catalogs/starter.toml");
        assert_eq!(warnings(starter), [""; 0]);
    }

    #[test]
    fn warnings_are_in_the_order_of_the_text() {
        assert_eq!(
            warnings(
                "[[badge]]\nid = 'b'\ncriterion = { count = 'x', where = 'false' }\n\
                 [[currency]]\nid = 'gems'\n[[category]]\nid = 'odd'\n"
            ),
            [
                "2: the badge `b` can never be earned: its condition `false` is never true",
                "5: no rule pays or reads the currency `gems`",
                "7: the category `odd` is empty",
            ]
        );
    }
}
