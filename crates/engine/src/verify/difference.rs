//! What differs, told.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use serde::Serialize;

use crate::store::StoreError;

/// Something that is stored and is not what the fold says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Whose.
    pub player: String,
    /// What: `award nice-answer 7`, `balance xp`, `ledger …`, `unlockable …`, `state …`, `checkpoint …`, `feed …`,
    /// `event …`, `alias …`, `player row`.
    pub what: String,
    /// What is stored.
    pub stored: String,
    /// What the fold says.
    pub folded: String,
    /// What that means, in one sentence.
    pub explanation: String,
    /// Whether [`crate::Engine::repair`] can mend it.
    pub mendable: bool,
}

/// What it means that rows of a kind differ.
pub(super) struct Meaning {
    /// What the rows are: the first word of [`Difference::what`].
    pub(super) kind: &'static str,
    /// There is a row that should not be there.
    pub(super) extra: &'static str,
    /// There is no row where there should be one.
    pub(super) lacking: &'static str,
    /// The row says something else.
    pub(super) other: &'static str,
}

/// The differences of one player.
pub(super) struct Findings {
    player: String,
    pub(super) differences: Vec<Difference>,
}

impl Findings {
    pub(super) fn new(player: &str) -> Self {
        Self {
            player: player.to_owned(),
            differences: Vec::new(),
        }
    }

    /// Notes a difference that can be mended.
    pub(super) fn note(
        &mut self,
        what: impl Into<String>,
        stored: String,
        folded: String,
        explanation: &str,
    ) {
        let (player, what, explanation) =
            (self.player.clone(), what.into(), explanation.to_owned());
        self.differences.push(Difference {
            player,
            what,
            stored,
            folded,
            explanation,
            mendable: true,
        });
    }

    /// Notes one that cannot.
    pub(super) fn note_lasting(
        &mut self,
        what: impl Into<String>,
        stored: String,
        folded: String,
        explanation: &str,
    ) {
        self.note(what, stored, folded, explanation);
        if let Some(last) = self.differences.last_mut() {
            last.mendable = false;
        }
    }

    /// What was read; `None`, and a difference, where a row does not read as it was written.
    pub(super) fn read<T>(
        &mut self,
        what: &str,
        read: Result<T, StoreError>,
        explanation: &str,
        mendable: bool,
    ) -> Result<Option<T>, StoreError> {
        match read {
            Ok(found) => Ok(Some(found)),
            Err(StoreError::Damaged(told)) => {
                let stored = format!("cannot be read: {told}");
                match mendable {
                    true => self.note(
                        what,
                        stored,
                        "rows that can be read".to_owned(),
                        explanation,
                    ),
                    false => self.note_lasting(
                        what,
                        stored,
                        "rows that can be read".to_owned(),
                        explanation,
                    ),
                }
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Compares rows of a kind by name.
    pub(super) fn compare<K: Ord, V: PartialEq + Debug>(
        &mut self,
        meaning: &Meaning,
        name: impl Fn(&K) -> String,
        stored: &BTreeMap<K, V>,
        folded: &BTreeMap<K, V>,
    ) {
        let names: BTreeSet<&K> = stored.keys().chain(folded.keys()).collect();
        for key in names {
            let (stored, folded) = (stored.get(key), folded.get(key));
            let explanation = match (stored, folded) {
                _ if stored == folded => continue,
                (Some(_), None) => meaning.extra,
                (None, _) => meaning.lacking,
                _ => meaning.other,
            };
            self.note(
                format!("{} {}", meaning.kind, name(key)),
                show(stored),
                show(folded),
                explanation,
            );
        }
    }
}

/// A value, or that there is none.
pub(super) fn show<V: Debug>(value: Option<V>) -> String {
    value.map_or_else(|| "nothing".to_owned(), |value| format!("{value:?}"))
}
