//! What a catalog defines, and references to it.

use super::Compiler;
use crate::catalog::diagnostic::{Collector, Diagnostic};
use crate::catalog::document::{Document, Text};
use crate::code::CodeBadge;
use crate::expr::{NameKind, Names};
use crate::suggest;

/// The ids of each kind, sorted.
pub(super) struct Known {
    pub(super) currencies: Vec<String>,
    pub(super) categories: Vec<String>,
    pub(super) limits: Vec<String>,
    pub(super) badges: Vec<String>,
    pub(super) unlockables: Vec<String>,
}

impl Known {
    pub(super) fn new(document: &Document, code_badges: &[CodeBadge], found: &mut Collector) -> Self {
        for badge in code_badges {
            let labels = || document.badges.iter().map(|other| &other.label);
            if let Some(twin) = labels().map(|label| &label.id).find(|id| id.value == badge.id) {
                let message = format!("the badge `{}` is defined in code, too", badge.id);
                found.push(Diagnostic::new(twin.span.clone(), message, "this id").help("rename one of the two"));
            }
            if let Some(was) = labels().flat_map(|label| &label.was).find(|was| was.value == badge.id) {
                let message = format!("no other badge was `{}`: it is defined in code", badge.id);
                found.push(Diagnostic::new(was.span.clone(), message, "defined still").help("leave it out"));
            }
        }
        for pair in code_badges.windows(2).filter(|pair| pair[0].id == pair[1].id) {
            let message = format!("two badges in code have the id `{}`", pair[0].id);
            found.push(Diagnostic::new(0..0, message, "").help("rename one of the two"));
        }
        let code = code_badges.iter().map(|badge| &badge.id);
        Self {
            currencies: sorted(document.currencies.iter().map(|currency| &currency.label.id.value)),
            categories: sorted(document.categories.iter().map(|category| &category.label.id.value)),
            limits: sorted(document.limits.iter().map(|limit| &limit.label.id.value)),
            badges: sorted(document.badges.iter().map(|badge| &badge.label.id.value).chain(code)),
            unlockables: sorted(document.unlockables.iter().map(|unlockable| &unlockable.label.id.value)),
        }
    }
}

fn sorted<'a>(ids: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut ids: Vec<String> = ids.cloned().collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

impl Names for Known {
    fn known(&self, kind: NameKind) -> &[String] {
        match kind {
            NameKind::Currency => &self.currencies,
            NameKind::Badge => &self.badges,
            NameKind::Unlockable => &self.unlockables,
        }
    }
}

/// A kind of definition that others refer to.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Currency,
    Category,
    Limit,
    Badge,
    Unlockable,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Currency => "currency",
            Self::Category => "category",
            Self::Limit => "limit",
            Self::Badge => "badge",
            Self::Unlockable => "unlockable",
        }
    }
}

impl Compiler<'_> {
    /// The position of what a reference names; reported when there is no such thing.
    pub(super) fn resolve(&mut self, kind: Kind, reference: &Text) -> Option<usize> {
        let ids = match kind {
            Kind::Currency => &self.known.currencies,
            Kind::Category => &self.known.categories,
            Kind::Limit => &self.known.limits,
            Kind::Badge => &self.known.badges,
            Kind::Unlockable => &self.known.unlockables,
        };
        match ids.binary_search(&reference.value) {
            Ok(position) => Some(position),
            Err(_) => {
                let word = kind.word();
                let help = suggest::did_you_mean(&reference.value, ids.iter().map(String::as_str))
                    .unwrap_or_else(|| format!("define it: [[{word}]] with id = \"{}\"", reference.value));
                let message = format!("there is no {word} `{}`", reference.value);
                self.found.push(Diagnostic::new(reference.span.clone(), message, "not defined").help(help));
                None
            }
        }
    }
}
