//! Suggestions for misspelled words: "did you mean …?"

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Maximum length of compared words, in characters and bytes. Longer words are unlikely to be
/// typing errors, and the comparison takes quadratic time.
const MAX_WORD_LENGTH: usize = 64;

/// Minimum length of a beginning for which the whole word is suggested.
const MIN_BEGINNING_LENGTH: usize = 3;

/// Maximum work of all suggestions for one text, in pairs of compared letters. It suffices for about
/// eighty misspelled ids among three hundred.
// A text may contain thousands of unknown words and thousands of candidates for each.
const MAX_COMPARED_PAIRS: u64 = 10_000_000;

/// Finds the candidate nearest to a word, if at most a third of the word's letters differ, but
/// always allowing for one. Among equally near candidates, returns the first in alphabetical order.
/// If none is near, returns the only candidate that begins with the word, which must have at least
/// three letters.
///
/// ```
/// use accolade_core::suggest::find_nearest;
///
/// assert_eq!(find_nearest("descripton", ["name", "description"]), Some("description"));
/// assert_eq!(find_nearest("desc", ["name", "description"]), Some("description"));
/// assert_eq!(find_nearest("colour", ["name", "description"]), None);
/// ```
pub fn find_nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    find_within(word, candidates, usize::MAX, |_| true)
}

/// Finds the event name nearest to another one, like [`find_nearest`], if at most two letters
/// differ.
///
/// ```
/// use accolade_core::suggest::find_nearest_event_name;
///
/// let names = ["question.closed", "post.published"];
/// assert_eq!(find_nearest_event_name("post.publishd", names), Some("post.published"));
/// assert_eq!(find_nearest_event_name("question.asked", names), None);
/// ```
pub fn find_nearest_event_name<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    // Names of different events share words, so their length says little about the rest.
    find_within(name, candidates, 2, |_| true)
}

/// Finds the nearest candidate with at most `most` errors. `spend` is called before each comparison
/// with its work; if it refuses, the search ends without a result, because a nearer candidate may
/// follow.
fn find_within<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
    most: usize,
    spend: impl Fn(usize) -> bool,
) -> Option<&'a str> {
    let letters = word.chars().count();
    if letters == 0 || letters > MAX_WORD_LENGTH {
        return None;
    }
    let folded = normalize_word(word);
    let allowed = (letters / 3).clamp(1, most);
    let mut nearest: Option<(usize, &str)> = None;
    let mut longer = Vec::new();
    for candidate in candidates {
        // An allowed word at the wrong place must not be suggested instead of itself.
        if candidate == word || candidate.len() > MAX_WORD_LENGTH {
            continue;
        }
        let length = candidate.chars().count();
        // The distance is at least the difference in length.
        if length.abs_diff(letters) > allowed {
            if !spend(1) {
                return None;
            }
            // Two are as good as none: which of them is meant cannot be known.
            if length > letters && longer.len() < 2 && begins_with(candidate, &folded) {
                longer.push(candidate);
            }
            continue;
        }
        if !spend(letters * length) {
            return None;
        }
        // Counts two swapped letters as one error: `bagde` is near `badge`.
        let distance = strsim::damerau_levenshtein(&folded, &normalize_word(candidate));
        if distance <= allowed && nearest.is_none_or(|found| (distance, candidate) < found) {
            nearest = Some((distance, candidate));
        }
    }
    match (nearest, &longer[..]) {
        (Some((_, candidate)), _) => Some(candidate),
        (None, [only]) if letters >= MIN_BEGINNING_LENGTH => Some(only),
        _ => None,
    }
}

/// True if a candidate begins with a normalized word.
fn begins_with(candidate: &str, folded: &str) -> bool {
    let beginning: String = candidate.chars().take(folded.chars().count()).collect();
    normalize_word(&beginning) == folded
}

/// Suggestions for the words of one text. Their total work is bounded: after that, no more
/// suggestions are made. Clones share the bound.
#[derive(Debug, Clone, Default)]
pub struct BoundedSuggestions {
    spent: Arc<AtomicU64>,
}

