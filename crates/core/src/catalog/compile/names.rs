//! The ids that a catalog defines.

use crate::catalog::diagnostic::{Diagnostic, DiagnosticCollector};
use crate::catalog::document::CatalogDocument;
use crate::code::CodeBadge;
use crate::expr::{DefinedNames, NameKind};
use crate::suggest::BoundedSuggestions;

/// The defined ids by kind, sorted. Positions in these lists are the positions of the rules.
pub(super) struct DefinedIds {
    pub(super) currencies: Vec<String>,
    pub(super) categories: Vec<String>,
    pub(super) limits: Vec<String>,
    pub(super) badges: Vec<String>,
    pub(super) unlockables: Vec<String>,
    suggestions: BoundedSuggestions,
}

impl DefinedIds {
    pub(super) fn new(
        document: &CatalogDocument,
        code_badges: &[CodeBadge],
        found: &mut DiagnosticCollector,
    ) -> Self {
        for badge in code_badges {
            let labels = || document.badges.iter().map(|other| &other.label);
            if let Some(twin) = labels()
                .map(|label| &label.id)
                .find(|id| id.value == badge.id)
            {
                let message = format!("the badge `{}` is defined in code, too", badge.id);
                found.push(
                    Diagnostic::new(twin.span.clone(), message, "this id")
                        .with_help("rename one of the two"),
                );
            }
            if let Some(was) = labels()
                .flat_map(|label| &label.former_ids)
                .find(|was| was.value == badge.id)
            {
                let message = format!(
                    "`{}` cannot be a former id: a badge in code has it",
                    badge.id
                );
                found.push(
                    Diagnostic::new(was.span.clone(), message, "still defined")
                        .with_help("leave it out"),
                );
            }
        }
        // Sorted by id, so equal ids are neighbors.
        for pair in code_badges
            .windows(2)
            .filter(|pair| pair[0].id == pair[1].id)
        {
            let message = format!("two badges in code have the id `{}`", pair[0].id);
            found.push(Diagnostic::new(0..0, message, "").with_help("rename one of the two"));
        }
        let code = code_badges.iter().map(|badge| &badge.id);
        Self {
            currencies: sort_ids(
                document
                    .currencies
                    .iter()
                    .map(|currency| &currency.label.id.value),
            ),
            categories: sort_ids(
                document
                    .categories
                    .iter()
                    .map(|category| &category.label.id.value),
            ),
            limits: sort_ids(document.limits.iter().map(|limit| &limit.label.id.value)),
            badges: sort_ids(
                document
                    .badges
                    .iter()
                    .map(|badge| &badge.label.id.value)
                    .chain(code),
            ),
            unlockables: sort_ids(
                document
                    .unlockables
                    .iter()
                    .map(|unlockable| &unlockable.label.id.value),
            ),
            suggestions: found.suggestions().clone(),
        }
    }
}

fn sort_ids<'a>(ids: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut ids: Vec<String> = ids.cloned().collect();
    ids.sort_unstable();
    // The compiled rules drop duplicates too, and positions must agree with theirs.
    ids.dedup();
    ids
}

impl DefinedNames for DefinedIds {
    fn defined_ids(&self, kind: NameKind) -> &[String] {
        match kind {
            NameKind::Currency => &self.currencies,
            NameKind::Badge => &self.badges,
            NameKind::Unlockable => &self.unlockables,
        }
    }

    fn suggest_id(&self, kind: NameKind, id: &str) -> Option<String> {
        let ids = self.defined_ids(kind).iter().map(String::as_str);
        self.suggestions.did_you_mean(id, ids)
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::{Catalog, CatalogFormat};
    use crate::code::CodeBadge;

    #[test]
    fn s15_the_id_of_a_badge_in_code_cannot_be_a_former_id() {
        let code = vec![CodeBadge::new("marathon", |_| None).events(["run"])];
        let source = "[[badge]]\nid = \"runner\"\nwas = \"marathon\"";
        let errors = Catalog::new(source, "c.toml", CatalogFormat::Toml, code)
            .unwrap_err()
            .to_string();
        assert!(
            errors.starts_with(
                "c.toml:3:7: `marathon` cannot be a former id: a badge in code has it"
            ),
            "{errors}"
        );
    }

    #[test]
    fn s15_an_error_on_a_former_id_suggests_the_current_one() {
        let source = "[[currency]]\nid = \"coins\"\nwas = \"xp\"\n[[badge]]\nid = \"author\"\nwas = \"writer\"\n";
        for (rest, message, help) in [
            (
                "points = { xp = 1 }",
                "there is no currency `xp`",
                "it was renamed to `coins`",
            ),
            (
                "requires = \"writer\"",
                "there is no badge `writer`",
                "it was renamed to `author`",
            ),
            (
                "requires = \"auther\"",
                "there is no badge `auther`",
                "did you mean `author`?",
            ),
        ] {
            let errors = Catalog::from_toml(&format!("{source}[[badge]]\nid = \"b\"\n{rest}"))
                .unwrap_err()
                .to_string();
            assert!(
                errors.contains(message) && errors.contains(help),
                "{errors}"
            );
        }
    }
}
