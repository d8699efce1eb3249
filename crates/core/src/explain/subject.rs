//! What is to be explained.

use crate::catalog::document::Repeat;
use crate::catalog::rules::Rules;
use crate::suggest::nearest;

/// What is to be explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A badge: all of it, one tier, or one key.
    Badge {
        /// Its position in the rules.
        badge: usize,
        /// One of its tiers; all when absent.
        tier: Option<usize>,
        /// One of its keys, or of a badge earned again and again the number of the time; all when absent.
        key: Option<String>,
    },
    /// The balance in a currency, by position in the rules.
    Currency(usize),
    /// An unlockable, by position in the rules.
    Unlockable(usize),
}

/// Text that names nothing that can be explained.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SubjectError {
    /// The catalog defines no such thing.
    #[error("there is no {kind} `{id}`{}", did_you_mean(.suggestion.as_deref()))]
    Unknown {
        /// What kind of thing.
        kind: &'static str,
        /// The id that was given.
        id: String,
        /// What was probably meant, as it would be written.
        suggestion: Option<String>,
    },
    /// The badge has no such tier.
    #[error("the badge `{badge}` has no tier `{tier}`; {}", has_tiers(.tiers))]
    Tier {
        /// Which badge.
        badge: String,
        /// The tier that was given.
        tier: String,
        /// Its tiers.
        tiers: Vec<String>,
    },
    /// The badge is earned once, not for each key.
    #[error("the badge `{badge}` is not earned for each key; leave out `@{key}`")]
    NoKeys {
        /// Which badge.
        badge: String,
        /// The key that was given.
        key: String,
    },
    /// The badge is earned again and again, and its keys are numbers.
    #[error(
        "the badge `{badge}` is earned again and again; after `@` write which time, such as `{badge}@2`"
    )]
    NotATime {
        /// Which badge.
        badge: String,
    },
}

fn did_you_mean(suggestion: Option<&str>) -> String {
    suggestion.map_or_else(String::new, |suggestion| {
        format!("; did you mean `{suggestion}`?")
    })
}

fn has_tiers(tiers: &[String]) -> String {
    if tiers.is_empty() {
        "it has no tiers".to_owned()
    } else {
        format!("it has {}", tiers.join(", "))
    }
}

impl Subject {
    /// Reads what is to be explained: `nice-answer`, `nice-answer:gold`, `nice-answer@7`, `nice-answer:gold@7`, the same
    /// after `badge:`, `currency:xp`, or `unlockable:edit-others`.
    ///
    /// ```
    /// use accolade_core::{catalog::Catalog, explain::Subject};
    ///
    /// let catalog = Catalog::from_toml(r#"
    ///     [[badge]]
    ///     id = "commentator"
    ///     criterion = { count = "comment.posted" }
    ///     tiers = [10, 100]
    /// "#).unwrap();
    /// let silver = Subject::parse(catalog.rules(), "commentator:silver");
    /// assert_eq!(silver, Ok(Subject::Badge { badge: 0, tier: Some(1), key: None }));
    /// let error = Subject::parse(catalog.rules(), "comentator").unwrap_err();
    /// assert_eq!(error.to_string(), "there is no badge `comentator`; did you mean `commentator`?");
    /// ```
    ///
    /// # Errors
    /// When the catalog defines no such thing.
    pub fn parse(rules: &Rules, text: &str) -> Result<Self, SubjectError> {
        if let Some(id) = text.strip_prefix("currency:") {
            let known = rules.currencies.iter().map(|currency| currency.id.as_str());
            return rules
                .currency(id)
                .map(Self::Currency)
                .ok_or_else(|| unknown("currency", "currency:", id, known));
        }
        if let Some(id) = text.strip_prefix("unlockable:") {
            let known = rules
                .unlockables
                .iter()
                .map(|unlockable| unlockable.id.as_str());
            let position = rules.unlockable(id).map(Self::Unlockable);
            return position.ok_or_else(|| unknown("unlockable", "unlockable:", id, known));
        }
        Self::parse_badge(rules, text.strip_prefix("badge:").unwrap_or(text))
    }

