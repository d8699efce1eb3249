//! Timeline page of a player.

use accolade::{RecordedEvent, TimelineCursor};
use accolade_core::names::acts;
use axum::extract::{Path, Query};
use serde::Serialize;

use super::PAGE_SIZE;
use crate::admin::forms::FormData;
use crate::admin::page::{AdminPage, AdminRequest, PageResult};
use crate::api::cursor;

/// Part of a timeline, newest first.
#[derive(Default, Serialize)]
pub(in crate::admin) struct TimelinePage {
    pub(in crate::admin) player: String,
    pub(in crate::admin) events: Vec<EventLine>,
    /// Cursor of the next page.
    pub(in crate::admin) next: Option<String>,
}

/// List item of an event or manual action.
#[derive(Serialize)]
pub(in crate::admin) struct EventLine {
    pub(in crate::admin) id: String,
    pub(in crate::admin) name: String,
    pub(in crate::admin) at: String,
    pub(in crate::admin) recorded_at: String,
    /// Id it was recorded under, if that is a merged guest's.
    pub(in crate::admin) guest: Option<String>,
    /// Names and JSON values of the properties.
    pub(in crate::admin) properties: Vec<(String, String)>,
    /// True for a manual action.
    pub(in crate::admin) is_action: bool,
    /// Id of the retracting action, if the event is retracted.
    pub(in crate::admin) retracted_by: Option<String>,
    /// True if it can be retracted or restored.
    pub(in crate::admin) can_change: bool,
}

impl AdminPage for TimelinePage {
    const TEMPLATE: &'static str = "admin/timeline.html";
    const SECTION: &'static str = "players";
}

/// `GET /admin/players/{player}/timeline`
pub(in crate::admin) async fn show_timeline_page(
    visit: AdminRequest,
    Path(player): Path<String>,
    query: Query<Vec<(String, String)>>,
) -> PageResult {
    let before =
        cursor::decode_or_start::<TimelineCursor>(FormData::from_query(query).get("before"));
    let page = visit
        .app()
        .engine
        .players()
        .list_timeline_page(&player, before, PAGE_SIZE)
        .await?;
    let events = page
        .items
        .into_iter()
        .map(|row| build_event_line(row, &player))
        .collect();
    visit.render_page(&TimelinePage {
        events,
        next: page.next.as_ref().map(cursor::encode_cursor),
        player,
    }).await
}

fn build_event_line(event: RecordedEvent, player: &str) -> EventLine {
    let name = event.name.as_str();
    let is_act = acts::NAMES.contains(&name);
    // The engine rejects retracting these actions.
    let lasting = [
        acts::RETRACT,
        acts::RESTORE,
        acts::MERGE,
        acts::UNMERGE,
        acts::GRANDFATHER,
    ];
    let properties = event.props.iter().map(|(name, value)| {
        let value = serde_json::to_string(value).unwrap_or_default();
        (name.to_owned(), value)
    });
    EventLine {
        properties: properties.collect(),
        can_change: !lasting.contains(&name),
        at: event.at.to_string(),
        recorded_at: event.recorded_at.to_string(),
        guest: Some(event.player.into()).filter(|own: &String| own != player),
        id: event.id.into(),
        name: event.name,
        is_action: is_act,
        retracted_by: event.retracted_by.map(String::from),
    }
}
