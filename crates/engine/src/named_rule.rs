//! Rules with the names that people know them by.

use accolade_core::catalog::rules::{RuleKind, RuleRef, RuleSet};
use serde::Serialize;

/// A rule of a catalog, with its id and display name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NamedRule {
    /// The kind of the rule.
    pub kind: RuleKind,
    /// The rule's id.
    pub id: String,
    /// The display name.
    pub name: String,
}

impl NamedRule {
    pub(crate) fn new(rules: &RuleSet, rule: RuleRef) -> Self {
        let (kind, id) = rules.kind_and_id(rule);
        let display = match rule {
            RuleRef::Earning(earning) => &rules.earnings[earning].display,
            RuleRef::Badge(badge) => &rules.badges[badge].display,
            RuleRef::Unlockable(unlockable) => &rules.unlockables[unlockable].display,
        };
        Self {
            kind,
            id: id.to_owned(),
            name: display.name.clone(),
        }
    }

    /// Lists the rules that listen to events of a name.
    pub(crate) fn list_for(rules: &RuleSet, event_name: &str) -> Vec<Self> {
        let listeners = rules.list_listeners(event_name).into_iter();
        listeners.map(|rule| Self::new(rules, rule)).collect()
    }
}
