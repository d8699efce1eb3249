//! Labels and links for the keys of badges, such as the title and the address of a post. They are
//! for display only: no result of the fold depends on them.

use serde::Serialize;

use super::key_template::KeyRule;
use super::rules::{BadgeRule, RuleSet};
use crate::value::Props;

/// A key in words for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct KeyLabel {
    /// The label, such as the title of a post; `post 10` without one.
    pub label: String,
    /// The address of the page about it.
    pub link: Option<String>,
}

impl BadgeRule {
    /// Returns the word for its keys: `post` for `per = "event.post"`; `None` if it has no keys or
    /// computes them.
    pub fn key_noun(&self) -> Option<String> {
        let property = self.key_property.as_ref()?;
        Some(property.replace('_', " "))
    }
}

impl RuleSet {
    /// Finds the rule for the keys of a badge.
    pub fn find_key_rule(&self, badge: &BadgeRule) -> Option<&KeyRule> {
        let property = badge.key_property.as_ref()?;
        self.keys.iter().find(|rule| rule.property == *property)
    }

    /// Describes a key of a badge for people, with the properties of an event about it.
    pub fn label_key(&self, badge: &BadgeRule, key: &str, props: Option<&Props>) -> KeyLabel {
        let rule = self.find_key_rule(badge);
        let label = rule.and_then(|rule| rule.render_label(key, props));
        KeyLabel {
            label: label.unwrap_or_else(|| match badge.key_noun() {
                Some(noun) => format!("{noun} {key}"),
                None => key.to_owned(),
            }),
            link: rule.and_then(|rule| rule.render_link(key, props)),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::Catalog;

    #[test]
    fn invalid_templates_are_errors_with_help() {
        let source = "[[key]]\nproperty = 'post'\nlabel = '{title}'\nlink = '/posts/{key}'\n\
            [[badge]]\nid = 'b'\ncriterion = { count = 'x', per = 'event.post' }";
        let errors = Catalog::from_toml(source).unwrap_err().to_string();
        for part in [
            "3:9: the label has the unknown placeholder `{title}`",
            "or `{event.title}` for the property `title`",
            "4:8: the link does not begin with the address of a site",
            "`https://example.com/posts/{key}`",
        ] {
            assert!(errors.contains(part), "{part}: {errors}");
        }
    }

    #[test]
    fn two_rules_for_one_property_are_an_error() {
        let source = "[[key]]\nproperty = 'post'\n[[key]]\nproperty = 'post'";
        let errors = Catalog::from_toml(source).unwrap_err().to_string();
        assert!(
            errors.contains("two keys have the property `post`"),
            "{errors}"
        );
    }
}
