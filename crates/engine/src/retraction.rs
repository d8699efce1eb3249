//! Retraction of a range of events: select, preview, retract (S13).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use accolade_core::event::Event;
use accolade_core::expr::{
    DefinedNames, EmptyPlayer, EvalEnv, ExpectedResult, Expression, ExpressionCompiler, NameKind,
};
use accolade_core::fold::{Holdings, Replay};
use accolade_core::ids::{CurrencyId, EventId, PlayerId, UnlockableId};
use accolade_core::limits;
use accolade_core::names::acts;
use accolade_core::time::Timestamp;
use serde::Serialize;

use crate::batch::history;
use crate::batch::identity::{self, PlayerIdentity};
use crate::current_player::CurrentPlayer;
use crate::store::{StoreError, StoreReader};
use crate::{Action, Error, Players, Receipt, Rejection, Ticket};

/// Players per query.
const PAGE: usize = 256;

/// A filter for events: those that match all parts that are set.
///
/// ```
/// use accolade::EventSelection;
///
/// let cheating = EventSelection::default()
///     .player("ada")
///     .name("vote.received")
///     .condition("event.from == 'mallory'");
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EventSelection {
    player: Option<String>,
    names: Vec<String>,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    condition: Option<String>,
}

/// An event that matches the [`EventSelection`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct SelectedEvent {
    /// The id it was recorded under: the player's, or that of a merged guest.
    pub player: PlayerId,
    /// The event's id.
    pub event: EventId,
    /// The event's name.
    pub name: String,
    /// The instant at which it happened.
    pub at: Timestamp,
}

/// A change of a balance.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BalanceChange {
    /// The currency's id.
    pub currency: CurrencyId,
    /// The balance before.
    pub before: i64,
    /// The balance after.
    pub after: i64,
}

/// The effect that a retraction would have on a player.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetractionEffect {
    /// The player's id.
    pub player: PlayerId,
    /// Awards that the player would lose: `nice-answer`, `commentator:silver`, `nice-answer@7`.
    pub lost: Vec<String>,
    /// Awards that the player would gain.
    pub gained: Vec<String>,
    /// Balances that would change.
    pub points: Vec<BalanceChange>,
    /// Unlockables that would open.
    pub opened: Vec<UnlockableId>,
    /// Unlockables that would close.
    pub closed: Vec<UnlockableId>,
}

impl RetractionEffect {
    fn is_empty(&self) -> bool {
        let Self {
            player: _,
            lost,
            gained,
            points,
            opened,
            closed,
        } = self;
        lost.is_empty()
            && gained.is_empty()
            && points.is_empty()
            && opened.is_empty()
            && closed.is_empty()
    }
}

impl EventSelection {
    /// Selects events of one player only. Default: all players.
    #[must_use]
    pub fn player(mut self, player: &str) -> Self {
        self.player = Some(player.to_owned());
        self
    }

    /// Selects events with this name; call it again to add names. Default: any name, except those
    /// of manual actions, which match only by name.
    #[must_use]
    pub fn name(mut self, name: &str) -> Self {
        self.names.push(name.to_owned());
        self
    }

    /// Selects events that happened at or after an instant.
    #[must_use]
    pub fn starting_at(mut self, from: Timestamp) -> Self {
        self.from = Some(from);
        self
    }

    /// Selects events that happened before an instant.
    #[must_use]
    pub fn ending_before(mut self, to: Timestamp) -> Self {
        self.to = Some(to);
        self
    }

    /// Selects events for which a condition of the catalog language holds. It may refer to the
    /// event only, not to the player. An event for which it cannot be evaluated does not match.
    #[must_use]
    pub fn condition(mut self, condition: &str) -> Self {
        self.condition = Some(condition.to_owned());
        self
    }

    fn compile_condition(&self) -> Result<Option<Expression>, Error> {
        let Some(condition) = &self.condition else {
            return Ok(None);
        };
        match ExpressionCompiler::new().compile(condition, ExpectedResult::Condition, &EmptyNames) {
            Ok(compiled) => Ok(Some(compiled)),
            Err(problems) => {
                let messages = problems
                    .into_iter()
                    .map(|problem| problem.message)
                    .collect::<Vec<_>>()
                    .join("; ");
                Err(Error::InvalidCondition(messages))
            }
        }
    }

    fn matches_event(&self, event: &Event, condition: Option<&Expression>) -> bool {
        // Actions match only by name, so that a broad filter does not undo decisions of people.
        let named = match self.names.is_empty() {
            true => !event
                .name
                .starts_with(accolade_core::event::RESERVED_PREFIX),
            false => self.names.contains(&event.name),
        };
        let env = EvalEnv {
            event_name: &event.name,
            props: &event.props,
            player: &EmptyPlayer,
        };
        named
            && self.from.is_none_or(|from| from <= event.at)
            && self.to.is_none_or(|to| event.at < to)
            && condition.is_none_or(|condition| condition.eval_condition(&env) == Ok(true))
    }
}

/// Empty name space: a condition about events alone refers to no rule of a catalog.
struct EmptyNames;

impl DefinedNames for EmptyNames {
    fn defined_ids(&self, _: NameKind) -> &[String] {
        &[]
    }
}

