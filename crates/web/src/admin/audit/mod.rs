//! Audit log page, with filters.

mod sentence;

use std::collections::BTreeSet;

use accolade::service::AuditEntry;
use accolade::{AuditFilter, Catalog, Timestamp};
use accolade_core::time::CalendarUnit;
use axum::extract::Query;
use serde::Serialize;

use super::forms::{FieldChoice, FormData};
use super::page::{AdminPage, AdminRequest, PageError, PageResult};
use crate::auth::administrators::list_administrators;
use crate::auth::sessions::administrator_actor;
use crate::filters::encode_segment;
use sentence::{ActionGroup, AuditSentence, describe_entry, has_undo};

/// Entries per page.
const PAGE_SIZE: usize = 100;

/// Part of the audit log, newest first.
#[derive(Default, Serialize)]
pub(super) struct AuditPage {
    pub(super) entries: Vec<AuditLine>,
    /// Cursor of the next page: entries with lower numbers follow.
    pub(super) next: Option<i64>,
    /// Query string of the filter, for the link to the next page.
    pub(super) query: String,
    pub(super) actor: String,
    pub(super) actors: Vec<FieldChoice>,
    /// Id of the group of actions.
    pub(super) kind: String,
    pub(super) kinds: Vec<FieldChoice>,
    pub(super) player: String,
    /// First day.
    pub(super) from: String,
    /// Last day.
    pub(super) to: String,
    pub(super) is_filtered: bool,
}

/// Entry of the audit log, as a sentence.
#[derive(Debug, Serialize)]
pub(super) struct AuditLine {
    at: String,
    /// Actor of the entry: `admin:NAME`, `key:NAME` or another name.
    actor: String,
    /// Kind of actor: `admin`, `key`, `player` or empty.
    actor_kind: String,
    /// Name of the actor, without its kind.
    actor_name: String,
    action: String,
    #[serde(flatten)]
    sentence: AuditSentence,
    player: Option<String>,
    /// Id of the manual action, if it can be undone from the player's page.
    undo: Option<String>,
    details: Vec<(String, String)>,
}

impl AdminPage for AuditPage {
    const TEMPLATE: &'static str = "admin/audit.html";
    const SECTION: &'static str = "audit";

    fn list_players(&self) -> BTreeSet<String> {
        let players = self.entries.iter().filter_map(|entry| entry.player.clone());
        let filter = Some(self.player.clone()).filter(|player| !player.is_empty());
        players.chain(filter).collect()
    }
}

/// `GET /admin/audit`
pub(super) async fn show_audit_page(
    visit: AdminRequest,
    query: Query<Vec<(String, String)>>,
) -> PageResult {
    let asked = FormData::from_query(query);
    let engine = &visit.app().engine;
    let mut page = build_filter_page(&visit, &asked).await?;
    // People type a name as well as an id.
    let player = match page.player.is_empty() {
        true => None,
        false => {
            let found = engine.players().resolve(vec![page.player.clone()]).await?;
            let players = found.into_iter().flat_map(|found| found.players);
            let player = players.map(|one| String::from(one.player)).next();
            Some(player.unwrap_or_else(|| page.player.clone()))
        }
    };
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let group: Option<ActionGroup> = page.kind.parse().ok();
    let filter = AuditFilter {
        actor: text(&page.actor),
        actions: group.map(|group| {
            group
                .actions()
                .iter()
                .map(|one| (*one).to_owned())
                .collect()
        }),
        player: player.clone(),
        from: parse_day(&page.from, 0),
        until: parse_day(&page.to, 1),
    };
    page.player = player.unwrap_or_default();
    page.is_filtered = filter != AuditFilter::default();
    let before = asked.get("before").parse().ok();
    let found = engine
        .service()
        .find_audit_entries(filter, before, PAGE_SIZE)
        .await?;
    let catalog = engine.catalog().published();
    page.next = found.next;
    page.entries = found
        .items
        .into_iter()
        .map(|entry| build_line(&catalog, entry))
        .collect();
    visit.render_page(&page).await
}

async fn build_filter_page(visit: &AdminRequest, asked: &FormData) -> Result<AuditPage, PageError> {
    let choice = |value: String, label: String| FieldChoice {
        value,
        label,
        ..FieldChoice::default()
    };
    let mut actors: Vec<FieldChoice> = list_administrators(visit.app())
        .await?
        .into_iter()
        .map(|row| choice(administrator_actor(&row.name), row.name))
        .collect();
    let actor = asked.get_trimmed("actor");
    // Links on the page filter by other actors, such as API keys.
    if !actor.is_empty() && !actors.iter().any(|one| one.value == actor) {
        actors.push(choice(actor.to_owned(), actor.to_owned()));
    }
    let fields = ["actor", "kind", "player", "from", "to"];
    let pairs = fields.map(|name| (name, asked.get_trimmed(name)));
    let query = pairs
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}&", encode_segment(value)))
        .collect();
    Ok(AuditPage {
        query,
        actor: actor.to_owned(),
        actors,
        kind: asked.get("kind").to_owned(),
        kinds: (ActionGroup::ALL.iter())
            .map(|group| choice(group.to_string(), group.title().to_owned()))
            .collect(),
        player: asked.get_trimmed("player").to_owned(),
        from: asked.get("from").to_owned(),
        to: asked.get("to").to_owned(),
        ..AuditPage::default()
    })
}

/// Parses a day of UTC, and adds days. Returns `None` for an empty or invalid one.
fn parse_day(day: &str, added: i64) -> Option<Timestamp> {
    let start: Timestamp = format!("{day}T00:00:00Z").parse().ok()?;
    let utc = accolade_core::time::find_zone("UTC")?;
    let unit = CalendarUnit::Day;
    Some(unit.period_start(unit.period_at(start, &utc) + added, &utc))
}

fn build_line(catalog: &Catalog, entry: AuditEntry) -> AuditLine {
    let sentence = describe_entry(catalog, &entry);
    let undo = entry.player.is_some() && has_undo(&entry.action) && !entry.subject.is_empty();
    let (actor_kind, actor_name) = match entry.actor.split_once(':') {
        Some((kind @ ("admin" | "key" | "player"), name)) => (kind, name),
        _ => ("", &*entry.actor),
    };
    AuditLine {
        at: entry.at.to_string(),
        actor_kind: actor_kind.to_owned(),
        actor_name: actor_name.to_owned(),
        undo: undo.then(|| entry.subject.clone()),
        details: sentence::list_details(&entry),
        player: entry.player.map(String::from),
        actor: entry.actor,
        action: entry.action,
        sentence,
    }
}
