//! Suggestions for a word that must be one of several.

use crate::suggest::BoundedSuggestions;

/// Suggests the nearest allowed word, and lists all of them.
pub(super) fn suggest_choice(
    word: &str,
    allowed: impl Iterator<Item = &'static str> + Clone,
    suggestions: &BoundedSuggestions,
) -> String {
    let all = allowed
        .clone()
        .map(|word| format!("`{word}`"))
        .collect::<Vec<_>>()
        .join(", ");
    match suggestions.did_you_mean(word, allowed) {
        Some(suggestion) => format!("{suggestion} Allowed: {all}"),
        None => format!("allowed: {all}"),
    }
}