impl Players<'_> {
    /// Finds the events that match a selection and are not retracted, in order of player and time.
    /// Nothing is written.
    ///
    /// # Errors
    /// The ticket fails with [`Error::InvalidCondition`] if the condition is invalid.
    pub fn find_events(&self, selection: EventSelection) -> Ticket<Vec<SelectedEvent>> {
        let condition = match selection.compile_condition() {
            Ok(condition) => condition,
            Err(error) => return Ticket::with_result(Err(error)),
        };
        self.engine.inner.readers.run_query(move |reader| {
            if let Some(player) = &selection.player {
                let PlayerIdentity::Player(player) = identity::resolve_one(reader, player)? else {
                    return Ok(Vec::new());
                };
                return Ok(load_selected(
                    reader,
                    &player,
                    &selection,
                    condition.as_ref(),
                )?);
            }
            let mut found = Vec::new();
            let mut after: Option<String> = None;
            loop {
                let page = reader.list_players(after.as_deref(), PAGE)?;
                let Some(last) = page.last() else {
                    return Ok(found);
                };
                after = Some(last.player.clone());
                for row in page {
                    found.extend(load_selected(
                        reader,
                        &row.player,
                        &selection,
                        condition.as_ref(),
                    )?);
                }
            }
        })
    }

    /// Computes the effect that retracting these events would have on each player whom it affects.
    /// Nothing is written.
    pub fn preview_retraction(
        &self,
        selected: Vec<SelectedEvent>,
    ) -> Ticket<Vec<RetractionEffect>> {
        let catalogs = Arc::clone(&self.engine.inner.catalogs);
        let now = (self.engine.inner.clock)();
        self.engine.inner.readers.run_query(move |reader| {
            let mut owners: BTreeMap<String, BTreeSet<(String, String)>> = BTreeMap::new();
            for SelectedEvent { player, event, .. } in selected {
                if let PlayerIdentity::Player(owner) = identity::resolve_one(reader, &player)? {
                    owners
                        .entry(owner)
                        .or_default()
                        .insert((player.into(), event.into()));
                }
            }
            let mut effects = Vec::new();
            for (player, events) in owners {
                let Some(view) = CurrentPlayer::load_player(reader, &catalogs, &player, now)?
                else {
                    continue;
                };
                let effect = compute_effect(reader, &view, &events, now)?;
                effects.extend(Some(effect).filter(|effect| !effect.is_empty()));
            }
            Ok(effects)
        })
    }

    /// Retracts the events that [`Players::find_events`] found, with one manual action for each
    /// player and 200 events. Returns one result per action.
    ///
    /// `act` carries the author and the reason: see [`Action::empty`]. With an id, the call is
    /// idempotent.
    pub fn retract_selected(
        &self,
        selected: Vec<SelectedEvent>,
        act: Action,
    ) -> Ticket<Vec<Result<Receipt, Rejection>>> {
        let mut acts = Vec::new();
        // The selection is sorted by player, so the events of a player are adjacent.
        for own in selected.chunk_by(|one, other| one.player == other.player) {
            for events in own.chunks(limits::RETRACTED_EVENTS) {
                let ids = events.iter().map(|event| event.event.clone());
                acts.push(
                    act.clone()
                        .for_events(&own[0].player, acts::RETRACT, ids, acts.len()),
                );
            }
        }
        self.engine.submit_actions(acts)
    }
}

fn load_selected(
    reader: &mut dyn StoreReader,
    player: &str,
    selection: &EventSelection,
    condition: Option<&Expression>,
) -> Result<Vec<SelectedEvent>, StoreError> {
    let guests = history::load_guests(reader, player)?;
    let rows = history::load_recorded(reader, player, &guests, None)?;
    let counting = rows
        .into_iter()
        .filter(|row| row.retracted_by.is_none())
        .map(|row| row.event);
    let taken = counting.filter(|event| selection.matches_event(event, condition));
    let mut found: Vec<SelectedEvent> = taken
        .map(|event| SelectedEvent {
            player: event.player.into(),
            event: event.id.into(),
            name: event.name,
            at: event.at,
        })
        .collect();
    found.sort_by(|one, other| {
        (&one.player, one.at, &one.event).cmp(&(&other.player, other.at, &other.event))
    });
    Ok(found)
}

/// Folds a player's timeline without some events and compares the holdings.
fn compute_effect(
    reader: &mut dyn StoreReader,
    view: &CurrentPlayer,
    without: &BTreeSet<(String, String)>,
    now: Timestamp,
) -> Result<RetractionEffect, StoreError> {
    let guests = history::load_guests(reader, &view.player)?;
    let mut rows = history::load_recorded(reader, &view.player, &guests, None)?;
    for row in &mut rows {
        if without.contains(&(row.event.player.clone(), row.event.id.clone())) {
            // Any id will do: the fold only checks that there is one.
            row.retracted_by = Some(String::new());
        }
    }
    let mut timeline = history::filter_effective(reader, &view.player, &guests, rows)?;
    // Facts of pending publications are part of the fold, but not stored yet.
    timeline.extend(view.grandfathered.iter().cloned());
    let until = view.state.header.as_of.map_or(now, |as_of| as_of.max(now));
    let catalog = &view.published.catalog;
    let state = Replay::new(catalog, &view.player).run(&timeline, until, &mut ());
    let after = state.holdings(catalog.rules());
    Ok(diff_holdings(&view.player, &view.holdings(), &after))
}

fn diff_holdings(player: &str, before: &Holdings, after: &Holdings) -> RetractionEffect {
    let held = |holdings: &Holdings| -> BTreeSet<String> {
        holdings
            .awards
            .iter()
            .filter(|(_, award)| award.is_held())
            .map(|(name, _)| name.to_string())
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
    let points = currencies.into_iter().map(|currency| BalanceChange {
        currency: currency.into(),
        before: balance(before, currency),
        after: balance(after, currency),
    });
    RetractionEffect {
        player: player.into(),
        lost: less(&held_before, &held_after),
        gained: less(&held_after, &held_before),
        points: points
            .filter(|change| change.before != change.after)
            .collect(),
        opened: open_after
            .difference(&open_before)
            .map(UnlockableId::from)
            .collect(),
        closed: open_before
            .difference(&open_after)
            .map(UnlockableId::from)
            .collect(),
    }
}
