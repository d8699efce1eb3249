//! Sample rows and helpers for the cases.

use accolade::store::{
    AdministratorRow, AuditRow, AwardRow, CatalogRow, ChangeSet, DefinitionRow, EventRow, KeyRow,
    LedgerKind, LedgerRow, OutcomeRow, PlayerSummary, SessionKind, SessionRow, Store, StoreReader,
    Transaction, Trigger, UnlockRow,
};
use accolade::{AwardSource, OutcomeKind};
use accolade_core::event::Event;
use accolade_core::time::{SECOND, Timestamp};
use accolade_core::value::Props;

/// Texts that break careless quoting, collation or encoding.
pub(super) const ODD: [&str; 11] = [
    " leading and trailing ",
    "\"double\"",
    "%_like?1$1:x",
    "'; DROP TABLE players; --",
    "-1",
    "007",
    "Zoë",
    "a\nb\tc\\",
    "null",
    "ß",
    "\u{1f3c5}\u{200d}\u{fe0f}",
];

/// Returns an id of the maximum length.
pub(super) fn long_id() -> String {
    "é".repeat(127) + "x"
}

/// Returns the instant that is so many seconds into a fixed day.
pub(super) fn at(seconds: i64) -> Timestamp {
    let day: Timestamp = "2026-01-01T00:00:00Z".parse().expect("it is a time");
    day.plus_micros(seconds * SECOND)
}

/// Returns the first and the last valid instant.
pub(super) fn ends_of_time() -> [Timestamp; 2] {
    ["1900-01-01T00:00:00Z", "2199-12-31T23:59:59.999999Z"]
        .map(|text| text.parse().expect("it is a time"))
}

pub(super) fn event(player: &str, id: &str, seconds: i64) -> EventRow {
    let event = Event {
        id: id.into(),
        player: player.into(),
        name: "comment.posted".into(),
        at: at(seconds),
        order: 0,
        props: Props::default(),
    };
    EventRow {
        event,
        explicit_at: true,
        first_outcome: 1,
        outcome_count: 0,
        recorded_at: at(0),
        retracted_by: None,
    }
}

pub(super) fn award(player: &str, badge: &str, tier: &str, key: &str, seconds: i64) -> AwardRow {
    AwardRow {
        player: player.into(),
        badge: badge.into(),
        tier: tier.into(),
        key: key.into(),
        at: at(seconds),
        event: "e".into(),
        source: AwardSource::Criterion,
        revoked_at: None,
        holding_intervals: "[]".into(),
        paid: "{}".into(),
    }
}

pub(super) fn entry(seq: i64, seconds: i64, amount: i64) -> LedgerRow {
    LedgerRow {
        at: at(seconds),
        seq,
        currency: "reputation".into(),
        amount,
        kind: LedgerKind::Earning,
        rule: "answer".into(),
        tier: String::new(),
        key: String::new(),
        event: "e".into(),
        trigger: Trigger::Event,
        caused_by: None,
        reason: None,
        recorded_at: at(0),
    }
}

pub(super) fn unlock(unlockable: &str, open: bool, seconds: i64) -> UnlockRow {
    UnlockRow {
        unlockable: unlockable.into(),
        open,
        at: at(seconds),
        event: "e".into(),
    }
}

pub(super) fn outcome(player: &str, subject: &str) -> OutcomeRow {
    OutcomeRow {
        player: player.into(),
        kind: OutcomeKind::BadgeAwarded,
        subject: subject.into(),
        detail: "{}".into(),
        at: at(1),
        event: "e".into(),
        trigger: Trigger::Event,
        caused_by: None,
        recorded_at: at(2),
    }
}

pub(super) fn changes(player: &str) -> ChangeSet {
    ChangeSet {
        player: player.into(),
        summary: Some(PlayerSummary::default()),
        ..ChangeSet::default()
    }
}

pub(super) fn with_events(player: &str, events: Vec<EventRow>) -> ChangeSet {
    let summary = PlayerSummary {
        event_count: events.len() as u64,
        first_at: events.iter().map(|row| row.event.at).min(),
        last_at: events.iter().map(|row| row.event.at).max(),
        own_event_count: events.len() as u64,
        last_seen_at: events.iter().map(|row| row.event.at).max(),
        name: None,
        attributes: None,
        next_timer_at: None,
    };
    ChangeSet {
        events,
        summary: Some(summary),
        ..changes(player)
    }
}

