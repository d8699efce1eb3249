//! Taking back a whole range of events (S13): seen first, then done.

use accolade_core::event::Event;
use accolade_core::expr::{Compiler, Env, Expected, Expression, NameKind, Names, Nobody};
use accolade_core::limits;
use accolade_core::names::acts;
use accolade_core::time::Timestamp;
use serde::Serialize;

use crate::batch::history;
use crate::batch::identity::{self, Identity};
use crate::receipt::text;
use crate::store::{Reader, StoreError};
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
        let Some(condition) = &self.condition else { return Ok(None) };
        match Compiler::new().compile(condition, Expected::Condition, &NoNames) {
            Ok(compiled) => Ok(Some(compiled)),
            Err(problems) => {
                let told = problems.into_iter().map(|problem| problem.message).collect::<Vec<_>>().join("; ");
                Err(Error::Condition(told))
            }
        }
    }

    fn takes(&self, event: &Event, condition: Option<&Expression>) -> bool {
        let named = match self.names.is_empty() {
            true => !event.name.starts_with(accolade_core::event::RESERVED_PREFIX),
            false => self.names.contains(&event.name),
        };
        let env = Env { event_name: &event.name, props: &event.props, player: &Nobody };
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
                let Identity::Player(player) = identity::of(reader, player)? else { return Ok(Vec::new()) };
                return Ok(selected(reader, &player, &selection, condition.as_ref())?);
            }
            let mut found = Vec::new();
            let mut after: Option<String> = None;
            loop {
                let page = reader.players(after.as_deref(), PAGE)?;
                let Some(last) = page.last() else { return Ok(found) };
                after = Some(last.player.clone());
                for row in page {
                    found.extend(selected(reader, &row.player, &selection, condition.as_ref())?);
                }
            }
        })
    }

    /// Takes back what [`Engine::select`] showed: one act for each player and each two hundred events. `act` says who
    /// does it and why; with an id, doing it again does nothing.
    pub fn retract_selected(&self, selected: Vec<Selected>, act: Act) -> Ticket<Vec<Result<Receipt, Rejection>>> {
        let mut acts = Vec::new();
        for own in selected.chunk_by(|one, other| one.player == other.player) {
            for events in own.chunks(limits::RETRACTED_EVENTS) {
                let ids = events.iter().map(|event| event.event.clone());
                acts.push(act.clone().about(&own[0].player, acts::RETRACT, ids, acts.len()));
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
    let counting = rows.into_iter().filter(|row| row.retracted_by.is_none()).map(|row| row.event);
    let taken = counting.filter(|event| selection.takes(event, condition));
    let mut found: Vec<Selected> =
        taken.map(|event| Selected { player: event.player, event: event.id, name: event.name, at: event.at }).collect();
    found.sort_by(|one, other| (&one.player, one.at, &one.event).cmp(&(&other.player, other.at, &other.event)));
    Ok(found)
}
