//! Event names: those that no rule listens to, and those that rules listen to in vain.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Mutex, PoisonError};

use accolade_core::catalog::Catalog;
use accolade_core::catalog::rules::RuleSet;
use accolade_core::suggest::find_nearest_event_name;
use serde::Serialize;

use crate::named_rule::NamedRule;
use crate::store::{EventNameRow, EventNameSelection, ReadStore, StoreError};

/// Number of suggestions that are remembered.
const MAX_REMEMBERED: usize = 1_000;
/// Number of recorded names, most frequent first, among which a suggestion is looked for.
const MAX_CANDIDATES: usize = 1_000;
/// Number of unheard names that [`EventNameFindings`] lists.
const MAX_UNHEARD: usize = 20;

/// The name of an event that no rule listens to.
///
/// It displays as ``no rule listens to `post.publishd`; did you mean `post.published`?``
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct UnheardName {
    /// The event's name.
    pub name: String,
    /// The nearest name that a rule listens to, if it is similar.
    pub suggestion: Option<String>,
}

impl UnheardName {
    pub(crate) fn new(rules: &RuleSet, name: &str) -> Self {
        Self {
            name: name.to_owned(),
            suggestion: rules.suggest_event_name(name).map(str::to_owned),
        }
    }
}

impl fmt::Display for UnheardName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no rule listens to `{}`", self.name)?;
        write_suggestion(f, self.suggestion.as_deref())
    }
}

/// An event name that rules listen to, although no such event was recorded.
///
/// It displays as ``badge `author` listens to `post.publishd`, but no such event was recorded; did
/// you mean `post.published`?``
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct UnseenName {
    /// The event's name.
    pub name: String,
    /// The rules that listen to it.
    pub rules: Vec<NamedRule>,
    /// The nearest name of recorded events, if it is similar.
    pub suggestion: Option<String>,
}

impl fmt::Display for UnseenName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rules = match &*self.rules {
            [] => "a rule listens".to_owned(),
            [rule] => format!("{} `{}` listens", rule.kind, rule.id),
            [rule, other] => format!(
                "{} `{}` and {} `{}` listen",
                rule.kind, rule.id, other.kind, other.id
            ),
            [rule, rest @ ..] => format!(
                "{} `{}` and {} other rules listen",
                rule.kind,
                rule.id,
                rest.len()
            ),
        };
        write!(
            f,
            "{rules} to `{}`, but no such event was recorded",
            self.name
        )?;
        write_suggestion(f, self.suggestion.as_deref())
    }
}

fn write_suggestion(f: &mut fmt::Formatter<'_>, suggestion: Option<&str>) -> fmt::Result {
    match suggestion {
        Some(suggestion) => write!(f, "; did you mean `{suggestion}`?"),
        None => Ok(()),
    }
}

/// Comparison of the names of recorded events with those that the rules of a catalog listen to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct EventNameFindings {
    /// The number of names of recorded events.
    pub recorded: u64,
    /// The number of them that no rule listens to.
    pub unheard_count: u64,
    /// The most frequent of those names, with their numbers of events.
    pub unheard: Vec<(UnheardName, u64)>,
    /// Names that rules listen to and that were never recorded, in alphabetical order. Empty while
    /// no event was recorded at all, because that says nothing about a name.
    pub unseen: Vec<UnseenName>,
}

impl EventNameFindings {
    /// Compares a catalog with the names of recorded events.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    #[doc(hidden)]
    pub fn load(store: &mut dyn ReadStore, catalog: &Catalog) -> Result<Self, StoreError> {
        let rules = catalog.rules();
        let names = EventNames::load(store, rules)?;
        let unheard = store.list_event_names(EventNameSelection {
            except: &names.listened(),
            limit: MAX_UNHEARD,
            ..EventNameSelection::default()
        })?;
        let unseen = match names.recorded {
            0 => Vec::new(),
            _ => names.list_unseen(store, rules)?,
        };
        Ok(Self {
            recorded: names.recorded,
            unheard_count: names.unheard_count(),
            unheard: unheard
                .into_iter()
                .map(|row| (UnheardName::new(rules, &row.name), row.events))
                .collect(),
            unseen,
        })
    }
}

/// Names that rules listen to, and the recorded ones among them.
pub(crate) struct EventNames<'r> {
    /// The number of names of recorded events.
    pub(crate) recorded: u64,
    /// Rows by name; `None` if no event of the name was recorded.
    pub(crate) heard: BTreeMap<&'r str, Option<EventNameRow>>,
}

