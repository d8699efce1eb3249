//! Labels and links of the keys in an explanation.

use std::collections::BTreeMap;

use crate::catalog::Catalog;
use crate::catalog::key_label::KeyLabel;
use crate::catalog::rules::BadgeRule;
use crate::event::Event;

/// Collects the labels and links of keys along the timeline. The newest event of a key that has
/// the properties decides.
pub(super) struct KeyLabelCollector<'a> {
    catalog: &'a Catalog,
    badge: &'a BadgeRule,
    found: BTreeMap<Box<str>, FoundTexts>,
}

#[derive(Default)]
struct FoundTexts {
    label: Option<String>,
    link: Option<String>,
}

impl<'a> KeyLabelCollector<'a> {
    pub(super) fn new(catalog: &'a Catalog, badge: &'a BadgeRule) -> Self {
        Self {
            catalog,
            badge,
            found: BTreeMap::new(),
        }
    }

    /// Records the texts of an event that counted for a key.
    pub(super) fn record_event(&mut self, event: &Event, key: &str) {
        let Some(rule) = self.catalog.rules().find_key_rule(self.badge) else {
            return;
        };
        let label = rule.render_label(key, Some(&event.props));
        let link = rule.render_link(key, Some(&event.props));
        let texts = self.found.entry(key.into()).or_default();
        texts.label = label.or(texts.label.take());
        texts.link = link.or(texts.link.take());
    }

    /// Finds the title of a key.
    pub(super) fn find_title(&self, key: &str) -> Option<&str> {
        self.found.get(key)?.label.as_deref()
    }

    /// Describes a key.
    pub(super) fn label_key(&self, key: &str) -> KeyLabel {
        let fallback = self.catalog.rules().label_key(self.badge, key, None);
        match self.found.get(key) {
            None => fallback,
            Some(texts) => KeyLabel {
                label: texts.label.clone().unwrap_or(fallback.label),
                link: texts.link.clone().or(fallback.link),
            },
        }
    }
}
