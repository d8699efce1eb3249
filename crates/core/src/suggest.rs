//! Suggestions for misspelled words: "did you mean …?"

/// Maximum length of compared words, in characters and bytes. Longer words are unlikely to be
/// typing errors, and the comparison takes quadratic time.
const MAX_WORD_LENGTH: usize = 64;

/// Finds the candidate nearest to a word, if at most a third of the word's letters differ, but
/// always allowing for one. Among equally near candidates, returns the first in alphabetical order.
///
/// ```
/// use accolade_core::suggest::find_nearest;
///
/// assert_eq!(find_nearest("descripton", ["name", "description"]), Some("description"));
/// assert_eq!(find_nearest("colour", ["name", "description"]), None);
/// ```
pub fn find_nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    find_within(word, candidates, usize::MAX)
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
    find_within(name, candidates, 2)
}

/// Finds the nearest candidate with at most `most` errors.
fn find_within<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
    most: usize,
) -> Option<&'a str> {
    let letters = word.chars().count();
    if letters == 0 || letters > MAX_WORD_LENGTH {
        return None;
    }
    let folded = normalize_word(word);
    candidates
        .into_iter()
        // An allowed word at the wrong place must not be suggested instead of itself.
        .filter(|candidate| *candidate != word && candidate.len() <= MAX_WORD_LENGTH)
        .map(|candidate| {
            (
                // Counts two swapped letters as one error: `bagde` is near `badge`.
                strsim::damerau_levenshtein(&folded, &normalize_word(candidate)),
                candidate,
            )
        })
        .filter(|(distance, _)| *distance <= (letters / 3).clamp(1, most))
        .min()
        .map(|(_, candidate)| candidate)
}

/// Renders the nearest candidate as a question, to begin a help text: "did you mean `description`?"
pub fn did_you_mean<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    find_nearest(word, candidates).map(|candidate| format!("did you mean `{candidate}`?"))
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
    fn the_order_of_candidates_does_not_matter() {
        assert_eq!(find_nearest("gold", ["golds", "golde"]), Some("golde"));
        assert_eq!(find_nearest("gold", ["golde", "golds"]), Some("golde"));
    }

    #[test]
    fn long_words_are_not_compared() {
        assert_eq!(find_nearest(&"x".repeat(100_000), ["x"]), None);
    }
}