impl<'r> EventNames<'r> {
    pub(crate) fn load<R: ReadStore + ?Sized>(
        store: &mut R,
        rules: &'r RuleSet,
    ) -> Result<Self, StoreError> {
        let names: Vec<&str> = rules.list_event_names().into_iter().collect();
        let rows = store.find_event_names(&names)?;
        Ok(Self {
            recorded: store.count_event_names()?,
            heard: names.into_iter().zip(rows).collect(),
        })
    }

    pub(crate) fn listened(&self) -> Vec<&'r str> {
        self.heard.keys().copied().collect()
    }

    pub(crate) fn unseen(&self) -> impl Iterator<Item = &'r str> {
        self.heard
            .iter()
            .filter(|(_, row)| row.is_none())
            .map(|(name, _)| *name)
    }

    pub(crate) fn unheard_count(&self) -> u64 {
        let seen = self.heard.values().flatten().count() as u64;
        // Another transaction may have erased a name between the two reads.
        self.recorded.saturating_sub(seen)
    }

    /// Lists the names that were never recorded, with suggestions.
    fn list_unseen<R: ReadStore + ?Sized>(
        &self,
        store: &mut R,
        rules: &RuleSet,
    ) -> Result<Vec<UnseenName>, StoreError> {
        let candidates = load_candidates(store)?;
        Ok(self
            .unseen()
            .map(|name| UnseenName {
                name: name.to_owned(),
                rules: NamedRule::list_for(rules, name),
                suggestion: suggest_recorded(name, &candidates),
            })
            .collect())
    }
}

/// Loads the names among which a suggestion for an unseen name is looked for.
pub(crate) fn load_candidates<R: ReadStore + ?Sized>(
    store: &mut R,
) -> Result<BTreeSet<String>, StoreError> {
    let rows = store.list_event_names(EventNameSelection {
        limit: MAX_CANDIDATES,
        ..EventNameSelection::default()
    })?;
    Ok(rows.into_iter().map(|row| row.name).collect())
}

/// Suggests the nearest name of recorded events.
pub(crate) fn suggest_recorded(name: &str, recorded: &BTreeSet<String>) -> Option<String> {
    find_nearest_event_name(name, recorded.iter().map(String::as_str)).map(str::to_owned)
}

/// Names that no rule of a catalog listens to, with their suggestions.
///
/// Comparing a name with all others takes long, and an application sends the same names again and
/// again.
#[derive(Debug, Default)]
pub(crate) struct UnheardNameCache(Mutex<BTreeMap<String, Option<String>>>);

impl UnheardNameCache {
    pub(crate) fn describe_name(&self, rules: &RuleSet, name: String) -> UnheardName {
        let mut remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(suggestion) = remembered.get(&name) {
            let suggestion = suggestion.clone();
            return UnheardName { name, suggestion };
        }
        let unheard = UnheardName::new(rules, &name);
        // A client may send any number of names, which must not fill the memory.
        if remembered.len() >= MAX_REMEMBERED {
            remembered.clear();
        }
        remembered.insert(name, unheard.suggestion.clone());
        unheard
    }
}

#[cfg(test)]
mod tests {
    use accolade_core::catalog::rules::RuleKind;

    use super::*;

    #[test]
    fn remembered_suggestions_are_limited_and_stay_correct() {
        let catalog =
            Catalog::from_toml("[[badge]]\nid = 'fan'\ncriterion = { count = 'visit' }").unwrap();
        let cache = UnheardNameCache::default();
        for number in 0..3 * MAX_REMEMBERED {
            cache.describe_name(catalog.rules(), format!("name {number}"));
            let unheard = cache.describe_name(catalog.rules(), "visti".to_owned());
            assert_eq!(unheard.suggestion.as_deref(), Some("visit"), "{number}");
            assert!(cache.0.lock().unwrap().len() <= MAX_REMEMBERED);
        }
    }

    #[test]
    fn an_unseen_name_names_the_rules_that_listen_to_it() {
        let rule = |kind, id: &str| NamedRule {
            kind,
            id: id.to_owned(),
            name: id.to_owned(),
        };
        let all = [
            rule(RuleKind::Earning, "wrote"),
            rule(RuleKind::Badge, "author"),
            rule(RuleKind::Unlockable, "chat"),
        ];
        for (rules, expected) in [
            (1, "earning `wrote` listens"),
            (2, "earning `wrote` and badge `author` listen"),
            (3, "earning `wrote` and 2 other rules listen"),
        ] {
            let unseen = UnseenName {
                name: "post".to_owned(),
                rules: all[..rules].to_vec(),
                suggestion: None,
            };
            assert_eq!(
                unseen.to_string(),
                format!("{expected} to `post`, but no such event was recorded")
            );
        }
    }
}
