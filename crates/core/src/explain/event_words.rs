//! Names of events in words: `votes received` for `vote.received`.

use crate::catalog::document::SpannedString;
use crate::number::Decimal;

/// Past participles that are the whole name of an event, and have no plural.
const PARTICIPLES: &[&str] = &[
    "bought", "built", "did", "gave", "got", "left", "lost", "made", "met", "paid", "ran", "read",
    "said", "sent", "sold", "took", "went", "won", "wrote",
];

/// An event in words, or another thing that is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CountedThing {
    /// The singular: `vote received`.
    pub(super) one: String,
    /// The plural: `votes received`.
    pub(super) many: String,
    /// Singular and plural without the participle: `vote`, `votes`. `None` if there is none.
    pub(super) noun: Option<[String; 2]>,
}

impl CountedThing {
    /// Creates a thing that has no participle.
    pub(super) fn new(one: impl Into<String>, many: impl Into<String>) -> Self {
        Self {
            one: one.into(),
            many: many.into(),
            noun: None,
        }
    }

    /// Creates the thing that events of these names are.
    pub(super) fn from_events(names: &[SpannedString]) -> Self {
        let join = |words: &dyn Fn(&str) -> String| {
            let words: Vec<String> = names.iter().map(|name| words(&name.value)).collect();
            words.join(" and ")
        };
        Self {
            one: join(&|name| name_event(name, false)),
            many: join(&|name| name_event(name, true)),
            noun: names
                .iter()
                .any(|name| name_noun(&name.value, true).is_some())
                .then(|| {
                    [false, true].map(|is_plural| {
                        join(&|name| {
                            name_noun(name, is_plural)
                                .unwrap_or_else(|| name_event(name, is_plural))
                        })
                    })
                }),
        }
    }

    /// Returns the thing, of a key without a participle: `votes` for `votes received`.
    pub(super) fn in_words(self, is_of_key: bool) -> Self {
        match self.noun {
            Some([one, many]) if is_of_key => Self::new(one, many),
            _ => self,
        }
    }

    /// Returns the number with the thing: `1 vote received`, `2 votes received`.
    pub(super) fn count(&self, number: Decimal) -> String {
        let word = if number == Decimal::ONE {
            &self.one
        } else {
            &self.many
        };
        format!("{} {word}", number.to_grouped())
    }
}

/// Returns the name of an event without the participle at its end: `votes` for `vote.received`.
fn name_noun(name: &str, is_plural: bool) -> Option<String> {
    let words = split_words(name);
    let (last, noun) = words.split_last()?;
    let names_noun = is_participle(last) && !noun.is_empty();
    names_noun.then(|| name_event(&noun.join(" "), is_plural))
}

/// Turns the name of an event into words: `vote.received` becomes `votes received`.
pub fn name_event(name: &str, is_plural: bool) -> String {
    let words = split_words(name);
    match &words[..] {
        [] => name.to_owned(),
        // A participle alone is no thing that could be counted.
        [word] if is_participle(word) => {
            let noun = if is_plural { "events" } else { "event" };
            format!("{word} {noun}")
        }
        _ if !is_plural => words.join(" "),
        // A noun and a participle: the noun has the plural.
        [.., noun, last] if is_participle(last) => {
            let before = &words[..words.len() - 2];
            let noun = pluralize(noun);
            [before, &[noun.as_str(), last]].concat().join(" ")
        }
        [before @ .., noun] => {
            let noun = pluralize(noun);
            [before, &[noun.as_str()]].concat().join(" ")
        }
    }
}

fn split_words(name: &str) -> Vec<&str> {
    name.split(['.', '_', '-', ':', '/', ' '])
        .filter(|word| !word.is_empty())
        .collect()
}

fn is_participle(word: &str) -> bool {
    word.len() > 3 && word.ends_with("ed") || PARTICIPLES.contains(&word)
}

pub(super) fn pluralize(noun: &str) -> String {
    let ends_with_consonant_y = noun.ends_with('y')
        && !["ay", "ey", "oy", "uy"]
            .iter()
            .any(|end| noun.ends_with(end));
    match noun {
        _ if ends_with_consonant_y => format!("{}ies", &noun[..noun.len() - 1]),
        _ if ["ch", "sh", "ss", "x"]
            .iter()
            .any(|end| noun.ends_with(end)) =>
        {
            format!("{noun}es")
        }
        _ if noun.ends_with('s') => noun.to_owned(),
        _ => format!("{noun}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_events_become_words() {
        for (name, one, many) in [
            ("vote", "vote", "votes"),
            ("vote.received", "vote received", "votes received"),
            ("bounty_offered", "bounty offered", "bounties offered"),
            ("said", "said event", "said events"),
            ("edit-suggestion", "edit suggestion", "edit suggestions"),
            (
                "shop.basket.filled",
                "shop basket filled",
                "shop baskets filled",
            ),
            ("pass", "pass", "passes"),
            ("...", "...", "..."),
        ] {
            assert_eq!(
                (name_event(name, false), name_event(name, true)),
                (one.to_owned(), many.to_owned())
            );
        }
    }
}
