//! Ids of rules, from names.

use std::collections::{BTreeMap, BTreeSet};

use accolade_core::limits;

use super::row_key::RowKey;
use super::tables::Tables;

/// Ids of the rules for the rows of each table. The same dump gives the same ids.
#[derive(Debug, Default)]
pub(crate) struct RuleIds {
    pub(crate) categories: BTreeMap<RowKey, String>,
    pub(crate) badges: BTreeMap<RowKey, String>,
    pub(crate) unlockables: BTreeMap<RowKey, String>,
    /// Badges for django-hero's achievements.
    pub(crate) achievements: BTreeMap<RowKey, String>,
}

impl RuleIds {
    /// Assigns an id to each definition, in order of primary key.
    pub(crate) fn from_tables(tables: &Tables) -> Self {
        let categories = tables.categories.iter();
        let badges = tables.definitions.iter();
        let unlockables = tables.unlockable_definitions.iter();
        // Both are badges, so their ids must differ.
        let mut taken = BTreeSet::new();
        Self {
            categories: assign_ids(
                categories.map(|(key, row)| (key, row.name.as_deref().unwrap_or_default())),
                "category",
                &mut BTreeSet::new(),
            ),
            badges: assign_ids(
                badges.map(|(key, row)| (key, row.name.as_str())),
                "badge",
                &mut taken,
            ),
            unlockables: assign_ids(
                unlockables.map(|(key, row)| (key, row.name.as_str())),
                "unlockable",
                &mut BTreeSet::new(),
            ),
            achievements: tables
                .achievements
                .keys()
                .map(|key| {
                    let id = unique_id(&key.to_string(), key, "achievement", &mut taken);
                    (key.clone(), id)
                })
                .collect(),
        }
    }
}

fn assign_ids<'r>(
    rows: impl Iterator<Item = (&'r RowKey, &'r str)>,
    kind: &str,
    taken: &mut BTreeSet<String>,
) -> BTreeMap<RowKey, String> {
    rows.map(|(key, name)| (key.clone(), unique_id(name, key, kind, taken)))
        .collect()
}

/// Converts a name to an id. Adds the primary key if there is nothing to convert, or if the id is
/// taken, and a number if that one is taken, too.
fn unique_id(name: &str, key: &RowKey, kind: &str, taken: &mut BTreeSet<String>) -> String {
    let slug = to_slug(name, limits::RULE_ID_BYTES);
    let key = to_slug(&key.to_string(), limits::RULE_ID_BYTES / 2);
    let base = if slug.is_empty() { kind } else { &slug };
    let with_suffix = |suffix: &str| {
        let room = limits::RULE_ID_BYTES - suffix.len() - 1;
        format!("{}-{suffix}", to_slug(base, room))
    };
    let plain = (!slug.is_empty()).then(|| slug.clone());
    let numbered = (2_u64..).map(|number| with_suffix(&number.to_string()));
    let id = plain
        .into_iter()
        .chain((!key.is_empty()).then(|| with_suffix(&key)))
        .chain(numbered)
        .find(|id| !taken.contains(id))
        .expect("the numbers do not end");
    taken.insert(id.clone());
    id
}

/// Keeps lower-case letters and digits, joined by `-`, in at most this number of bytes.
fn to_slug(text: &str, most: usize) -> String {
    let mut slug = String::new();
    for char in text.chars() {
        match char.to_ascii_lowercase() {
            char if char.is_ascii_alphanumeric() => slug.push(char),
            // An apostrophe does not separate words.
            '\'' | '’' => {}
            _ if slug.ends_with('-') || slug.is_empty() => {}
            _ => slug.push('-'),
        }
    }
    slug.truncate(most);
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_becomes_a_valid_and_unique_id() {
        let long = "x".repeat(200);
        let names = [
            ("Badge of Awesome", "badge-of-awesome"),
            ("  Ada's  C++ -- badge! ", "adas-c-badge"),
            ("BADGE OF AWESOME", "badge-of-awesome-3"),
            ("Значок", "badge-4"),
            ("", "badge-5"),
            ("Badge of awesome 3", "badge-of-awesome-3-6"),
            (&long, &long[..64]),
        ];
        let mut taken = BTreeSet::new();
        for (position, (name, expected)) in (1..).zip(names) {
            let id = unique_id(name, &RowKey::Number(position), "badge", &mut taken);
            assert_eq!(id, expected, "{name}");
        }
        let again = unique_id(&long, &RowKey::Number(8), "badge", &mut taken);
        assert_eq!((again.len(), again.ends_with("x-8")), (64, true));
    }
}
