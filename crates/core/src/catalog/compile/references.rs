//! Resolution of references to the rules of a catalog.

use super::compiler::CatalogCompiler;
use crate::catalog::diagnostic::Diagnostic;
use crate::catalog::document::{RuleLabel, SpannedString};

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
                        let ids = ids.iter().map(String::as_str);
                        (self.diagnostics.suggestions()).did_you_mean(&reference.value, ids)
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
            // These have no `was`.
            ReferenceKind::Category | ReferenceKind::Limit => Vec::new(),
        };
        let heir = labels
            .into_iter()
            .find(|label| label.former_ids.iter().any(|was| was.value == former));
        heir.map(|label| label.id.value.as_str())
    }
}
