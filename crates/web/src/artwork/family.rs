//! Families of badges: ids that differ only in a word of rank, such as `nice-answer` and
//! `good-answer`. They share shape and sign, and their rims rise with the rank.

/// Words of rank, from the lowest to the highest.
const WORDS_BY_RANK: [&[&str]; 4] = [
    &[
        "nice",
        "minor",
        "small",
        "junior",
        "beginner",
        "novice",
        "apprentice",
        "bronze",
    ],
    &[
        "good",
        "regular",
        "medium",
        "intermediate",
        "skilled",
        "silver",
    ],
    &[
        "great", "big", "major", "senior", "advanced", "expert", "gold",
    ],
    &[
        "famous",
        "epic",
        "legendary",
        "master",
        "grand",
        "diamond",
        "platinum",
    ],
];

/// A badge id, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BadgeFamily {
    /// The id without its word of rank.
    pub(super) name: String,
    /// The rank, from 1 to 4; `None` without a word of rank.
    pub(super) rank: Option<u8>,
}

impl BadgeFamily {
    pub(super) fn from_id(id: &str) -> Self {
        let words: Vec<&str> = id.split('-').collect();
        let Some((place, rank)) = words
            .iter()
            .enumerate()
            .find_map(|(place, word)| Some((place, rank_of(word)?)))
        else {
            return Self {
                name: id.to_owned(),
                rank: None,
            };
        };
        let mut others = words;
        others.remove(place);
        match others.is_empty() {
            // The word is the whole name, such as `expert`.
            true => Self {
                name: id.to_owned(),
                rank: None,
            },
            false => Self {
                name: others.join("-"),
                rank: Some(rank),
            },
        }
    }
}

fn rank_of(word: &str) -> Option<u8> {
    let place = WORDS_BY_RANK
        .iter()
        .position(|words| words.contains(&word))?;
    u8::try_from(place + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_rank_separates_the_family_from_its_rank() {
        for (id, name, rank) in [
            ("nice-answer", "answer", Some(1)),
            ("great-answer", "answer", Some(3)),
            ("reader-expert", "reader", Some(3)),
            ("good", "good", None),
            ("editor", "editor", None),
            ("goodness-me", "goodness-me", None),
            ("", "", None),
        ] {
            let expected = BadgeFamily {
                name: name.to_owned(),
                rank,
            };
            assert_eq!(BadgeFamily::from_id(id), expected, "{id}");
        }
    }
}
