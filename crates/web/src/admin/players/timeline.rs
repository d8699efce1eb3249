//! Timeline page of a player.

use std::collections::BTreeSet;

use accolade::{EventId, EventNameFilter, Outcome, RecordedEvent, TimelineCursor};
use accolade_core::names::acts;
use axum::extract::{Path, Query};
use serde::Serialize;

use super::PAGE_SIZE;
use super::performed::describe_action;
use crate::admin::forms::{FieldChoice, FormData};
use crate::admin::page::{AdminPage, AdminRequest, PageError, PageResult};
use crate::api::cursor;
use crate::models::OutcomeModel;

/// Value of the filter for all manual actions.
const ALL_ACTIONS: &str = "actions";
/// Maximum number of event names to choose from.
const MAX_NAMES: usize = 200;
/// Outcomes shown of an event.
const MAX_OUTCOMES: usize = 20;

/// Part of a timeline, newest first.
#[derive(Default, Serialize)]
pub(in crate::admin) struct TimelinePage {
    pub(in crate::admin) player: String,
    pub(in crate::admin) events: Vec<EventLine>,
    /// Cursor of the next page.
    pub(in crate::admin) next: Option<String>,
    /// Chosen event name; empty for all.
    pub(in crate::admin) name: String,
    pub(in crate::admin) names: Vec<FieldChoice>,
    /// Id of the only event to show; empty for all.
    pub(in crate::admin) event: String,
}

/// List item of an event or manual action.
#[derive(Serialize)]
pub(in crate::admin) struct EventLine {
    pub(in crate::admin) id: String,
    pub(in crate::admin) name: String,
    /// Sentence about a manual action; empty for events.
    pub(in crate::admin) sentence: String,
    /// Reason of a manual action.
    pub(in crate::admin) reason: String,
    /// Author of a manual action.
    pub(in crate::admin) by: String,
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
    /// First outcomes of recording it.
    pub(in crate::admin) outcomes: Vec<OutcomeModel>,
    /// Number of outcomes that are not shown.
    pub(in crate::admin) more_outcomes: usize,
}

impl AdminPage for TimelinePage {
    const TEMPLATE: &'static str = "admin/timeline.html";
    const SECTION: &'static str = "players";

    fn list_players(&self) -> BTreeSet<String> {
        BTreeSet::from([self.player.clone()])
    }
}

/// `GET /admin/players/{player}/timeline`: all events, those of a name, or a single one.
pub(in crate::admin) async fn show_timeline_page(
    visit: AdminRequest,
    Path(player): Path<String>,
    query: Query<Vec<(String, String)>>,
) -> PageResult {
    let asked = FormData::from_query(query);
    let players = visit.app().engine.players();
    let (name, event) = (asked.get("name").to_owned(), asked.get("event").to_owned());
    let (rows, next) = if event.is_empty() {
        let names = match &*name {
            "" => None,
            ALL_ACTIONS => Some(acts::NAMES.map(str::to_owned).to_vec()),
            name => Some(vec![name.to_owned()]),
        };
        let before = cursor::decode_or_start::<TimelineCursor>(asked.get("before"));
        let page = players.list_timeline_of_names(&player, names, before, PAGE_SIZE);
        let page = page.await?;
        (page.items, page.next.as_ref().map(cursor::encode_cursor))
    } else {
        let found = players.find_event(&player, &event).await?;
        (found.into_iter().collect(), None)
    };
    let ids: Vec<EventId> = rows.iter().map(|row| row.id.clone()).collect();
    let outcomes = players.list_event_outcomes(&player, ids).await?;
    let lines = rows.into_iter().zip(outcomes);
    let lines = lines.map(|(row, outcomes)| build_event_line(&visit, row, outcomes, &player));
    visit
        .render_page(&TimelinePage {
            events: lines.collect(),
            next,
            names: list_name_choices(&visit, &name).await?,
            name,
            event,
            player,
        })
        .await
}

/// Lists the event names to choose from.
async fn list_name_choices(
    visit: &AdminRequest,
    chosen: &str,
) -> Result<Vec<FieldChoice>, PageError> {
    let catalog = visit.app().engine.catalog();
    let found = catalog.list_event_names(EventNameFilter::All, "", None, MAX_NAMES);
    let found = found.await?.items.into_iter();
    let mut names: Vec<String> = found
        .filter(|one| one.events > 0)
        .map(|one| one.name)
        .collect();
    names.sort_unstable();
    let is_listed = chosen.is_empty() || chosen == ALL_ACTIONS;
    if !is_listed && !names.iter().any(|name| name == chosen) {
        names.push(chosen.to_owned());
    }
    let choice = |value: &str, label: &str| FieldChoice {
        value: value.to_owned(),
        label: label.to_owned(),
        ..FieldChoice::default()
    };
    let first = [
        choice("", "All events"),
        choice(ALL_ACTIONS, "Manual actions"),
    ];
    let names = names.iter().map(|name| choice(name, name));
    Ok(first.into_iter().chain(names).collect())
}

fn build_event_line(
    visit: &AdminRequest,
    event: RecordedEvent,
    outcomes: Vec<Outcome>,
    player: &str,
) -> EventLine {
    let pictures = visit.app().picture_urls();
    let name = event.name.as_str();
    let is_action = acts::NAMES.contains(&name);
    // The engine rejects retracting these actions.
    let lasting = [
        acts::RETRACT,
        acts::RESTORE,
        acts::MERGE,
        acts::UNMERGE,
        acts::GRANDFATHER,
    ];
    let said = |name: &str| {
        let value = event.props.get(name).filter(|_| is_action);
        value
            .and_then(accolade::Value::as_text)
            .unwrap_or_default()
            .to_owned()
    };
    let sentence = match is_action {
        true => describe_action(&visit.app().engine.catalog().published(), "", &event),
        false => String::new(),
    };
    let properties = event.props.iter().map(|(name, value)| {
        let value = serde_json::to_string(value).unwrap_or_default();
        (name.to_owned(), value)
    });
    EventLine {
        properties: properties.collect(),
        can_change: !lasting.contains(&name),
        reason: said("reason"),
        by: said("by"),
        sentence,
        at: event.at.to_string(),
        recorded_at: event.recorded_at.to_string(),
        guest: Some(event.player.into()).filter(|own: &String| own != player),
        id: event.id.into(),
        name: event.name,
        is_action,
        retracted_by: event.retracted_by.map(String::from),
        more_outcomes: outcomes.len().saturating_sub(MAX_OUTCOMES),
        outcomes: outcomes
            .into_iter()
            .take(MAX_OUTCOMES)
            .map(|outcome| OutcomeModel::from_outcome(outcome, &pictures))
            .collect(),
    }
}
