//! Descriptions of badges with the targets of their tiers.

use super::rules::{BadgeRule, TierRule};

/// The placeholder of a target in a description.
const TARGET_PLACEHOLDER: &str = "{target}";

impl BadgeRule {
    /// Renders the description with the target of a tier, or with the targets of all tiers that can
    /// be earned: `Post 5, 25 or 100 answers`.
    pub fn render_description(&self, tier: Option<&str>) -> String {
        let description = &self.display.description;
        if !description.contains(TARGET_PLACEHOLDER) {
            return description.clone();
        }
        let is_asked = |rule: &&TierRule| match tier {
            Some(tier) => rule.id == tier,
            None => !rule.retired,
        };
        let targets = self
            .tiers
            .iter()
            .filter(is_asked)
            .filter_map(|rule| Some(rule.criterion.as_ref()?.target.to_string()));
        description.replace(TARGET_PLACEHOLDER, &join_with_or(targets.collect()))
    }
}

/// Joins words as an enumeration: `a`, `a or b`, `a, b or c`.
pub(crate) fn join_with_or(mut words: Vec<String>) -> String {
    match (words.pop(), words.is_empty()) {
        (None, _) => String::new(),
        (Some(last), true) => last,
        (Some(last), false) => format!("{} or {last}", words.join(", ")),
    }
}
