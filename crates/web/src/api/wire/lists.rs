//! Lists, and what stands in them.

use std::collections::BTreeMap;

use accolade::store::{EventRow, KeyRow, RuleErrorRow};
use accolade::{DayActivity, PlayerCard as Card};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::some;
use crate::auth::{Scope, keys};

/// A page of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct List<T> {
    /// What is on it.
    pub(crate) items: Vec<T>,
    /// Where the next page begins: send it as `after`. Null on the last one.
    pub(crate) next: Option<String>,
}

impl<T> List<T> {
    /// A list that is no longer than its page.
    pub(crate) fn whole<S>(items: impl IntoIterator<Item = S>) -> Self
    where
        T: From<S>,
    {
        Self {
            items: items.into_iter().map(T::from).collect(),
            next: None,
        }
    }
}

/// A player in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct PlayerCard {
    /// The application's id.
    player: String,
    /// What pages show for the player.
    name: Option<String>,
    /// How many events and acts the timeline has.
    events: u64,
    /// When the last one happened.
    #[schema(format = DateTime)]
    last_at: Option<String>,
}

/// An entry of a ledger.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct LedgerEntry {
    /// Its number among the player's entries; `entry:NUMBER` asks why.
    seq: i64,
    /// The instant of its cause in the timeline.
    #[schema(format = DateTime)]
    at: String,
    /// Which currency.
    currency: String,
    /// How much; negative where points were taken.
    amount: i64,
    /// `earning`, `award`, `act` or `expiry`.
    kind: &'static str,
    /// The id of the earning or badge, or the name of the act.
    rule: String,
    /// The award's tier.
    tier: Option<String>,
    /// The award's key.
    key: Option<String>,
    /// The id of the event or act that caused it.
    event: String,
    /// What made the commit.
    trigger: &'static str,
    /// What made a correction, where that is not `event` itself.
    caused_by: Option<String>,
    /// Why and by whom, where an act says so.
    reason: Option<String>,
    /// When it was recorded.
    #[schema(format = DateTime)]
    recorded_at: String,
}

/// An event or act of a timeline.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct TimelineEvent {
    /// Its id.
    id: String,
    /// Under which id it was recorded: a guest's, where that one was merged.
    player: String,
    /// What happened.
    name: String,
    /// When.
    #[schema(format = DateTime)]
    at: String,
    /// Its rank among events at the same instant.
    order: i64,
    /// Its properties.
    #[schema(value_type = Object)]
    props: Value,
    /// When it was recorded.
    #[schema(format = DateTime)]
    recorded_at: String,
    /// The act that took it back, if one did.
    retracted_by: Option<String>,
}

/// An API key, without its secret.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Key {
    /// Its id, which is also a part of the key.
    id: String,
    /// What it is called.
    name: String,
    /// What it allows.
    scopes: Vec<Scope>,
    /// When it was made.
    #[schema(format = DateTime)]
    created_at: String,
    /// By whom.
    created_by: String,
    /// When it was used last, to the minute.
    #[schema(format = DateTime)]
    last_used_at: Option<String>,
    /// When it was revoked.
    #[schema(format = DateTime)]
    revoked_at: Option<String>,
}

/// A key that was just made.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct NewKey {
    /// The key. It is shown only here.
    pub(crate) key: String,
}

/// Something that an administrator did.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct AuditEntry {
    /// Its number.
    seq: i64,
    /// When.
    #[schema(format = DateTime)]
    at: String,
    /// Who: `admin:NAME`, `key:NAME`, or who else it was.
    actor: String,
    /// What.
    action: String,
    /// To which player, if to one, and if they were not erased.
    player: Option<String>,
    /// To what.
    subject: String,
    /// The rest.
    #[schema(value_type = Object)]
    detail: Value,
}

/// What happened on a day, in UTC.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Activity {
    /// Its first instant.
    #[schema(format = DateTime)]
    day: String,
    /// Events and acts.
    events: u64,
    /// Players with one or more.
    players: u64,
    /// Awards that are held and were earned then.
    awards: u64,
    /// Points that were given, by currency.
    points_issued: BTreeMap<String, i64>,
    /// Points that were taken, by currency.
    points_revoked: BTreeMap<String, i64>,
}

/// How much there is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Totals {
    /// Players.
    players: u64,
    /// Events and acts.
    events: u64,
    /// Awards held.
    awards: u64,
    /// Ledger entries.
    ledger: u64,
    /// The number of the latest outcome.
    last_outcome: i64,
}

/// Evaluation errors of a rule. Such a rule does not apply to the event; everything else goes on.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct RuleError {
    /// `earning`, `badge` or `unlockable`.
    kind: String,
    /// The rule's id.
    id: String,
    /// How many.
    count: u64,
    /// What the latest said.
    message: String,
    /// The player of the latest.
    player: String,
    /// The event of the latest.
    event: String,
}

