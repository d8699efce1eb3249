//! Taking back a whole range of events (S13): seen first, then done.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use accolade_core::event::Event;
use accolade_core::expr::{Compiler, Env, Expected, Expression, NameKind, Names, Nobody};
use accolade_core::fold::{AwardName, Holdings, State};
use accolade_core::limits;
use accolade_core::names::acts;
use accolade_core::time::Timestamp;
use serde::Serialize;

use crate::batch::history;
use crate::batch::identity::{self, Identity};
use crate::passenger::fold_on;
use crate::receipt::text;
use crate::store::{Reader, StoreError};
use crate::view::View;
use crate::{Act, Engine, Error, Receipt, Rejection, Ticket};

/// Players read at a time.
const PAGE: usize = 256;

/// Events to take back: those that are all of what is said here.
///
/// ```
/// use accolade::Selection;
///
/// let cheating = Selection::default().player("ada").name("vote.received").condition("event.from == 'mallory'");
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Selection {
    player: Option<String>,
    names: Vec<String>,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    condition: Option<String>,
}

/// An event that a selection takes in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Selected {
    /// Whose.
    pub player: String,
    /// Its id.
    pub event: String,
    /// Its name.
    pub name: String,
    /// When it happened.
    #[serde(serialize_with = "text")]
    pub at: Timestamp,
}

/// What taking events back would change for a player.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct RetractionEffect {
    /// Whom.
    pub player: String,
    /// Awards that would go: `nice-answer`, `commentator:silver`, `nice-answer@7`.
    pub lost: Vec<String>,
    /// Awards that would come.
    pub gained: Vec<String>,
    /// Balances that would change: the currency, and the balance before and after.
    pub points: Vec<(String, i64, i64)>,
    /// Unlockables that would open.
    pub opened: Vec<String>,
    /// Unlockables that would shut.
    pub closed: Vec<String>,
}

impl RetractionEffect {
    fn is_nothing(&self) -> bool {
        *self
            == Self {
                player: self.player.clone(),
                ..Self::default()
            }
    }
}

impl Selection {
    /// Of this player only; of all when not called.
    #[must_use]
    pub fn player(mut self, player: &str) -> Self {
        self.player = Some(player.to_owned());
        self
    }

    /// With this name, or with one of those given before; any when not called. Acts are taken in only where they are
    /// named.
    #[must_use]
    pub fn name(mut self, name: &str) -> Self {
        self.names.push(name.to_owned());
        self
    }

    /// Which happened at or after an instant.
    #[must_use]
    pub fn from(mut self, from: Timestamp) -> Self {
        self.from = Some(from);
        self
    }

    /// Which happened before an instant.
    #[must_use]
    pub fn to(mut self, to: Timestamp) -> Self {
        self.to = Some(to);
        self
    }

    /// For which this holds: a condition as in a catalog, about the event alone.
    #[must_use]
    pub fn condition(mut self, condition: &str) -> Self {
        self.condition = Some(condition.to_owned());
        self
    }

    /// The condition, compiled.
    fn compiled(&self) -> Result<Option<Expression>, Error> {
        let Some(condition) = &self.condition else {
            return Ok(None);
        };
        match Compiler::new().compile(condition, Expected::Condition, &NoNames) {
            Ok(compiled) => Ok(Some(compiled)),
            Err(problems) => {
                let told = problems
                    .into_iter()
                    .map(|problem| problem.message)
                    .collect::<Vec<_>>()
                    .join("; ");
                Err(Error::Condition(told))
            }
        }
    }

    fn takes(&self, event: &Event, condition: Option<&Expression>) -> bool {
        let named = match self.names.is_empty() {
            true => !event
                .name
                .starts_with(accolade_core::event::RESERVED_PREFIX),
            false => self.names.contains(&event.name),
        };
        let env = Env {
            event_name: &event.name,
            props: &event.props,
            player: &Nobody,
        };
        named
            && self.from.is_none_or(|from| from <= event.at)
            && self.to.is_none_or(|to| event.at < to)
            && condition.is_none_or(|condition| condition.condition(&env) == Ok(true))
    }
}

/// Conditions about events alone know nothing of a catalog.
struct NoNames;

impl Names for NoNames {
    fn known(&self, _: NameKind) -> &[String] {
        &[]
    }
}

impl Engine {
    /// The events that a selection takes in and that count, in order of player and time. Nothing is written.
    pub fn select(&self, selection: Selection) -> Ticket<Vec<Selected>> {
        let condition = match selection.compiled() {
            Ok(condition) => condition,
            Err(error) => return Ticket::ready(Err(error)),
        };
        self.inner.readers.run(move |reader| {
            if let Some(player) = &selection.player {
                let Identity::Player(player) = identity::of(reader, player)? else {
                    return Ok(Vec::new());
                };
                return Ok(selected(reader, &player, &selection, condition.as_ref())?);
            }
            let mut found = Vec::new();
            let mut after: Option<String> = None;
            loop {
                let page = reader.players(after.as_deref(), PAGE)?;
                let Some(last) = page.last() else {
                    return Ok(found);
                };
                after = Some(last.player.clone());
                for row in page {
                    found.extend(selected(
                        reader,
                        &row.player,
                        &selection,
                        condition.as_ref(),
                    )?);
                }
            }
        })
    }