impl BoundedSuggestions {
    /// Finds the nearest candidate like [`find_nearest`], while the bound allows it.
    pub fn find_nearest<'a>(
        &self,
        word: &str,
        candidates: impl IntoIterator<Item = &'a str>,
    ) -> Option<&'a str> {
        find_within(word, candidates, usize::MAX, |pairs| {
            let pairs = pairs as u64;
            let spent = self.spent.load(Ordering::Relaxed);
            let is_allowed = spent + pairs <= MAX_COMPARED_PAIRS;
            if is_allowed {
                self.spent.store(spent + pairs, Ordering::Relaxed);
            }
            is_allowed
        })
    }

    /// Renders the nearest candidate like [`did_you_mean`], while the bound allows it.
    pub fn did_you_mean<'a>(
        &self,
        word: &str,
        candidates: impl IntoIterator<Item = &'a str>,
    ) -> Option<String> {
        self.find_nearest(word, candidates).map(render_question)
    }

    /// True if the work is within its bound, and some was needed.
    #[cfg(test)]
    pub(crate) fn has_worked_within_bounds(&self) -> bool {
        (1..=MAX_COMPARED_PAIRS).contains(&self.spent.load(Ordering::Relaxed))
    }
}

fn render_question(candidate: &str) -> String {
    format!("did you mean `{candidate}`?")
}

/// Renders the nearest candidate as a question, to begin a help text: "did you mean `description`?"
pub fn did_you_mean<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    find_nearest(word, candidates).map(render_question)
}

/// Removes differences in case and between `_` and `-`.
fn normalize_word(word: &str) -> String {
    word.to_lowercase().replace('_', "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_suggested() {
        const WORDS: [&str; 7] = ["once", "per-key", "again", "hidden", "id", "at", "badge"];
        for (word, expected) in [
            ("Once", Some("once")),
            ("per_key", Some("per-key")),
            ("agian", Some("again")),
            ("bagde", Some("badge")),
            ("badges", Some("badge")),
            ("it", Some("at")),
            ("colour", None),
            ("", None),
        ] {
            assert_eq!(find_nearest(word, WORDS), expected, "{word}");
        }
    }

    #[test]
    fn the_only_word_that_begins_with_the_given_one_is_suggested() {
        for (word, candidates, expected) in [
            ("post", &["post-7f3a", "vote-1"][..], Some("post-7f3a")),
            ("Post", &["post-7f3a"][..], Some("post-7f3a")),
            ("post", &["post-7f3a", "post-8c1d"][..], None),
            ("po", &["post-7f3a"][..], None),
            ("post", &["post-7f3a", "posts"][..], Some("posts")),
        ] {
            let reversed = candidates.iter().rev().copied();
            assert_eq!(find_nearest(word, reversed), expected, "{word}");
            assert_eq!(find_nearest(word, candidates.iter().copied()), expected);
        }
    }

    #[test]
    fn the_order_of_candidates_does_not_matter() {
        assert_eq!(find_nearest("gold", ["golds", "golde"]), Some("golde"));
        assert_eq!(find_nearest("gold", ["golde", "golds"]), Some("golde"));
    }

    #[test]
    fn suggestions_end_when_their_work_is_spent() {
        let suggestions = BoundedSuggestions::default();
        let words: Vec<String> = (0..5_000)
            .map(|n| format!("{}{n}", "b".repeat(38)))
            .collect();
        let suggested = (words.iter())
            .filter(|word| {
                let candidates = words.iter().map(String::as_str);
                suggestions
                    .did_you_mean(&format!("{word}x"), candidates)
                    .is_some()
            })
            .count();
        assert!((1..20).contains(&suggested), "{suggested}");
        assert!(suggestions.has_worked_within_bounds());
    }

    #[test]
    fn long_words_are_not_compared() {
        assert_eq!(find_nearest(&"x".repeat(100_000), ["x"]), None);
    }
}