pub(super) fn catalog(version: i64) -> CatalogRow {
    CatalogRow {
        version,
        source: format!("name = \"Version {version}\"\n# \u{1f3c5}\n"),
        format: "toml".into(),
        fingerprint: format!("f{version}"),
        code: "[]".into(),
        published_at: at(version),
        published_by: Some(format!("Zoë {version}")),
        note: Some("why".into()),
        changes: format!(r#"["version {version}"]"#),
        revoke: version % 2 == 0,
        retired: r#"[{"id":"old"}]"#.into(),
    }
}

pub(super) fn definition(kind: &str, id: &str) -> DefinitionRow {
    DefinitionRow {
        kind: kind.into(),
        id: id.into(),
        name: format!("The {id}"),
        description: "It's \"quoted\"".into(),
        category: (kind != "category").then(|| "writing".into()),
        detail: "{}".into(),
    }
}

pub(super) fn key(id: &str, name: &str) -> KeyRow {
    KeyRow {
        id: id.into(),
        name: name.into(),
        hash: (0..=255).collect(),
        scopes: "record,read".into(),
        created_at: at(1),
        created_by: "grace".into(),
        last_used_at: None,
        revoked_at: None,
    }
}

pub(super) fn administrator(name: &str) -> AdministratorRow {
    AdministratorRow {
        name: name.into(),
        password: format!("$argon2id$ of {name}"),
        created_at: at(1),
        created_by: "root".into(),
    }
}

pub(super) fn session(hash: &[u8], administrator: Option<&str>, expires: i64) -> SessionRow {
    SessionRow {
        hash: hash.into(),
        kind: if administrator.is_some() {
            SessionKind::SignIn
        } else {
            SessionKind::Invitation
        },
        administrator: administrator.map(str::to_owned),
        created_at: at(0),
        expires_at: at(expires),
    }
}

pub(super) fn audited(who: &str, player: Option<&str>) -> AuditRow {
    AuditRow {
        at: at(3),
        actor: who.into(),
        action: "accolade.award".into(),
        player: player.map(str::to_owned),
        subject: "thanks-1".into(),
        detail: r#"{"badge":"teacher"}"#.into(),
    }
}

/// Lists all rules that the sample rows refer to.
pub(super) fn definitions() -> Vec<DefinitionRow> {
    [
        ("badge", "commentator"),
        ("badge", "teacher"),
        ("unlockable", "edit"),
        ("unlockable", "chat"),
        ("currency", "coins"),
        ("currency", "reputation"),
        ("earning", "answer"),
        ("category", "writing"),
    ]
    .map(|(kind, id)| definition(kind, id))
    .into()
}

/// Publishes a catalog with [`definitions`].
pub(super) fn install(store: &dyn Store) {
    commit(store, |transaction| {
        transaction
            .publish_catalog(&catalog(1), &definitions())
            .unwrap()
    });
}

/// Runs a function in a transaction of its own and commits it.
pub(super) fn commit<T>(
    store: &dyn Store,
    work: impl FnOnce(&mut (dyn Transaction + '_)) -> T,
) -> T {
    let mut writer = store.open_writer().unwrap();
    let mut transaction = writer.begin_transaction(&[]).unwrap();
    let done = work(&mut *transaction);
    transaction.commit().unwrap();
    done
}

/// Commits changes of players.
pub(super) fn write(store: &dyn Store, changes: &[ChangeSet]) {
    commit(store, |transaction| {
        changes
            .iter()
            .for_each(|changes| transaction.write_changes(changes).unwrap())
    });
}

pub(super) fn reader(store: &dyn Store) -> Box<dyn StoreReader> {
    store.open_reader().unwrap()
}

/// Reads pages of a size until an empty one. `page` reads the page after the last row seen.
pub(super) fn pages<T>(size: usize, mut page: impl FnMut(Option<&T>) -> Vec<T>) -> Vec<T> {
    let mut seen = Vec::new();
    loop {
        let next = page(seen.last());
        assert!(
            next.len() <= size,
            "a page has {} rows of at most {size}",
            next.len()
        );
        if next.is_empty() {
            return seen;
        }
        seen.extend(next);
        assert!(seen.len() < 100, "the pages have no end");
    }
}
