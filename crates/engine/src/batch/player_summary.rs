//! The readable part of a player's row.

use accolade_core::fold::StateHeader;
use accolade_core::time::Timestamp;
use accolade_core::value::{Props, Value};

use crate::store::PlayerSummary;

/// The attribute with the display name.
const NAME_ATTRIBUTE: &str = "name";

/// Reads the display name from a player's attributes.
pub(crate) fn display_name(attributes: &Props) -> Option<String> {
    let Some(Value::Text(name)) = attributes.get(NAME_ATTRIBUTE) else {
        return None;
    };
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

/// Builds the readable part of a player's row.
pub(crate) fn build_summary(
    header: &StateHeader,
    next_timer_at: Option<Timestamp>,
) -> PlayerSummary {
    PlayerSummary {
        name: display_name(&header.profile),
        event_count: header.event_count,
        first_at: header.first_at,
        last_at: header.last_position.as_ref().map(|last| last.at),
        own_event_count: header.own_event_count,
        last_seen_at: header.last_seen_at,
        next_timer_at,
    }
}
