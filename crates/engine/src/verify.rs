//! Is the database right? Every player is folded anew and compared with what is stored (S6).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use accolade_core::catalog::Catalog;
use accolade_core::catalog::rules::Rules;
use accolade_core::event::Event;
use accolade_core::fold::{self, Cell, CellId, Holdings, MovementSource, State};
use accolade_core::time::Timestamp;
use serde::Serialize;

use crate::batch::{award_row, cells, history, stored};
use crate::store::{AwardRow, LedgerKind, Reader, StoreError};
use crate::{Engine, Ticket};

/// Differences kept of one run; those beyond it are only counted.
const MOST_KEPT: usize = 1_000;
/// Players read at a time.
const PAGE: usize = 256;
/// How often a player is read again who is being written while they are read.
const TRIES: usize = 10;

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerifyProgress {
    /// Players compared.
    pub done: u64,
    /// Players in all.
    pub total: u64,
}

/// What it found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct VerifyReport {
    /// Players compared.
    pub players: u64,
    /// Events folded.
    pub events: u64,
    /// How many differences there are.
    pub count: u64,
    /// The first thousand of them.
    pub differences: Vec<Difference>,
}

/// Something that is stored and is not what the fold says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Whose.
    pub player: String,
    /// What: `award nice-answer 7`, `balance xp`, `ledger …`, `unlockable …`, `state …`, `feed …`.
    pub what: String,
    /// What is stored.
    pub stored: String,
    /// What the fold says.
    pub folded: String,
}

impl Engine {
    /// Folds every player anew and compares the result with everything that is stored. `progress` hears of each player.
    /// It reads only, and may run while events are recorded. Badges in code must be there: it folds.
    pub fn verify(&self, mut progress: impl FnMut(VerifyProgress) + Send + 'static) -> Ticket<VerifyReport> {
        let in_force = self.inner.catalogs.current();
        if let Err(missing) = in_force.folds() {
            return Ticket::ready(Err(missing));
        }
        let catalog = Arc::clone(&in_force.catalog);
        self.inner.readers.run(move |reader| {
            let total = reader.totals()?.players;
            let mut report = VerifyReport::default();
            let mut after: Option<String> = None;
            loop {
                let page = reader.players(after.as_deref(), PAGE)?;
                let Some(last) = page.last() else { break };
                after = Some(last.player.clone());
                for row in page {
                    verify_player(&catalog, reader, &row.player, &mut report)?;
                    report.players += 1;
                    progress(VerifyProgress { done: report.players, total: total.max(report.players) });
                }
            }
            Ok(report)
        })
    }
}

/// Compares one player. When somebody writes them meanwhile, they are read again.
fn verify_player(
    catalog: &Catalog,
    reader: &mut dyn Reader,
    player: &str,
    report: &mut VerifyReport,
) -> Result<(), StoreError> {
    for _ in 0..TRIES {
        let before = reader.headers(&[player])?;
        let mut found = Comparison::new(player);
        let events = compare(catalog, reader, player, &before, &mut found)?;
        if reader.headers(&[player])? == before {
            report.events += events;
            report.count += found.differences.len() as u64;
            let room = MOST_KEPT.saturating_sub(report.differences.len());
            report.differences.extend(found.differences.into_iter().take(room));
            return Ok(());
        }
    }
    Err(StoreError::Busy)
}

/// The differences of one player.
struct Comparison {
    player: String,
    differences: Vec<Difference>,
}

impl Comparison {
    fn new(player: &str) -> Self {
        Self { player: player.to_owned(), differences: Vec::new() }
    }

    /// Compares two sets of things by name.
    fn compare<V: PartialEq + std::fmt::Debug>(
        &mut self,
        kind: &str,
        stored: &BTreeMap<String, V>,
        folded: &BTreeMap<String, V>,
    ) {
        let show = |value: Option<&V>| value.map_or_else(|| "nothing".to_owned(), |value| format!("{value:?}"));
        let names: BTreeSet<&String> = stored.keys().chain(folded.keys()).collect();
        for name in names {
            let (stored, folded) = (stored.get(name), folded.get(name));
            if stored != folded {
                self.differences.push(Difference {
                    player: self.player.clone(),
                    what: format!("{kind} {name}"),
                    stored: show(stored),
                    folded: show(folded),
                });
            }
        }
    }
}

