//! A test world: one engine, a clock that stands still between events, and the player `ada`.
//!
//! When a test ends, everything stored must equal the fold (S6).

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use accolade::store::Store;
use accolade::{
    Action, Audience, BadgeView, Catalog, CodeBadge, Decimal, Engine, Error, LedgerEntry, NewEvent,
    Outcome, Profile, Props, Receipt, RuleKind, Timestamp,
};
use accolade_core::catalog::CatalogFormat;
use accolade_core::time::SECOND;
use accolade_testing::MemoryStore;

/// A Monday at noon.
const START: &str = "2026-06-01T12:00:00Z";

pub(crate) struct World {
    pub(crate) engine: Engine,
    clock: Arc<AtomicI64>,
    sent: AtomicUsize,
}

pub(crate) fn catalog(source: &str) -> Catalog {
    with_code(source, Vec::new())
}

pub(crate) fn with_code(source: &str, badges: Vec<CodeBadge>) -> Catalog {
    Catalog::new(source, "story.toml", CatalogFormat::Toml, badges)
        .unwrap_or_else(|found| panic!("{found}"))
}

/// Parses an instant.
pub(crate) fn instant(text: &str) -> Timestamp {
    text.parse().unwrap()
}

impl World {
    pub(crate) fn new(source: &str) -> Self {
        Self::on(MemoryStore::new(), catalog(source))
    }

    pub(crate) fn on(store: impl Store, catalog: Catalog) -> Self {
        let clock = Arc::new(AtomicI64::new(instant(START).as_micros()));
        let hands = Arc::clone(&clock);
        let now = move || Timestamp::from_micros(hands.load(Ordering::Relaxed)).unwrap();
        let engine = Engine::builder(store)
            .catalog(catalog)
            .clock(now)
            .open()
            .unwrap();
        Self {
            engine,
            clock,
            sent: AtomicUsize::new(0),
        }
    }

    /// Restores the history into an engine with another catalog, as publishing it must do.
    pub(crate) fn with_catalog(&self, source: &str) -> Self {
        let other = Self::new(source);
        other
            .clock
            .store(self.clock.load(Ordering::Relaxed), Ordering::Relaxed);
        other
            .sent
            .store(self.sent.load(Ordering::Relaxed), Ordering::Relaxed);
        let history = self
            .engine
            .players()
            .list_timeline("ada")
            .wait()
            .unwrap()
            .into_iter()
            .map(|row| NewEvent {
                id: Some(row.id),
                player: row.player,
                name: row.name,
                at: Some(row.at),
                order: row.order,
                props: row.props,
            });
        let answers = other
            .engine
            .maintenance()
            .restore_events(history.collect())
            .wait()
            .unwrap();
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
        other
    }

    /// Records an event of ada, a minute after the previous one. Ids count up: `e1`, `e2` ….
    pub(crate) fn event(&self, name: &str) -> Receipt {
        self.event_with(name, Props::default())
    }

    pub(crate) fn event_with(&self, name: &str, props: Props) -> Receipt {
        self.advance_clock(60);
        self.send(NewEvent {
            props,
            at: Some(self.now()),
            ..NewEvent::new("ada", name).id(self.next_id())
        })
        .unwrap()
    }

    pub(crate) fn events(&self, times: usize, name: &str) {
        (0..times).for_each(|_| drop(self.event(name)));
    }

    /// Records an event of ada at an instant, which may be before the latest event. The clock never
    /// falls behind it.
    pub(crate) fn at(&self, at: &str, name: &str, props: Props) -> Receipt {
        let at = instant(at);
        self.clock.fetch_max(at.as_micros(), Ordering::Relaxed);
        self.send(NewEvent {
            props,
            at: Some(at),
            ..NewEvent::new("ada", name).id(self.next_id())
        })
        .unwrap()
    }

    pub(crate) fn send(&self, event: NewEvent) -> Result<Receipt, Error> {
        self.engine.record(event).wait()
    }

