//! Names of events, by the rules that listen to them.

use std::collections::BTreeSet;

use super::rules::{RuleRef, RuleSet};
use crate::event::RESERVED_PREFIX;
use crate::suggest::find_nearest_event_name;

impl RuleSet {
    /// True if a rule listens to events of this name, or if the name belongs to the engine, as
    /// those of manual actions do.
    ///
    /// A criterion that only waits for an age is evaluated for every player and listens to no name.
    ///
    /// ```
    /// use accolade_core::catalog::Catalog;
    ///
    /// let catalog = Catalog::from_toml("[[badge]]\nid = 'fan'\ncriterion = { count = 'visit' }");
    /// let catalog = catalog.unwrap();
    /// assert!(catalog.rules().is_heard("visit"));
    /// assert!(!catalog.rules().is_heard("vist"));
    /// assert_eq!(catalog.rules().suggest_event_name("vist"), Some("visit"));
    /// ```
    pub fn is_heard(&self, event_name: &str) -> bool {
        event_name.starts_with(RESERVED_PREFIX) || self.listeners.contains_key(event_name)
    }

    /// Lists the names of client events to which rules listen, in alphabetical order. Names that
    /// belong to the engine are left out.
    #[expect(
        clippy::disallowed_methods,
        reason = "the names are collected in order"
    )]
    pub fn list_event_names(&self) -> BTreeSet<&str> {
        self.listeners
            .keys()
            .map(String::as_str)
            .filter(|name| !name.starts_with(RESERVED_PREFIX))
            .collect()
    }

    /// Lists the rules that listen to events of a name: earnings and badges in code, and the badges
    /// and unlockables whose criteria count them. Each rule is listed once, in order of kind and
    /// id.
    pub fn list_listeners(&self, event_name: &str) -> Vec<RuleRef> {
        let Some(listeners) = self.listeners.get(event_name) else {
            return Vec::new();
        };
        let earnings = listeners.earnings.iter().copied().map(RuleRef::Earning);
        let code_badges = listeners.code_badges.iter().copied().map(RuleRef::Badge);
        let counting = listeners
            .counters
            .iter()
            .flat_map(|counter| self.counters[*counter].owners.iter().copied());
        let rules: BTreeSet<RuleRef> = earnings.chain(code_badges).chain(counting).collect();
        rules.into_iter().collect()
    }

    /// Suggests the name nearest to a misspelled one, among those to which rules listen.
    pub fn suggest_event_name(&self, event_name: &str) -> Option<&str> {
        find_nearest_event_name(event_name, self.list_event_names())
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::{Catalog, CatalogFormat};
    use crate::code::{CodeBadge, EarnedTier};

    const CATALOG: &str = "
        [[currency]]
        id = 'xp'

        [[earning]]
        id = 'wrote'
        on = ['post.published', 'post.revised']
        points = { xp = 1 }

        [[earning]]
        id = 'bonus'
        on = 'accolade.badge_awarded'
        points = { xp = 1 }

        [[badge]]
        id = 'author'
        criterion = { count = 'post.published' }
        tiers = [1, 5]

        [[badge]]
        id = 'loved'
        criterion = { distinct = 'event.post', on = { sum = 'event.delta', on = 'vote', per = 'event.post', at_least = 2 } }

        [[badge]]
        id = 'veteran'
        criterion = { age = 'year', at_least = 1 }

        [[unlockable]]
        id = 'chat'
        criterion = { any = [{ count = 'vote' }, { badge = 'author' }] }
    ";

    fn listeners(catalog: &Catalog, name: &str) -> Vec<String> {
        let rules = catalog.rules();
        let label = |rule| {
            let (kind, id) = rules.kind_and_id(rule);
            format!("{kind} {id}")
        };
        rules.list_listeners(name).into_iter().map(label).collect()
    }

    #[test]
    fn an_event_name_leads_to_every_rule_that_listens_to_it() {
        let code = CodeBadge::new("owl", |_| Some(EarnedTier::unnamed())).events(["vote", "night"]);
        let catalog = Catalog::new(CATALOG, "catalog", CatalogFormat::Toml, vec![code]).unwrap();
        for (name, expected) in [
            ("post.published", &["earning wrote", "badge author"][..]),
            ("post.revised", &["earning wrote"]),
            ("vote", &["badge loved", "badge owl", "unlockable chat"]),
            ("night", &["badge owl"]),
            ("accolade.badge_awarded", &["earning bonus"]),
            ("post.publishd", &[]),
        ] {
            assert_eq!(listeners(&catalog, name), expected, "{name}");
        }
        let names: Vec<&str> = catalog.rules().list_event_names().into_iter().collect();
        assert_eq!(names, ["night", "post.published", "post.revised", "vote"]);
    }

    #[test]
    fn names_of_the_engine_are_never_unheard() {
        let catalog = Catalog::from_toml("").unwrap();
        for (name, heard) in [
            ("accolade.award", true),
            ("accolade.points_earned", true),
            ("visit", false),
        ] {
            assert_eq!(catalog.rules().is_heard(name), heard, "{name}");
        }
    }

    #[test]
    fn a_misspelled_event_name_is_suggested_only_names_that_rules_listen_to() {
        let catalog = Catalog::from_toml(CATALOG).unwrap();
        for (name, expected) in [
            ("post.publishd", Some("post.published")),
            ("accolade.badge_awardd", None),
            ("completely.different", None),
        ] {
            assert_eq!(catalog.rules().suggest_event_name(name), expected, "{name}");
        }
    }
}