fn compare(
    catalog: &Catalog,
    reader: &mut dyn Reader,
    player: &str,
    header: &[Option<Vec<u8>>],
    found: &mut Comparison,
) -> Result<u64, StoreError> {
    let stored = header.first().and_then(Option::as_ref);
    let stored = stored.map(|bytes| stored::decode(player, bytes)).transpose()?;
    let guests = stored.as_ref().map(|(account, _)| account.rare.guests.clone()).unwrap_or_default();
    let rows = history::stored(reader, player, &guests, None)?;
    let timeline = history::effective(reader, player, &guests, rows)?;
    let as_of = stored.as_ref().and_then(|(_, header)| header.as_of);
    let (state, net) = fold_all(catalog, player, &timeline, as_of);
    compare_again(catalog, &timeline, &state, found);
    let stored_cells = cells(player, reader.all_cells(player, None)?)?;
    compare_state(&state, stored.as_ref().map(|(_, header)| header), stored_cells, found);
    compare_awards(catalog, player, &state, &reader.awards(player)?, found);
    compare_balances(catalog, &state, &reader.balances(player)?, found);

    let rules = catalog.rules();
    let mut entries: BTreeMap<String, i128> = BTreeMap::new();
    for entry in reader.ledger_after(player, None)? {
        let currency = &entry.currency;
        let name = match entry.kind {
            LedgerKind::Award => {
                let badge = rules.current_badge(&entry.rule);
                ledger_name("award", &format!("{badge}:{}@{}", entry.tier, entry.key), currency)
            }
            LedgerKind::Earning => ledger_name(&entry.event, rules.current_earning(&entry.rule), currency),
            LedgerKind::Act | LedgerKind::Expiry => ledger_name(&entry.event, entry.kind.word(), currency),
        };
        *entries.entry(name).or_default() += i128::from(entry.amount);
    }
    entries.retain(|_, amount| *amount != 0);
    found.compare("ledger", &entries, &net);

    let unlocks =
        reader.unlocks(player)?.into_iter().map(|row| (row.unlockable, (row.open, row.at, row.event))).collect();
    let mut folded = BTreeMap::new();
    for unlockable in &rules.unlockables {
        if let Some(Cell::Unlock { open, at, event }) = state.peek(&CellId::new(unlockable.detail_slot, "\0")) {
            folded.insert(unlockable.id.clone(), (*open, *at, event.to_string()));
        }
    }
    found.compare("unlockable", &unlocks, &folded);
    compare_feed(catalog, &state, reader.recent_outcomes(player, usize::MAX >> 1)?, found);
    Ok(timeline.len() as u64)
}

/// Badges in code must be pure (S17): folding the same timeline again must come to the same state.
fn compare_again(catalog: &Catalog, timeline: &[Event], state: &State, found: &mut Comparison) {
    if catalog.code_badges().is_empty() {
        return;
    }
    let text = |state: &State| {
        let cells = state.all().expect("the state has all of its cells at hand");
        cells.into_iter().map(|(id, cell)| (format!("{} {:?}", id.slot, id.key), cell.clone())).collect()
    };
    found.compare("folded again, state", &text(state), &text(&fold::all(catalog, timeline)));
}

/// Folds a timeline, and sums up the ledger that must come of it.
fn fold_all(
    catalog: &Catalog,
    player: &str,
    timeline: &[Event],
    as_of: Option<Timestamp>,
) -> (State, BTreeMap<String, i128>) {
    let mut state = State::empty();
    let mut net: BTreeMap<String, i128> = BTreeMap::new();
    let mut step = |state: &mut State, event: &Event| {
        let step = fold::step(catalog, state, event, false).expect("the state has all of its cells at hand");
        add_up(catalog.rules(), event, step, &mut net);
    };
    let wake = |state: &mut State, until: Timestamp, step: &mut dyn FnMut(&mut State, &Event)| {
        while let Some(at) = fold::due(catalog, state, until) {
            step(state, &fold::moment(player, at));
        }
    };
    for event in timeline {
        wake(&mut state, event.at, &mut step);
        step(&mut state, event);
    }
    if let Some(as_of) = as_of {
        wake(&mut state, as_of, &mut step);
    }
    net.retain(|_, amount| *amount != 0);
    (state, net)
}