/// How the service is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Status {
    /// Where the data is.
    pub(crate) database: String,
    /// The version of the catalog in force.
    pub(crate) catalog_version: i64,
    /// Players whom the latest publication has not reached yet are being brought up to date.
    pub(crate) backfill: bool,
    /// How much there is.
    pub(crate) totals: Totals,
    /// Rules that could not be evaluated.
    pub(crate) rule_errors: Vec<RuleError>,
}

/// A catalog that is or was in force.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Version {
    /// Its number, from 1.
    version: i64,
    /// Since when it was in force.
    #[schema(format = DateTime)]
    published_at: String,
    /// Who published it, if they said so.
    published_by: Option<String>,
    /// Whether awards that it no longer earned were taken back.
    revoke: bool,
    /// What it changed, a line each.
    changes: Vec<String>,
    /// What it comes to; equal for catalogs that say the same.
    fingerprint: String,
}

impl From<Card> for PlayerCard {
    fn from(card: Card) -> Self {
        let Card {
            player,
            name,
            events,
            last_at,
        } = card;
        Self {
            player,
            name,
            events,
            last_at: last_at.map(|at| at.to_string()),
        }
    }
}

impl From<accolade::store::LedgerRow> for LedgerEntry {
    fn from(row: accolade::store::LedgerRow) -> Self {
        let entry = accolade::LedgerEntry::from(row);
        Self {
            seq: entry.seq,
            at: entry.at.to_string(),
            currency: entry.currency,
            amount: entry.amount,
            kind: entry.kind,
            rule: entry.rule,
            tier: some(entry.tier),
            key: some(entry.key),
            event: entry.event,
            trigger: entry.trigger.word(),
            caused_by: entry.caused_by,
            reason: entry.reason,
            recorded_at: entry.recorded_at.to_string(),
        }
    }
}

impl From<EventRow> for TimelineEvent {
    fn from(row: EventRow) -> Self {
        let EventRow {
            event,
            recorded_at,
            retracted_by,
            ..
        } = row;
        Self {
            id: event.id,
            player: event.player,
            name: event.name,
            at: event.at.to_string(),
            order: event.order,
            props: serde_json::to_value(event.props).unwrap_or_default(),
            recorded_at: recorded_at.to_string(),
            retracted_by,
        }
    }
}

impl From<KeyRow> for Key {
    fn from(row: KeyRow) -> Self {
        let text = |at: Option<accolade::Timestamp>| at.map(|at| at.to_string());
        Self {
            id: row.id,
            name: row.name,
            scopes: keys::scopes_of(&row.scopes),
            created_at: row.created_at.to_string(),
            created_by: row.created_by,
            last_used_at: text(row.last_used_at),
            revoked_at: text(row.revoked_at),
        }
    }
}

impl From<accolade::AuditEntry> for AuditEntry {
    fn from(entry: accolade::AuditEntry) -> Self {
        let accolade::AuditEntry {
            seq,
            at,
            actor: who,
            action,
            player,
            subject,
            detail,
        } = entry;
        Self {
            seq,
            at: at.to_string(),
            actor: who,
            action,
            player,
            subject,
            detail,
        }
    }
}

impl From<DayActivity> for Activity {
    fn from(day: DayActivity) -> Self {
        let DayActivity {
            day,
            events,
            players,
            awards,
            points_issued: issued,
            points_revoked: taken,
        } = day;
        Self {
            day: day.to_string(),
            events,
            players,
            awards,
            points_issued: issued,
            points_revoked: taken,
        }
    }
}

impl From<accolade::store::Totals> for Totals {
    fn from(totals: accolade::store::Totals) -> Self {
        let accolade::store::Totals {
            players,
            events,
            awards,
            ledger,
            last_outcome,
        } = totals;
        Self {
            players,
            events,
            awards,
            ledger,
            last_outcome,
        }
    }
}

impl From<RuleErrorRow> for RuleError {
    fn from(row: RuleErrorRow) -> Self {
        let RuleErrorRow {
            kind,
            id,
            count,
            message,
            player,
            event,
        } = row;
        Self {
            kind,
            id,
            count,
            message,
            player,
            event,
        }
    }
}

impl From<accolade::Version> for Version {
    fn from(version: accolade::Version) -> Self {
        let accolade::Version {
            version,
            published_at: since,
            published_by: by,
            revoke: take_back,
            changes,
            fingerprint,
        } = version;
        Self {
            version,
            published_at: since.to_string(),
            published_by: by,
            revoke: take_back,
            changes,
            fingerprint,
        }
    }
}
