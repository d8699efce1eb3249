//! Response models of lists and their items.

use std::collections::BTreeMap;

use accolade::Props;
use accolade::service::KeyRow;
use accolade_core::expr::suggest_guard;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::schema_names::{LedgerKindNames, RuleKindNames, TriggerNames};
use super::{PictureUrls, by_id, text_or_null};
use crate::auth::{KeyScope, keys};

/// Page of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct List<T> {
    /// Items of the page.
    pub items: Vec<T>,
    /// Cursor of the next page: send it as `after`. Null on the last page.
    pub next: Option<String>,
}

impl<T> List<T> {
    /// Creates a list that fits on one page.
    pub fn single_page<S>(items: impl IntoIterator<Item = S>) -> Self
    where
        T: From<S>,
    {
        Self::from_items(items.into_iter().map(T::from))
    }

    /// Creates a list of converted items that fits on one page.
    pub fn from_items(items: impl IntoIterator<Item = T>) -> Self {
        Self {
            items: items.into_iter().collect(),
            next: None,
        }
    }
}

/// Player in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = PlayerSummary)]
pub struct PlayerSummaryModel {
    /// Id of the player.
    player: String,
    /// Name to display. Null if the player has none.
    name: Option<String>,
    /// URL of the player's picture.
    avatar: String,
    /// Number of events that the player caused, without manual actions.
    events: u64,
    /// Time of the last event that the player caused.
    #[schema(format = DateTime)]
    last_seen_at: Option<String>,
}

/// Ledger entry of a player.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = LedgerEntry)]
pub struct LedgerEntryModel {
    /// Number of the entry, unique per player. Explain it with `about=entry:NUMBER`.
    seq: i64,
    /// Time of its cause in the timeline.
    #[schema(format = DateTime)]
    at: String,
    /// Id of the currency.
    currency: String,
    /// Number of points; negative if points were revoked.
    amount: i64,
    /// Source of the points.
    #[schema(value_type = LedgerKindNames)]
    kind: &'static str,
    /// Id of the earning or badge, or name of the action. Null if there is none.
    rule: Option<String>,
    /// Tier of the award. Null if there is none.
    tier: Option<String>,
    /// Key of the award. Null if there is none.
    key: Option<String>,
    /// Id of the event or action that caused the entry.
    event: String,
    /// Trigger of the commit.
    #[schema(value_type = TriggerNames)]
    trigger: &'static str,
    /// Cause of a correction, if it is not `event`: the id of an event or action, or `catalog:2` for
    /// the publication of version 2.
    caused_by: Option<String>,
    /// Reason and actor of a manual action, if given.
    reason: Option<String>,
    /// Time of recording.
    #[schema(format = DateTime)]
    recorded_at: String,
}

/// Event or manual action in a timeline.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = TimelineEvent)]
pub struct TimelineEventModel {
    /// Id of the event.
    id: String,
    /// Player id under which it was recorded. Differs from the player for a merged guest.
    player: String,
    /// Name of the event.
    name: String,
    /// Time of the event.
    #[schema(format = DateTime)]
    at: String,
    /// Order among events with the same time.
    order: i64,
    /// Properties of the event.
    #[schema(value_type = Object)]
    props: Props,
    /// Time of recording.
    #[schema(format = DateTime)]
    recorded_at: String,
    /// Id of the action that retracted the event, if any.
    retracted_by: Option<String>,
}

/// API key without its secret.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ApiKey)]
pub struct KeyModel {
    /// Key id, which is also part of the key.
    id: String,
    /// Name of the key.
    name: String,
    /// Scopes of the key.
    scopes: Vec<KeyScope>,
    /// Time of creation.
    #[schema(format = DateTime)]
    created_at: String,
    /// Actor that created the key.
    created_by: String,
    /// Time of the last use, precise to about a minute.
    #[schema(format = DateTime)]
    last_used_at: Option<String>,
    /// Time of revocation.
    #[schema(format = DateTime)]
    revoked_at: Option<String>,
}

/// Created API key.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CreatedApiKey)]
pub(crate) struct CreateKeyResponse {
    /// The key. It cannot be retrieved again.
    pub(crate) key: String,
}

/// Entry of the audit log.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub struct AuditEntryModel {
    /// Number of the entry.
    seq: i64,
    /// Time of the action.
    #[schema(format = DateTime)]
    at: String,
    /// Actor: `admin:NAME`, `key:NAME` or another name.
    actor: String,
    /// Action, for example `key.create`.
    action: String,
    /// Affected player, if any and unless erased.
    player: Option<String>,
    /// Object of the action. Null if there is none.
    subject: Option<String>,
    /// Details by action.
    #[schema(value_type = Object)]
    detail: Value,
}

/// Statistics of a day in UTC.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = DailyActivity)]
pub struct DailyActivityModel {
    /// Start of the day.
    #[schema(format = DateTime)]
    day: String,
    /// Number of events and actions.
    events: u64,
    /// Number of active players.
    players: u64,
    /// Number of awards that were earned on this day and are still held.
    awards: u64,
    /// Points issued, by currency.
    points_issued: BTreeMap<String, i64>,
    /// Points revoked, by currency.
    points_revoked: BTreeMap<String, i64>,
}

/// Number of records in the database.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Totals)]
pub struct TotalsModel {
    /// Number of players.
    players: u64,
    /// Number of events and actions.
    events: u64,
    /// Number of held awards.
    awards: u64,
    /// Number of ledger entries.
    ledger: u64,
    /// Number of the latest outcome.
    last_outcome: i64,
}