fn add_up(rules: &Rules, event: &Event, step: fold::Step, net: &mut BTreeMap<String, i128>) {
    for movement in step.movements {
        let currency = &rules.currencies[movement.currency].id;
        let name = match &movement.source {
            MovementSource::Earning(earning) => ledger_name(&event.id, &rules.earnings[*earning].id, currency),
            MovementSource::Act => ledger_name(&event.id, "act", currency),
            MovementSource::Expiry => ledger_name(&event.id, "expiry", currency),
            MovementSource::Award { badge, tier, key } => {
                let badge = &rules.badges[*badge];
                ledger_name("award", &format!("{}:{}@{key}", badge.id, badge.tiers[*tier].id), currency)
            }
        };
        *net.entry(name).or_default() += i128::from(movement.amount);
    }
}

fn ledger_name(event: &str, rule: &str, currency: &str) -> String {
    format!("{event} {rule} {currency}")
}

fn compare_state(state: &State, stored: Option<&fold::Header>, keyed: Vec<(CellId, Cell)>, found: &mut Comparison) {
    let name = |id: &CellId| format!("{} {:?}", id.slot, id.key);
    let folded = state.all().expect("the state has all of its cells at hand");
    let folded = folded.into_iter().map(|(id, cell)| (name(&id), cell.clone())).collect();
    let fixed = stored.into_iter().flat_map(|header| header.cells.iter());
    let fixed = fixed.map(|(slot, cell)| (name(&CellId::new(*slot, "")), cell.clone()));
    let stored_cells = fixed.chain(keyed.iter().map(|(id, cell)| (name(id), cell.clone()))).collect();
    found.compare("state", &stored_cells, &folded);
    let summary = |header: &fold::Header| {
        let text = format!("{} events, last {:?}, attributes {}", header.events, header.last, header.profile.to_json());
        BTreeMap::from([("header".to_owned(), text)])
    };
    found.compare("state", &stored.map(summary).unwrap_or_default(), &summary(&state.header));
}

fn compare_awards(catalog: &Catalog, player: &str, state: &State, stored: &[AwardRow], found: &mut Comparison) {
    let name = |row: &AwardRow| format!("{} {} {}", row.badge, row.tier, row.key).trim_end().to_owned();
    let holdings = Holdings::of(catalog.rules(), state).expect("the state has all of its cells at hand");
    let rows = holdings.awards.iter().map(|(award, held)| award_row(player, award, held));
    let folded = rows.map(|row| (name(&row), row)).collect();
    found.compare("award", &stored.iter().map(|row| (name(row), row.clone())).collect(), &folded);
}

fn compare_balances(catalog: &Catalog, state: &State, stored: &[(String, i64)], found: &mut Comparison) {
    let stored = stored.iter().filter(|(_, balance)| *balance != 0).cloned().collect();
    let currencies = catalog.rules().currencies.iter();
    let folded = currencies.map(|currency| (currency.id.clone(), state.balance(currency.slot)));
    found.compare("balance", &stored, &folded.filter(|(_, balance)| *balance != 0).collect());
}

/// The feed's net must be the state: points sum to balances, and awards given less awards taken are those held.
fn compare_feed(
    catalog: &Catalog,
    state: &State,
    outcomes: Vec<(i64, crate::store::OutcomeRow)>,
    found: &mut Comparison,
) {
    let mut net: BTreeMap<String, i128> = BTreeMap::new();
    let rules = catalog.rules();
    for (_, outcome) in outcomes {
        if let Some((kind, amount)) = outcome.net() {
            let subject = match kind {
                "points" => rules.current_currency(&outcome.subject),
                "badge" => rules.current_badge(&outcome.subject),
                _ => rules.current_unlockable(&outcome.subject),
            };
            *net.entry(format!("{kind} {subject}")).or_default() += i128::from(amount);
        }
    }
    let mut folded: BTreeMap<String, i128> = BTreeMap::new();
    for currency in &rules.currencies {
        folded.insert(format!("points {}", currency.id), state.balance(currency.slot).into());
    }
    for badge in &rules.badges {
        let held = state.badge(badge.slot).map_or(0, |cell| cell.count(None));
        folded.insert(format!("badge {}", badge.id), held.into());
    }
    for unlockable in &rules.unlockables {
        folded.insert(format!("unlockable {}", unlockable.id), i128::from(state.is_open(unlockable.slot)));
    }
    net.retain(|_, amount| *amount != 0);
    folded.retain(|_, amount| *amount != 0);
    found.compare("feed", &net, &folded);
}
