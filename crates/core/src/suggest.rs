//! "Did you mean …": the nearest of the words that would have been right.

/// Words longer than this are not compared: they are no slips of the pen.
const LONGEST: usize = 64;

/// The candidate nearest to a word, if one is near enough to be what was meant: at most a third of its letters differ,
/// and at least one may. Of equally near ones the first in alphabetical order.
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

/// The suggestion as a phrase, to start a help with: "did you mean `description`?"
pub fn did_you_mean<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    nearest(word, candidates).map(|candidate| format!("did you mean `{candidate}`?"))
}

/// Case and the kind of dash are no differences.
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
    fn long_words_are_left_alone() {
        assert_eq!(nearest(&"x".repeat(100_000), ["x"]), None);
    }
}