/// Evaluation errors of a rule. The rule is skipped for the events that cause errors.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = RuleError)]
pub struct RuleErrorModel {
    /// Kind of the rule.
    #[schema(value_type = RuleKindNames)]
    kind: &'static str,
    /// Id of the rule.
    id: String,
    /// Number of errors.
    pub(crate) count: u64,
    /// Message of the latest error.
    message: String,
    /// Suggestion for the condition, if a property is missing.
    hint: Option<String>,
    /// Player of the latest error.
    pub(crate) player: String,
    /// Event of the latest error.
    event: String,
}

/// Status of the service.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ServiceStatus)]
pub(crate) struct StatusModel {
    /// URL of the database.
    pub(crate) database: String,
    /// Version of the published catalog.
    pub(crate) catalog_version: i64,
    /// True while a backfill brings players up to the published catalog.
    pub(crate) backfill: bool,
    /// Number of records in the database.
    pub(crate) totals: TotalsModel,
    /// Rules with evaluation errors.
    pub(crate) rule_errors: Vec<RuleErrorModel>,
}

/// Published version of the catalog.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CatalogVersion)]
pub struct CatalogVersionModel {
    /// Version number, starting at 1.
    version: i64,
    /// Time of publication.
    #[schema(format = DateTime)]
    published_at: String,
    /// Actor that published it, if known.
    published_by: Option<String>,
    /// Note of the publisher, if given.
    note: Option<String>,
    /// True if awards that it no longer earned were revoked.
    revoke: bool,
    /// Changes from the previous version, one line each.
    changes: Vec<String>,
    /// Fingerprint; equal for catalogs with the same meaning.
    fingerprint: String,
}

impl PlayerSummaryModel {
    /// Converts a player of a list.
    pub fn from_item(player: accolade::PlayerListItem, pictures: &PictureUrls) -> Self {
        Self {
            avatar: pictures.avatar(&player.player),
            name: player.name,
            events: player.events,
            last_seen_at: player.last_seen_at.map(|at| at.to_string()),
            player: player.player.into(),
        }
    }
}

impl From<accolade::LedgerEntry> for LedgerEntryModel {
    fn from(entry: accolade::LedgerEntry) -> Self {
        Self {
            seq: entry.seq,
            at: entry.at.to_string(),
            currency: entry.currency.into(),
            amount: entry.amount,
            kind: entry.kind.as_str(),
            rule: text_or_null(entry.rule),
            tier: entry.tier.map(String::from),
            key: entry.key,
            event: entry.event.into(),
            trigger: entry.trigger.as_str(),
            caused_by: entry.caused_by,
            reason: entry.reason,
            recorded_at: entry.recorded_at.to_string(),
        }
    }
}

impl From<accolade::RecordedEvent> for TimelineEventModel {
    fn from(event: accolade::RecordedEvent) -> Self {
        Self {
            id: event.id.into(),
            player: event.player.into(),
            name: event.name,
            at: event.at.to_string(),
            order: event.order,
            props: event.props,
            recorded_at: event.recorded_at.to_string(),
            retracted_by: event.retracted_by.map(String::from),
        }
    }
}

impl From<KeyRow> for KeyModel {
    fn from(row: KeyRow) -> Self {
        let text = |at: Option<accolade::Timestamp>| at.map(|at| at.to_string());
        Self {
            id: row.id,
            name: row.name,
            scopes: keys::parse_scopes(&row.scopes),
            created_at: row.created_at.to_string(),
            created_by: row.created_by,
            last_used_at: text(row.last_used_at),
            revoked_at: text(row.revoked_at),
        }
    }
}

impl From<accolade::service::AuditEntry> for AuditEntryModel {
    fn from(entry: accolade::service::AuditEntry) -> Self {
        Self {
            seq: entry.seq,
            at: entry.at.to_string(),
            actor: entry.actor,
            action: entry.action,
            player: entry.player.map(String::from),
            subject: text_or_null(entry.subject),
            detail: entry.detail,
        }
    }
}

impl From<accolade::DayActivity> for DailyActivityModel {
    fn from(day: accolade::DayActivity) -> Self {
        Self {
            day: day.day.to_string(),
            events: day.events,
            players: day.players,
            awards: day.awards,
            points_issued: by_id(day.points_issued),
            points_revoked: by_id(day.points_revoked),
        }
    }
}

impl From<accolade::RowTotals> for TotalsModel {
    fn from(totals: accolade::RowTotals) -> Self {
        Self {
            players: totals.players,
            events: totals.events,
            awards: totals.awards,
            ledger: totals.ledger,
            last_outcome: totals.last_outcome,
        }
    }
}

impl From<accolade::RuleError> for RuleErrorModel {
    fn from(error: accolade::RuleError) -> Self {
        Self {
            kind: error.kind.as_str(),
            id: error.id,
            count: error.count,
            hint: suggest_guard(&error.message),
            message: error.message,
            player: error.player.into(),
            event: error.event.into(),
        }
    }
}

impl From<accolade::CatalogVersion> for CatalogVersionModel {
    fn from(version: accolade::CatalogVersion) -> Self {
        Self {
            version: version.version,
            published_at: version.published_at.to_string(),
            published_by: version.published_by,
            note: version.note,
            revoke: version.revoke,
            changes: version.changes,
            fingerprint: version.fingerprint,
        }
    }
}
