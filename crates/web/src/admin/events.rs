//! Events page: the names of events, and the rules that listen to them.

use accolade::{
    EventNameCursor, EventNameFilter, EventNameView, Props, Timestamp, compare_naturally,
};
use axum::extract::Query;
use serde::Serialize;

use super::forms::FormData;
use super::page::{AdminPage, AdminRequest, PageResult};
use super::sorting::SortChoice;
use crate::api::cursor;
use crate::models::EventNameModel;
use crate::pages::format_ago;

/// Names per page.
// So many that sorting is possible for most applications.
const PAGE_SIZE: usize = 300;
/// Properties shown of a sample.
const MAX_PROPERTIES: usize = 5;
/// Characters shown of a property.
const MAX_CHARS: usize = 80;

/// Part of the event names, most frequent first.
#[derive(Default, Serialize)]
pub(super) struct EventsPage {
    /// The filters, with the numbers of their names.
    pub(super) filters: Vec<FilterTab>,
    /// Id of the current filter.
    pub(super) filter: &'static str,
    pub(super) sort: SortChoice,
    /// True if all names are on this page, so that it can be sorted.
    pub(super) can_sort: bool,
    /// Text that the names contain.
    pub(super) contains: String,
    pub(super) names: Vec<EventNameLine>,
    /// Cursor of the next page.
    pub(super) next: Option<String>,
    /// True if no event was recorded and no rule listens to any.
    pub(super) is_empty: bool,
}

/// Filter of the page.
#[derive(Serialize)]
pub(super) struct FilterTab {
    id: &'static str,
    title: &'static str,
    names: u64,
}

/// Line of the table.
#[derive(Serialize)]
pub(super) struct EventNameLine {
    #[serde(flatten)]
    event: EventNameModel,
    /// Relative time of the latest event; empty if there was none.
    ago: String,
    /// First properties of the sample, shortened.
    properties: Vec<SampleProperty>,
    /// Number of properties that are not shown.
    more_properties: usize,
    /// Evaluation errors of the rules.
    errors: u64,
}

/// Property of a sample.
#[derive(Serialize)]
struct SampleProperty {
    name: String,
    value: String,
}

impl AdminPage for EventsPage {
    const TEMPLATE: &'static str = "admin/events.html";
    const SECTION: &'static str = "events";
}

/// `GET /admin/events`
pub(super) async fn show_events_page(
    visit: AdminRequest,
    query: Query<Vec<(String, String)>>,
) -> PageResult {
    let asked = FormData::from_query(query);
    let (filter, id) = match asked.get("filter") {
        "unheard" => (EventNameFilter::Unheard, "unheard"),
        "unseen" => (EventNameFilter::Unseen, "unseen"),
        _ => (EventNameFilter::All, "all"),
    };
    let contains = asked.get_trimmed("contains").to_owned();
    let after = cursor::decode_or_start::<EventNameCursor>(asked.get("after"));
    let catalog = visit.app().engine.catalog();
    let found = catalog
        .list_event_names(filter, &contains, after, PAGE_SIZE)
        .await?;
    let totals = catalog.count_event_names().await?;
    let sort = SortChoice::from_query(&asked, ("count", true));
    let can_sort = found.next.is_none() && asked.get("after").is_empty();
    let mut views = found.items;
    // The engine's own order is that of the counts, without the events that were never seen.
    if can_sort && !sort.is_default {
        sort.sort_by(&mut views, |one, other| match &*sort.key {
            "seen" => one.last_recorded_at.cmp(&other.last_recorded_at),
            "count" => one.events.cmp(&other.events),
            _ => compare_naturally(&one.name, &other.name),
        });
    }
    let now = visit.app().engine.now();
    let tab = |id, title, names| FilterTab { id, title, names };
    visit
        .render_page(&EventsPage {
            filters: vec![
                tab("all", "All", totals.all),
                tab("unheard", "No rule listens", totals.unheard),
                tab("unseen", "Never seen", totals.unseen),
            ],
            filter: id,
            contains,
            next: found.next.as_ref().map(cursor::encode_cursor),
            sort,
            can_sort,
            names: views
                .into_iter()
                .map(|view| EventNameLine::new(view, now))
                .collect(),
            is_empty: totals.all == 0,
        })
        .await
}

impl EventNameLine {
    fn new(view: EventNameView, now: Timestamp) -> Self {
        let ago = view
            .last_recorded_at
            .map(|at| format_ago(at, now))
            .unwrap_or_default();
        let properties = view
            .sample
            .as_ref()
            .map(shorten_properties)
            .unwrap_or_default();
        let of = view
            .sample
            .as_ref()
            .map_or(0, |sample| sample.iter().count());
        let errors = view.rules.iter().map(|(_, errors)| errors).sum();
        Self {
            ago,
            more_properties: of - properties.len(),
            properties,
            errors,
            event: view.into(),
        }
    }
}

/// Returns the first properties, with values that fit into a table.
fn shorten_properties(sample: &Props) -> Vec<SampleProperty> {
    sample
        .iter()
        .take(MAX_PROPERTIES)
        .map(|(name, value)| SampleProperty {
            name: shorten(name),
            value: match value.as_text() {
                Some(text) => shorten(text),
                None => shorten(&serde_json::to_string(value).unwrap_or_default()),
            },
        })
        .collect()
}

fn shorten(text: &str) -> String {
    match text.char_indices().nth(MAX_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
