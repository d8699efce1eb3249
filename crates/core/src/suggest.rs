//! Suggestions for misspelled words: "did you mean …?"

/// Maximum length of compared words, in characters and bytes. Longer words are unlikely to be
/// typing errors, and the comparison takes quadratic time.
const LONGEST: usize = 64;

/// Finds the candidate nearest to a word, if at most a third of the word's letters differ, but
/// always allowing for one. Among equally near candidates, returns the first in alphabetical order.
///
/// ```
/// use accolade_core::suggest::nearest;
///
/// assert_eq!(nearest("descripton", ["name", "description"]), Some("description"));
/// assert_eq!(nearest("colour", ["name", "description"]), None);
/// ```
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let letters = word.chars().count();
    if letters == 0 || letters > LONGEST {
        return None;
    }
    let folded = normalize(word);
    candidates
        .into_iter()
        // An allowed word at the wrong place must not be suggested instead of itself.
        .filter(|candidate| *candidate != word && candidate.len() <= LONGEST)
        .map(|candidate| {
            (
                strsim::damerau_levenshtein(&folded, &normalize(candidate)),
                candidate,
            )
        })
        .filter(|(distance, _)| *distance <= (letters / 3).max(1))
        .min()
        .map(|(_, candidate)| candidate)
}

/// Renders the nearest candidate as a question, to begin a help text: "did you mean `description`?"
pub fn did_you_mean<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    nearest(word, candidates).map(|candidate| format!("did you mean `{candidate}`?"))
}

/// Removes differences in case and between `_` and `-`.
fn normalize(word: &str) -> String {
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
            assert_eq!(nearest(word, WORDS), expected, "{word}");
        }
    }

    #[test]
    fn the_order_of_candidates_does_not_matter() {
        assert_eq!(nearest("gold", ["golds", "golde"]), Some("golde"));
        assert_eq!(nearest("gold", ["golde", "golds"]), Some("golde"));
    }

    #[test]
    fn long_words_are_not_compared() {
        assert_eq!(nearest(&"x".repeat(100_000), ["x"]), None);
    }
}