    /// Submits a manual action, which creates its player if needed. Returns the message of a
    /// rejection.
    pub(crate) fn act(&self, act: Action) -> Result<Receipt, String> {
        self.advance_clock(60);
        self.engine
            .submit_action(act.create())
            .wait()
            .map_err(|error| error.to_string())
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.clock.load(Ordering::Relaxed)).unwrap()
    }

    pub(crate) fn advance_clock(&self, seconds: i64) {
        self.clock.fetch_add(seconds * SECOND, Ordering::Relaxed);
    }

    fn next_id(&self) -> String {
        format!("e{}", self.sent.fetch_add(1, Ordering::Relaxed) + 1)
    }

    pub(crate) fn profile(&self, audience: Audience) -> Option<Profile> {
        self.engine
            .players()
            .load_profile("ada", audience)
            .wait()
            .unwrap()
    }

    fn ada(&self) -> Profile {
        self.profile(Audience::Admin)
            .expect("ada has done something")
    }

    pub(crate) fn balance(&self, currency: &str) -> i64 {
        self.ada()
            .balances
            .into_iter()
            .find(|balance| balance.currency == currency)
            .unwrap()
            .balance
    }

    /// Returns the balance of a player who may not exist.
    pub(crate) fn balance_or_zero(&self, currency: &str) -> i64 {
        self.profile(Audience::Admin)
            .map_or(0, |_| self.balance(currency))
    }

    /// Lists the awards that ada holds: `badge`, `badge:tier`, `badge@key`, in order of badge, tier
    /// and key.
    pub(crate) fn held(&self) -> Vec<String> {
        let rows = self.engine.players().list_awards("ada").wait().unwrap();
        rows.iter()
            .filter(|row| row.revoked_at.is_none())
            .map(|row| award(&row.badge, row.tier.as_deref(), row.key.as_deref()))
            .collect()
    }

    pub(crate) fn holds(&self, award: &str) -> bool {
        self.held().iter().any(|held| held == award)
    }

    pub(crate) fn is_open(&self, unlockable: &str) -> bool {
        self.ada()
            .unlockables
            .into_iter()
            .find(|view| view.id == unlockable)
            .unwrap()
            .open
    }

    pub(crate) fn badge(&self, id: &str) -> BadgeView {
        self.ada()
            .badges
            .into_iter()
            .find(|view| view.id.as_deref() == Some(id))
            .unwrap()
    }

    /// Renders progress as `3/10`, or `3/10 silver` for a badge with tiers; empty if nothing is
    /// left to earn.
    pub(crate) fn progress(&self, badge: &str) -> String {
        let Some(view) = self.badge(badge).progress else {
            return String::new();
        };
        let key = view.key.map(|key| format!("@{key}")).unwrap_or_default();
        let tier = view.tier.as_deref().unwrap_or_default();
        format!("{}/{} {tier}{key}", view.current, view.target)
            .trim_end()
            .to_owned()
    }

    /// Lists the ledger in order of recording.
    pub(crate) fn ledger(&self) -> Vec<LedgerEntry> {
        let mut rows = self
            .engine
            .players()
            .list_ledger("ada", None, 10_000)
            .wait()
            .unwrap()
            .items;
        rows.sort_by_key(|row| row.seq);
        rows
    }

    /// Lists the error counts of rules: `earning km 2`.
    pub(crate) fn rule_errors(&self) -> Vec<String> {
        let rows = self.engine.catalog().list_rule_errors().wait().unwrap();
        rows.iter()
            .map(|row| format!("{} {} {}", row.kind, row.id, row.count))
            .collect()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let report = self.engine.maintenance().verify(|_| {}).wait().unwrap();
            assert_eq!(
                report.differences,
                [],
                "what is stored is not what the fold says"
            );
        }
    }
}

fn award(badge: &str, tier: Option<&str>, key: Option<&str>) -> String {
    let tier = tier.map(|tier| format!(":{tier}")).unwrap_or_default();
    let key = key.map(|key| format!("@{key}")).unwrap_or_default();
    format!("{badge}{tier}{key}")
}

/// Renders the outcomes of a receipt: `points xp 5`, `badge.awarded a:gold`,
/// `unlockable.opened door`.
pub(crate) fn outcome_lines(receipt: &Receipt) -> Vec<String> {
    receipt.outcomes.iter().map(outcome).collect()
}

pub(crate) fn outcome(outcome: &Outcome) -> String {
    let Outcome { kind, subject, .. } = outcome;
    match outcome.amount() {
        Some(amount) => format!("{kind} {subject} {amount}"),
        None => {
            let award = award(subject, outcome.tier().as_deref(), outcome.key());
            format!("{kind} {award}")
        }
    }
}

/// Renders the reasons of a receipt: `earning commented: limit_reached`.
pub(crate) fn reasons(receipt: &Receipt) -> Vec<String> {
    receipt
        .skipped
        .iter()
        .map(|skipped| {
            let kind = skipped.kind.map_or("event", RuleKind::as_str);
            format!("{kind} {}: {}", skipped.rule, skipped.reason)
        })
        .collect()
}

/// Returns the message of a receipt about one rule.
pub(crate) fn skip_message(receipt: &Receipt, rule: &str) -> String {
    let messages: Vec<&str> = receipt
        .skipped
        .iter()
        .filter(|skipped| skipped.rule == rule)
        .map(|skipped| skipped.message.as_str())
        .collect();
    messages.join("; ")
}

pub(crate) fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}
