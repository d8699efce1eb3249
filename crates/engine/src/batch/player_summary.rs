//! The readable part of a player's row.

use accolade_core::fold::StateHeader;
use accolade_core::time::Timestamp;
use accolade_core::value::{Props, Value};

use crate::store::PlayerSummary;

/// The attribute with the display name.
const NAME_ATTRIBUTE: &str = "name";
/// Maximum length of the text by which a player is found, in characters.
const SEARCHED_CHARS: usize = 1_000;

/// Reads the display name from a player's attributes.
pub(crate) fn display_name(attributes: &Props) -> Option<String> {
    let Some(Value::Text(name)) = attributes.get(NAME_ATTRIBUTE) else {
        return None;
    };
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

/// Joins the other attributes to a text, by which the player is found.
fn join_attributes(attributes: &Props) -> Option<String> {
    let others = attributes
        .iter()
        .filter(|(name, _)| *name != NAME_ATTRIBUTE);
    let texts: Vec<String> = others
        .map(|(_, value)| match value.as_text() {
            Some(text) => text.to_owned(),
            None => serde_json::to_string(value).unwrap_or_default(),
        })
        .collect();
    let joined = PlayerSummary::fold_name(&texts.join("\n"));
    let searched: String = joined.chars().take(SEARCHED_CHARS).collect();
    (!searched.is_empty()).then_some(searched)
}

/// Builds the readable part of a player's row.
pub(crate) fn build_summary(
    header: &StateHeader,
    next_timer_at: Option<Timestamp>,
) -> PlayerSummary {
    PlayerSummary {
        name: display_name(&header.profile),
        attributes: join_attributes(&header.profile),
        event_count: header.event_count,
        first_at: header.first_at,
        last_at: header.last_position.as_ref().map(|last| last.at),
        own_event_count: header.own_event_count,
        last_seen_at: header.last_seen_at,
        next_timer_at,
    }
}
