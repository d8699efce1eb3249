//! Names that expressions refer to.

use crate::suggest::did_you_mean;

/// A kind of rule that expressions refer to by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameKind {
    /// A currency, as in `player.points.…`.
    Currency,
    /// A badge, as in `player.badges.…`.
    Badge,
    /// An unlockable, as in `player.unlocked.…`.
    Unlockable,
}

impl NameKind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Currency => "currency",
            Self::Badge => "badge",
            Self::Unlockable => "unlockable",
        }
    }
}

/// The ids that a catalog defines. Expressions are checked against them.
pub trait DefinedNames {
    /// Returns the defined ids of a kind.
    fn defined_ids(&self, kind: NameKind) -> &[String];

    /// Renders the defined id that is nearest to an unknown one as a question.
    fn suggest_id(&self, kind: NameKind, id: &str) -> Option<String> {
        did_you_mean(id, self.defined_ids(kind).iter().map(String::as_str))
    }
}