    fn parse_badge(rules: &Rules, text: &str) -> Result<Self, SubjectError> {
        let (rest, key) = text
            .split_once('@')
            .map_or((text, None), |(rest, key)| (rest, Some(key)));
        let (id, tier) = rest
            .split_once(':')
            .map_or((rest, None), |(id, tier)| (id, Some(tier)));
        let position = rules.badge(id).ok_or_else(|| no_badge(rules, id))?;
        let badge = &rules.badges[position];
        let tier = match tier {
            None => None,
            Some(tier) => Some(badge.tier(tier).ok_or_else(|| {
                SubjectError::Tier {
                    badge: id.to_owned(),
                    tier: tier.to_owned(),
                    tiers: badge
                        .tiers
                        .iter()
                        .map(|tier| tier.id.clone())
                        .filter(|tier| !tier.is_empty())
                        .collect(),
                }
            })?),
        };
        match (badge.repeat, key) {
            (Repeat::Once, Some(key)) => Err(SubjectError::NoKeys {
                badge: id.to_owned(),
                key: key.to_owned(),
            }),
            (Repeat::Again, Some(key)) if key.parse::<u64>().is_err() => {
                Err(SubjectError::NotATime {
                    badge: id.to_owned(),
                })
            }
            _ => Ok(Self::Badge {
                badge: position,
                tier,
                key: key.map(str::to_owned),
            }),
        }
    }
}

/// Says that there is no such badge, and what may have been meant: a currency and an unlockable need their prefix.
fn no_badge(rules: &Rules, id: &str) -> SubjectError {
    let prefix = match (rules.currency(id), rules.unlockable(id)) {
        (Some(_), _) => Some("currency"),
        (None, Some(_)) => Some("unlockable"),
        (None, None) => None,
    };
    match prefix {
        Some(prefix) => SubjectError::Unknown {
            kind: "badge",
            id: id.to_owned(),
            suggestion: Some(format!("{prefix}:{id}")),
        },
        None => unknown(
            "badge",
            "",
            id,
            rules.badges.iter().map(|badge| badge.id.as_str()),
        ),
    }
}

fn unknown<'a>(
    kind: &'static str,
    prefix: &str,
    id: &str,
    known: impl Iterator<Item = &'a str>,
) -> SubjectError {
    let suggestion = nearest(id, known).map(|id| format!("{prefix}{id}"));
    SubjectError::Unknown {
        kind,
        id: id.to_owned(),
        suggestion,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    const CATALOG: &str = r#"
        [[currency]]
        id = "xp"

        [[badge]]
        id = "nice-answer"
        criterion = { count = "vote", per = "event.post" }
        tiers = [{ id = "silver", at = 5 }, { id = "gold", at = 10 }]
        repeat = "per-key"

        [[badge]]
        id = "walker"
        criterion = { count = "walk", at_least = 10 }
        repeat = "again"

        [[badge]]
        id = "teacher"
        criterion = { count = "answer" }

        [[unlockable]]
        id = "edit-others"
        criterion = { points = "xp", at_least = 10 }
    "#;

    #[test]
    fn subjects_are_read_or_refused_with_a_hint() {
        let catalog = Catalog::from_toml(CATALOG).unwrap();
        let badge = |badge, tier, key: Option<&str>| {
            Ok(Subject::Badge {
                badge,
                tier,
                key: key.map(str::to_owned),
            })
        };
        for (text, expected) in [
            ("nice-answer", badge(0, None, None)),
            ("nice-answer:gold", badge(0, Some(1), None)),
            ("nice-answer@7", badge(0, None, Some("7"))),
            ("badge:nice-answer:gold@a:b", badge(0, Some(1), Some("a:b"))),
            ("walker@2", badge(2, None, Some("2"))),
            ("currency:xp", Ok(Subject::Currency(0))),
            ("unlockable:edit-others", Ok(Subject::Unlockable(0))),
            (
                "nice-anser",
                Err("there is no badge `nice-anser`; did you mean `nice-answer`?"),
            ),
            (
                "xp",
                Err("there is no badge `xp`; did you mean `currency:xp`?"),
            ),
            (
                "edit-others",
                Err("there is no badge `edit-others`; did you mean `unlockable:edit-others`?"),
            ),
            (
                "currency:px",
                Err("there is no currency `px`; did you mean `currency:xp`?"),
            ),
            ("unlockable:edit", Err("there is no unlockable `edit`")),
            (
                "nice-answer:bronze",
                Err("the badge `nice-answer` has no tier `bronze`; it has silver, gold"),
            ),
            (
                "teacher:gold",
                Err("the badge `teacher` has no tier `gold`; it has no tiers"),
            ),
            (
                "teacher@7",
                Err("the badge `teacher` is not earned for each key; leave out `@7`"),
            ),
            (
                "walker@seven",
                Err(
                    "the badge `walker` is earned again and again; after `@` write which time, such as `walker@2`",
                ),
            ),
        ] {
            let found = Subject::parse(catalog.rules(), text).map_err(|error| error.to_string());
            assert_eq!(found, expected.map_err(str::to_owned), "{text}");
        }
    }
}
