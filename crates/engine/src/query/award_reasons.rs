//! Reasons and authors of manual awards.

use accolade_core::fold::AwardSource;
use accolade_core::value::{Props, Value};

use super::badge_view::{AwardView, BadgeView};
use super::visibility::Audience;
use crate::batch::history;
use crate::store::{StoreError, StoreReader};

/// Beginning of an author who is an administrator.
const ADMINISTRATOR_PREFIX: &str = "admin:";

/// Adds the reasons and authors of manual awards to badges.
///
/// The player learns why an award was given, and by which administrator. Neither is public.
pub(super) fn add_reasons(
    reader: &mut dyn StoreReader,
    player: &str,
    audience: Audience,
    badges: &mut [BadgeView],
) -> Result<(), StoreError> {
    if audience == Audience::Others {
        return Ok(());
    }
    let manual =
        || |award: &&mut AwardView| award.source == AwardSource::Manual && award.event.is_some();
    let awards = badges.iter_mut().flat_map(|badge| &mut badge.earned);
    let mut awards: Vec<&mut AwardView> = awards.filter(manual()).collect();
    if awards.is_empty() {
        return Ok(());
    }
    let mut owners = vec![player.to_owned()];
    owners.extend(history::load_guests(reader, player)?);
    for award in &mut awards {
        let event = award.event.as_deref().unwrap_or_default();
        let places: Vec<(&str, &str)> =
            owners.iter().map(|owner| (owner.as_str(), event)).collect();
        let Some(row) = reader.find_events(&places)?.into_iter().flatten().next() else {
            continue;
        };
        award.reason = read_text(&row.event.props, "reason");
        // The names of API keys say nothing to a player.
        let is_shown =
            |by: &String| audience == Audience::Admin || by.starts_with(ADMINISTRATOR_PREFIX);
        award.by = read_text(&row.event.props, "by").filter(is_shown);
    }
    Ok(())
}

/// Reads a text that is not blank.
fn read_text(props: &Props, name: &str) -> Option<String> {
    let text = props.get(name).and_then(Value::as_text)?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
