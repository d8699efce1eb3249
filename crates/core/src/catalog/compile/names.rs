//! The ids that a catalog defines, and the resolution of references to them.

use super::CatalogCompiler;
use crate::catalog::diagnostic::{Diagnostic, DiagnosticCollector};
use crate::catalog::document::{CatalogDocument, RuleLabel, SpannedString};
use crate::code::CodeBadge;
use crate::expr::{DefinedNames, NameKind};
use crate::suggest;

/// The defined ids by kind, sorted. Positions in these lists are the positions of the rules.
pub(super) struct DefinedIds {
    pub(super) currencies: Vec<String>,
    pub(super) categories: Vec<String>,
    pub(super) limits: Vec<String>,
    pub(super) badges: Vec<String>,
    pub(super) unlockables: Vec<String>,
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
        }
    }
}

fn sort_ids<'a>(ids: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut ids: Vec<String> = ids.cloned().collect();
    ids.sort_unstable();
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
}

/// A kind of rule that others can refer to.
#[derive(Clone, Copy)]
pub(super) enum ReferenceKind {
    Currency,
    Category,
    Limit,
    Badge,
    Unlockable,
}

impl ReferenceKind {
    fn kind_name(self) -> &'static str {
        match self {
            Self::Currency => "currency",
            Self::Category => "category",
            Self::Limit => "limit",
            Self::Badge => "badge",
            Self::Unlockable => "unlockable",
        }
    }
}

impl CatalogCompiler<'_> {
    /// Resolves a reference to a position. Reports an unknown id and returns `None`.
    pub(super) fn resolve_reference(
        &mut self,
        kind: ReferenceKind,
        reference: &SpannedString,
    ) -> Option<usize> {
        let ids = match kind {
            ReferenceKind::Currency => &self.defined_ids.currencies,
            ReferenceKind::Category => &self.defined_ids.categories,
            ReferenceKind::Limit => &self.defined_ids.limits,
            ReferenceKind::Badge => &self.defined_ids.badges,
            ReferenceKind::Unlockable => &self.defined_ids.unlockables,
        };
        match ids.binary_search(&reference.value) {
            Ok(position) => Some(position),
            Err(_) => {
                let word = kind.kind_name();
                let renamed = self
                    .find_renamed(kind, &reference.value)
                    .map(|id| format!("it was renamed to `{id}`"));
                // A renamed rule is a certain answer, a similar id only a guess.
                let help = renamed
                    .or_else(|| {
                        suggest::did_you_mean(&reference.value, ids.iter().map(String::as_str))
                    })
                    .unwrap_or_else(|| {
                        format!("define it: [[{word}]] with id = \"{}\"", reference.value)
                    });
                let message = format!("there is no {word} `{}`", reference.value);
                self.diagnostics.push(
                    Diagnostic::new(reference.span.clone(), message, "not defined").with_help(help),
                );
                None
            }
        }
    }

    /// Finds the current id of a rule that had this id before.
    fn find_renamed(&self, kind: ReferenceKind, former: &str) -> Option<&str> {
        let labels: Vec<&RuleLabel> = match kind {
            ReferenceKind::Currency => self
                .document
                .currencies
                .iter()
                .map(|it| &it.label)
                .collect(),
            ReferenceKind::Badge => self.document.badges.iter().map(|it| &it.label).collect(),
            ReferenceKind::Unlockable => self
                .document
                .unlockables
                .iter()
                .map(|it| &it.label)
                .collect(),
            ReferenceKind::Category | ReferenceKind::Limit => Vec::new(),
        };
        let heir = labels
            .into_iter()
            .find(|label| label.former_ids.iter().any(|was| was.value == former));
        heir.map(|label| label.id.value.as_str())
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