    /// What taking back these events would change, for each player whom it changes. Nothing is written.
    pub fn preview_retraction(&self, selected: Vec<Selected>) -> Ticket<Vec<RetractionEffect>> {
        let catalogs = Arc::clone(&self.inner.catalogs);
        let now = (self.inner.clock)();
        self.inner.readers.run(move |reader| {
            let mut owners: BTreeMap<String, BTreeSet<(String, String)>> = BTreeMap::new();
            for Selected { player, event, .. } in selected {
                if let Identity::Player(owner) = identity::of(reader, &player)? {
                    owners.entry(owner).or_default().insert((player, event));
                }
            }
            let mut effects = Vec::new();
            for (player, events) in owners {
                let Some(view) = View::of(reader, &catalogs, &player, now)? else {
                    continue;
                };
                let effect = effect(reader, &view, &events, now)?;
                effects.extend(Some(effect).filter(|effect| !effect.is_nothing()));
            }
            Ok(effects)
        })
    }

    /// Takes back what [`Engine::select`] showed: one act for each player and each two hundred events. `act` says who
    /// does it and why; with an id, doing it again does nothing.
    pub fn retract_selected(
        &self,
        selected: Vec<Selected>,
        act: Act,
    ) -> Ticket<Vec<Result<Receipt, Rejection>>> {
        let mut acts = Vec::new();
        for own in selected.chunk_by(|one, other| one.player == other.player) {
            for events in own.chunks(limits::RETRACTED_EVENTS) {
                let ids = events.iter().map(|event| event.event.clone());
                acts.push(
                    act.clone()
                        .about(&own[0].player, acts::RETRACT, ids, acts.len()),
                );
            }
        }
        self.act_many(acts)
    }
}

fn selected(
    reader: &mut dyn Reader,
    player: &str,
    selection: &Selection,
    condition: Option<&Expression>,
) -> Result<Vec<Selected>, StoreError> {
    let guests = history::guests(reader, player)?;
    let rows = history::stored(reader, player, &guests, None)?;
    let counting = rows
        .into_iter()
        .filter(|row| row.retracted_by.is_none())
        .map(|row| row.event);
    let taken = counting.filter(|event| selection.takes(event, condition));
    let mut found: Vec<Selected> = taken
        .map(|event| Selected {
            player: event.player,
            event: event.id,
            name: event.name,
            at: event.at,
        })
        .collect();
    found.sort_by(|one, other| {
        (&one.player, one.at, &one.event).cmp(&(&other.player, other.at, &other.event))
    });
    Ok(found)
}

/// What a player would lose and gain without some events.
fn effect(
    reader: &mut dyn Reader,
    view: &View,
    without: &BTreeSet<(String, String)>,
    now: Timestamp,
) -> Result<RetractionEffect, StoreError> {
    let guests = history::guests(reader, &view.player)?;
    let mut rows = history::stored(reader, &view.player, &guests, None)?;
    for row in &mut rows {
        if without.contains(&(row.event.player.clone(), row.event.id.clone())) {
            row.retracted_by = Some(String::new());
        }
    }
    let mut timeline = history::effective(reader, &view.player, &guests, rows)?;
    timeline.extend(view.keeps.iter().cloned());
    let until = view.state.header.as_of.map_or(now, |as_of| as_of.max(now));
    let catalog = &view.in_force.catalog;
    let mut state = State::empty();
    fold_on(catalog, &mut state, &view.player, &timeline, until);
    let after = Holdings::of(catalog.rules(), &state).expect("it was folded from the beginning");
    Ok(difference(&view.player, &view.holdings(), &after))
}

fn difference(player: &str, before: &Holdings, after: &Holdings) -> RetractionEffect {
    let held = |holdings: &Holdings| -> BTreeSet<String> {
        holdings
            .awards
            .iter()
            .filter(|(_, award)| award.is_held())
            .map(|(name, _)| award_name(name))
            .collect()
    };
    let open = |holdings: &Holdings| -> BTreeSet<String> {
        holdings
            .unlocks
            .iter()
            .filter(|(_, unlocked)| unlocked.open)
            .map(|(id, _)| id.clone())
            .collect()
    };
    let less =
        |one: &BTreeSet<String>, other: &BTreeSet<String>| one.difference(other).cloned().collect();
    let (held_before, held_after) = (held(before), held(after));
    let (open_before, open_after) = (open(before), open(after));
    let currencies: BTreeSet<&String> = before
        .balances
        .keys()
        .chain(after.balances.keys())
        .collect();
    let balance = |holdings: &Holdings, currency: &String| {
        holdings.balances.get(currency).copied().unwrap_or_default()
    };
    let points = currencies
        .into_iter()
        .map(|id| (id.clone(), balance(before, id), balance(after, id)));
    RetractionEffect {
        player: player.to_owned(),
        lost: less(&held_before, &held_after),
        gained: less(&held_after, &held_before),
        points: points
            .filter(|(_, before, after)| before != after)
            .collect(),
        opened: less(&open_after, &open_before),
        closed: less(&open_before, &open_after),
    }
}

fn award_name(name: &AwardName) -> String {
    let AwardName { badge, tier, key } = name;
    let tier = if tier.is_empty() {
        String::new()
    } else {
        format!(":{tier}")
    };
    let key = if key.is_empty() {
        String::new()
    } else {
        format!("@{key}")
    };
    format!("{badge}{tier}{key}")
}
