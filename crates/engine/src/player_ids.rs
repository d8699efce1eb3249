//! Players by the beginning of their ids, and suggestions for misspelled ids.

use std::collections::BTreeSet;

use accolade_core::suggest;

use crate::store::{PlayerRow, ReadStore, StoreError};

/// Maximum number of ids to compare for one prefix.
const COMPARED_IDS: usize = 100;
/// Numbers of leading characters that a suggestion may have in common with an id, in any case.
const PREFIX_LENGTHS: [usize; 2] = [3, 1];
/// Numbers of characters at the end of an id that a suggestion may lack.
const CUT_LENGTHS: [usize; 2] = [1, 2];

/// Loads the players whose ids begin with a prefix.
pub(crate) fn load_by_prefix<R: ReadStore + ?Sized>(
    store: &mut R,
    prefix: &str,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<PlayerRow>, StoreError> {
    // In order of id, the matches follow the prefix itself. Pages begin after an id, so a player
    // whose id is the prefix is looked up separately.
    let mut rows = Vec::new();
    let after = match after.filter(|after| *after >= prefix) {
        Some(after) => after,
        None => {
            let summary = store.find_summary(prefix)?;
            rows.extend(summary.map(|summary| PlayerRow {
                player: prefix.to_owned(),
                summary,
            }));
            prefix
        }
    };
    let following = store.list_players(Some(after), limit)?;
    rows.extend(
        following
            .into_iter()
            .take_while(|row| row.player.starts_with(prefix)),
    );
    rows.truncate(limit);
    Ok(rows)
}

/// Finds the most similar id of a player, among those with the same beginning.
pub(crate) fn find_similar_player<R: ReadStore + ?Sized>(
    store: &mut R,
    id: &str,
) -> Result<Option<String>, StoreError> {
    for prefix in list_prefixes(id) {
        let rows = load_by_prefix(store, &prefix, None, COMPARED_IDS)?;
        let nearest = suggest::find_nearest(id, rows.iter().map(|row| row.player.as_str()));
        if let Some(nearest) = nearest {
            return Ok(Some(nearest.to_owned()));
        }
    }
    Ok(None)
}

/// Lists the prefixes to search, the most specific ones first. There are at most eight, so that a
/// request with many unknown ids does not keep others waiting.
fn list_prefixes(id: &str) -> Vec<String> {
    let letters: Vec<char> = id.chars().collect();
    let first = |length: usize| letters.iter().take(length).collect::<String>();
    let mut prefixes: Vec<String> = CUT_LENGTHS
        .iter()
        .filter_map(|cut| letters.len().checked_sub(*cut))
        .map(first)
        .collect();
    for length in PREFIX_LENGTHS {
        let prefix = first(length);
        // Ids are often typed in another case.
        let (lower, upper) = (prefix.to_lowercase(), prefix.to_uppercase());
        let title = upper.chars().take(1).chain(lower.chars().skip(1)).collect();
        prefixes.extend([prefix, lower, title]);
    }
    let mut seen = BTreeSet::new();
    prefixes.retain(|prefix| !prefix.is_empty() && seen.insert(prefix.clone()));
    prefixes
}
