//! Subjects of explanations.

use crate::catalog::document::RepeatMode;
use crate::catalog::rules::RuleSet;
use crate::suggest::find_nearest;

/// The subject of an explanation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExplanationSubject {
    /// A badge, or one of its tiers or keys.
    Badge {
        /// The position of the badge in the rules.
        badge: usize,
        /// The position of the tier; all tiers if absent.
        tier: Option<usize>,
        /// The key, or the occurrence number of a repeatable badge; all if absent.
        key: Option<String>,
    },
    /// The balance in a currency, by position in the rules.
    Currency(usize),
    /// An unlockable, by position in the rules.
    Unlockable(usize),
}

/// The error of parsing a subject.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SubjectError {
    /// The catalog has no such rule.
    #[error("{kind} `{id}` not found{}", did_you_mean(.suggestion.as_deref()))]
    Unknown {
        /// The kind of rule: `badge`, `currency` or `unlockable`.
        kind: &'static str,
        /// The unknown id.
        id: String,
        /// The most similar subject, in the syntax of subjects.
        suggestion: Option<String>,
    },
    /// The badge has no such tier.
    #[error("badge `{badge}` has no tier `{tier}`; {}", list_tiers(.tiers))]
    UnknownTier {
        /// The id of the badge.
        badge: String,
        /// The unknown tier.
        tier: String,
        /// The ids of the badge's tiers.
        tiers: Vec<String>,
    },
    /// The badge is earned once, not per key.
    #[error("badge `{badge}` is not earned per key; omit `@{key}`")]
    UnexpectedKey {
        /// The id of the badge.
        badge: String,
        /// The key in the subject.
        key: String,
    },
    /// The badge is repeatable, and its keys are occurrence numbers.
    #[error(
        "badge `{badge}` is repeatable; write the number of the occurrence after `@`, such as \
         `{badge}@2`"
    )]
    InvalidOccurrence {
        /// The id of the badge.
        badge: String,
    },
}

fn did_you_mean(suggestion: Option<&str>) -> String {
    suggestion.map_or_else(String::new, |suggestion| {
        format!("; did you mean `{suggestion}`?")
    })
}

fn list_tiers(tiers: &[String]) -> String {
    if tiers.is_empty() {
        "it has no tiers".to_owned()
    } else {
        format!("its tiers are {}", tiers.join(", "))
    }
}

impl ExplanationSubject {
    /// Parses a subject: `nice-answer`, `nice-answer:gold`, `nice-answer@7`, `nice-answer:gold@7`,
    /// the same with the prefix `badge:`, `currency:xp`, or `unlockable:edit-others`.
    ///
    /// ```
    /// use accolade_core::{catalog::Catalog, explain::ExplanationSubject};
    ///
    /// let catalog = Catalog::from_toml(r#"
    ///     [[badge]]
    ///     id = "commentator"
    ///     criterion = { count = "comment.posted" }
    ///     tiers = [10, 100]
    /// "#).unwrap();
    /// let silver = ExplanationSubject::parse(catalog.rules(), "commentator:silver");
    /// assert_eq!(silver, Ok(ExplanationSubject::Badge { badge: 0, tier: Some(1), key: None }));
    /// let error = ExplanationSubject::parse(catalog.rules(), "comentator").unwrap_err();
    /// assert_eq!(error.to_string(), "badge `comentator` not found; did you mean `commentator`?");
    /// ```
    ///
    /// # Errors
    /// [`SubjectError`] if the catalog has no such rule, tier or key.
    pub fn parse(rules: &RuleSet, text: &str) -> Result<Self, SubjectError> {
        if let Some(id) = text.strip_prefix("currency:") {
            let known = rules.currencies.iter().map(|currency| currency.id.as_str());
            return rules
                .currency_position(id)
                .map(Self::Currency)
                .ok_or_else(|| unknown_subject("currency", "currency:", id, known));
        }
        if let Some(id) = text.strip_prefix("unlockable:") {
            let known = rules
                .unlockables
                .iter()
                .map(|unlockable| unlockable.id.as_str());
            let position = rules.unlockable_position(id).map(Self::Unlockable);
            return position.ok_or_else(|| unknown_subject("unlockable", "unlockable:", id, known));
        }
        Self::parse_badge(rules, text.strip_prefix("badge:").unwrap_or(text))
    }

    fn parse_badge(rules: &RuleSet, text: &str) -> Result<Self, SubjectError> {
        // The key first, because it may contain colons; ids do not.
        let (rest, key) = text
            .split_once('@')
            .map_or((text, None), |(rest, key)| (rest, Some(key)));
        let (id, tier) = rest
            .split_once(':')
            .map_or((rest, None), |(id, tier)| (id, Some(tier)));
        let position = rules
            .badge_position(id)
            .ok_or_else(|| unknown_badge(rules, id))?;
        let badge = &rules.badges[position];
        let tier = match tier {
            None => None,
            Some(tier) => Some(badge.tier_position(tier).ok_or_else(|| {
                SubjectError::UnknownTier {
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
            (RepeatMode::Once, Some(key)) => Err(SubjectError::UnexpectedKey {
                badge: id.to_owned(),
                key: key.to_owned(),
            }),
            (RepeatMode::Again, Some(key)) if key.parse::<u64>().is_err() => {
                Err(SubjectError::InvalidOccurrence {
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

/// Creates the error of an unknown badge. Suggests a currency or an unlockable of that id, because
/// those need a prefix.
fn unknown_badge(rules: &RuleSet, id: &str) -> SubjectError {
    // A missing prefix is a likely mistake, and a similar badge would be a wrong suggestion.
    let prefix = match (rules.currency_position(id), rules.unlockable_position(id)) {
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
        None => unknown_subject(
            "badge",
            "",
            id,
            rules.badges.iter().map(|badge| badge.id.as_str()),
        ),
    }
}

fn unknown_subject<'a>(
    kind: &'static str,
    prefix: &str,
    id: &str,
    known: impl Iterator<Item = &'a str>,
) -> SubjectError {
    let suggestion = find_nearest(id, known).map(|id| format!("{prefix}{id}"));
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
            Ok(ExplanationSubject::Badge {
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
            ("currency:xp", Ok(ExplanationSubject::Currency(0))),
            (
                "unlockable:edit-others",
                Ok(ExplanationSubject::Unlockable(0)),
            ),
            (
                "nice-anser",
                Err("badge `nice-anser` not found; did you mean `nice-answer`?"),
            ),
            (
                "xp",
                Err("badge `xp` not found; did you mean `currency:xp`?"),
            ),
            (
                "edit-others",
                Err("badge `edit-others` not found; did you mean `unlockable:edit-others`?"),
            ),
            (
                "currency:px",
                Err("currency `px` not found; did you mean `currency:xp`?"),
            ),
            (
                "unlockable:edit",
                Err("unlockable `edit` not found; did you mean `unlockable:edit-others`?"),
            ),
            (
                "nice-answer:bronze",
                Err("badge `nice-answer` has no tier `bronze`; its tiers are silver, gold"),
            ),
            (
                "teacher:gold",
                Err("badge `teacher` has no tier `gold`; it has no tiers"),
            ),
            (
                "teacher@7",
                Err("badge `teacher` is not earned per key; omit `@7`"),
            ),
            (
                "walker@seven",
                Err(
                    "badge `walker` is repeatable; write the number of the occurrence after `@`, such as `walker@2`",
                ),
            ),
        ] {
            let found =
                ExplanationSubject::parse(catalog.rules(), text).map_err(|error| error.to_string());
            assert_eq!(found, expected.map_err(str::to_owned), "{text}");
        }
    }
}
