//! Differences between stored data and the result of the fold.

use accolade_core::ids::PlayerId;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use serde::Serialize;

use crate::store::StoreError;

/// A difference between stored data and the result of the fold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Difference {
    /// The player's id; `None` if the difference concerns no single player.
    pub player: Option<PlayerId>,
    /// Subject of the difference: `award nice-answer 7`, `balance xp`, `ledger …`, `unlockable …`,
    /// `state …`, `checkpoint …`, `feed …`, `event …`, `alias …`, `player row`, `event name …`.
    pub subject: String,
    /// The stored value.
    pub stored: String,
    /// The value that the fold yields.
    pub expected: String,
    /// Meaning of the difference, in one sentence.
    pub explanation: String,
    /// True if [`crate::Maintenance::repair`] can fix it.
    pub repairable: bool,
}

/// Explanations of the differences between rows of one kind.
pub(super) struct RowExplanations {
    /// Kind of the rows: the first word of the difference's subject.
    pub(super) kind: &'static str,
    /// Explanation of a row that should not exist.
    pub(super) unexpected: &'static str,
    /// Explanation of a row that is missing.
    pub(super) missing: &'static str,
    /// Explanation of a row with other contents.
    pub(super) different: &'static str,
}

/// Differences of one player.
pub(super) struct PlayerDifferences {
    player: String,
    pub(super) list: Vec<Difference>,
}

impl PlayerDifferences {
    pub(super) fn new(player: &str) -> Self {
        Self {
            player: player.to_owned(),
            list: Vec::new(),
        }
    }

    /// Adds a difference that can be repaired.
    pub(super) fn record(
        &mut self,
        what: impl Into<String>,
        stored: String,
        folded: String,
        explanation: &str,
    ) {
        let (player, what, explanation) =
            (self.player.clone(), what.into(), explanation.to_owned());
        self.list.push(Difference {
            player: Some(player.into()),
            subject: what,
            stored,
            expected: folded,
            explanation,
            repairable: true,
        });
    }

    /// Adds a difference that cannot be repaired.
    pub(super) fn record_unrepairable(
        &mut self,
        what: impl Into<String>,
        stored: String,
        folded: String,
        explanation: &str,
    ) {
        self.record(what, stored, folded, explanation);
        if let Some(last) = self.list.last_mut() {
            last.repairable = false;
        }
    }

    /// Returns what was read. Damage becomes a difference and `None`; any other error is returned.
    pub(super) fn record_damage<T>(
        &mut self,
        what: &str,
        read: Result<T, StoreError>,
        explanation: &str,
        mendable: bool,
    ) -> Result<Option<T>, StoreError> {
        match read {
            Ok(found) => Ok(Some(found)),
            Err(StoreError::Damaged(damage)) => {
                let stored = format!("unreadable: {damage}");
                match mendable {
                    true => self.record(what, stored, "readable rows".to_owned(), explanation),
                    false => self.record_unrepairable(
                        what,
                        stored,
                        "readable rows".to_owned(),
                        explanation,
                    ),
                }
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Compares the rows of a kind by name.
    pub(super) fn compare_rows<K: Ord, V: PartialEq + Debug>(
        &mut self,
        meaning: &RowExplanations,
        name: impl Fn(&K) -> String,
        stored: &BTreeMap<K, V>,
        folded: &BTreeMap<K, V>,
    ) {
        let names: BTreeSet<&K> = stored.keys().chain(folded.keys()).collect();
        for key in names {
            let (stored, folded) = (stored.get(key), folded.get(key));
            let explanation = match (stored, folded) {
                _ if stored == folded => continue,
                (Some(_), None) => meaning.unexpected,
                (None, _) => meaning.missing,
                _ => meaning.different,
            };
            self.record(
                format!("{} {}", meaning.kind, name(key)),
                format_value(stored),
                format_value(folded),
                explanation,
            );
        }
    }
}

/// Formats a value, or its absence.
pub(super) fn format_value<V: Debug>(value: Option<V>) -> String {
    value.map_or_else(|| "nothing".to_owned(), |value| format!("{value:?}"))
}
