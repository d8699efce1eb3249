//! Texts of awards that their events contain: reasons and authors of manual awards, and labels and
//! links of keys.

use accolade_core::catalog::document::RepeatMode;
use accolade_core::catalog::rules::{BadgeRule, RuleSet};
use accolade_core::fold::AwardSource;
use accolade_core::value::{Props, Value};

use super::badge_view::{AwardView, BadgeView};
use super::visibility::Audience;
use crate::batch::history;
use crate::store::{StoreError, StoreReader};

/// Beginning of an author who is an administrator.
const ADMINISTRATOR_PREFIX: &str = "admin:";

/// An award and its badge; masked badges have none.
struct AwardWithRule<'a> {
    award: &'a mut AwardView,
    rule: Option<&'a BadgeRule>,
}

/// Adds the reasons and authors of manual awards, and the labels and links of keys.
///
/// The player learns why an award was given, and by which administrator. Neither is public.
pub(super) fn add_event_texts(
    reader: &mut dyn StoreReader,
    rules: &RuleSet,
    player: &str,
    audience: Audience,
    badges: &mut [BadgeView],
) -> Result<(), StoreError> {
    let mut awards: Vec<AwardWithRule<'_>> = Vec::new();
    for badge in badges {
        let position = badge.id.as_deref().and_then(|id| rules.badge_position(id));
        let rule = position.map(|position| &rules.badges[position]);
        let earned = badge.earned.iter_mut();
        awards.extend(earned.map(|award| AwardWithRule { award, rule }));
    }
    for award in &mut awards {
        award.add_key_label(rules, None);
    }
    awards.retain(|award| award.needs_event(rules, audience));
    if awards.is_empty() {
        return Ok(());
    }
    let mut owners = vec![player.to_owned()];
    owners.extend(history::load_guests(reader, player)?);
    for mut award in awards {
        let event = award.award.event.as_deref().unwrap_or_default();
        let places: Vec<(&str, &str)> =
            owners.iter().map(|owner| (owner.as_str(), event)).collect();
        let row = reader.find_events(&places)?.into_iter().flatten().next();
        if let Some(row) = row {
            award.add_key_label(rules, Some(&row.event.props));
            award.add_reason(audience, &row.event.props);
        }
    }
    Ok(())
}

impl AwardWithRule<'_> {
    fn is_manual(&self) -> bool {
        self.award.source == AwardSource::Manual
    }

    /// True if a text of the award comes from its event.
    fn needs_event(&self, rules: &RuleSet, audience: Audience) -> bool {
        let shows_reason = self.is_manual() && audience != Audience::Others;
        let key_rule = self.rule.and_then(|rule| rules.find_key_rule(rule));
        let shows_key = self.award.key_label.is_some()
            && key_rule.is_some_and(|key_rule| key_rule.reads_event());
        self.award.event.is_some() && (shows_reason || shows_key)
    }

    /// Adds the label and the link of the key. The keys of badges with `again` are numbers, which
    /// have none.
    fn add_key_label(&mut self, rules: &RuleSet, props: Option<&Props>) {
        let is_keyed = |rule: &&BadgeRule| rule.repeat == RepeatMode::PerKey;
        if let (Some(rule), Some(key)) = (self.rule.filter(is_keyed), &self.award.key) {
            self.award.key_label = Some(rules.label_key(rule, key, props));
        }
    }

    fn add_reason(&mut self, audience: Audience, props: &Props) {
        if !self.is_manual() || audience == Audience::Others {
            return;
        }
        self.award.reason = read_text(props, "reason");
        // The names of API keys say nothing to a player.
        let is_shown =
            |by: &String| audience == Audience::Admin || by.starts_with(ADMINISTRATOR_PREFIX);
        self.award.by = read_text(props, "by").filter(is_shown);
    }
}

/// Reads a text that is not blank.
fn read_text(props: &Props, name: &str) -> Option<String> {
    let text = props.get(name).and_then(Value::as_text)?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
