//! A player on the way through publications, in memory (S14): what reads show before the sweep, and what a plan compares.
//! `batch/passage.rs` does the same for good.

use std::collections::BTreeMap;
use std::sync::Arc;

use accolade_core::catalog::Catalog;
use accolade_core::catalog::rules::Rules;
use accolade_core::event::Event;
use accolade_core::fold::{self, Holdings, MovementSource, State, Step};
use accolade_core::time::Timestamp;

use crate::batch::kept;
use crate::catalogs::InForce;

const WHOLE: &str = "the state has all of its cells at hand";

/// What earnings paid a player, by ids of the earning and the currency.
pub(crate) type Paid = BTreeMap<(String, String), i128>;

/// A player on the way.
pub(crate) struct Passenger<'p> {
    player: &'p str,
    /// The events that count, in order; those that keep things are added on the way.
    timeline: Vec<Event>,
    /// How many of them are recorded.
    recorded: usize,
    state: State,
    paid: BTreeMap<(usize, usize), i128>,
    from: From,
}

/// Where a player comes from.
enum From {
    /// A catalog, under which the state was folded.
    Catalog(Arc<InForce>),
    /// A state that cannot be read any more: these rows are all that is known.
    Rows(Holdings),
}

/// What a publication means to a player.
pub(crate) struct Passed {
    /// What they have just before it.
    pub(crate) held: Holdings,
    /// What the new catalog earns them.
    pub(crate) earned: Holdings,
    /// What they have after it, what is kept included.
    pub(crate) has: Holdings,
}

impl<'p> Passenger<'p> {
    /// A player with a state under a catalog.
    pub(crate) fn with_state(
        player: &'p str,
        timeline: Vec<Event>,
        under: Arc<InForce>,
        state: State,
    ) -> Self {
        Self {
            player,
            recorded: timeline.len(),
            timeline,
            state,
            paid: BTreeMap::new(),
            from: From::Catalog(under),
        }
    }

    /// A player whose state cannot be read any more.
    pub(crate) fn with_rows(player: &'p str, timeline: Vec<Event>, rows: Holdings) -> Self {
        let (recorded, state) = (timeline.len(), State::empty());
        Self {
            player,
            recorded,
            timeline,
            state,
            paid: BTreeMap::new(),
            from: From::Rows(rows),
        }
    }

    /// A player whose timeline is folded under a catalog.
    pub(crate) fn folded(
        player: &'p str,
        timeline: Vec<Event>,
        under: Arc<InForce>,
        until: Timestamp,
    ) -> Self {
        let mut passenger =
            Self::with_state(player, timeline, Arc::clone(&under), State::empty());
        passenger.fold(&under.catalog, until);
        passenger
    }

    /// Takes the player through a publication.
    pub(crate) fn pass(&mut self, next: &Arc<InForce>) -> Passed {
        let rules = next.catalog.rules();
        let held = match &self.from {
            From::Rows(rows) => rows.clone(),
            From::Catalog(before) => {
                let before = Arc::clone(before);
                self.let_time_pass(&before.catalog, next.since);
                self.holdings(before.catalog.rules())
            }
        };
        let held = held.renamed(rules);
        let end = self
            .state
            .header
            .as_of
            .map_or(next.since, |as_of| as_of.max(next.since));
        self.fold(&next.catalog, end);
        let earned = self.holdings(rules);
        let last = self
            .state
            .header
            .last
            .as_ref()
            .map(|last| last.at)
            .max(self.state.header.as_of);
        let has = match kept(next, self.player, &held, &earned, last) {
            None => earned.clone(),
            Some(keep) => {
                self.step(&next.catalog, &keep);
                self.timeline.push(keep);
                self.holdings(rules)
            }
        };
        self.from = From::Catalog(Arc::clone(next));
        Passed { held, earned, has }
    }

    /// The state under the catalog that was passed last, what its fold begins with, and the events that kept things on
    /// the way.
    pub(crate) fn into_state(mut self) -> (State, Vec<Event>) {
        let keeps = self.timeline.split_off(self.recorded);
        (self.state, keeps)
    }

    /// What earnings paid, as far as events were folded here, under the catalog that was passed last.
    pub(crate) fn paid(&self) -> Paid {
        let From::Catalog(under) = &self.from else {
            return Paid::new();
        };
        let rules = under.catalog.rules();
        let name = |(earning, currency): (usize, usize)| {
            (
                rules.earnings[earning].id.clone(),
                rules.currencies[currency].id.clone(),
            )
        };
        self.paid
            .iter()
            .map(|(places, amount)| (name(*places), *amount))
            .collect()
    }

    fn holdings(&self, rules: &Rules) -> Holdings {
        Holdings::of(rules, &self.state).expect(WHOLE)
    }

    /// Folds the timeline up to an instant.
    fn fold(&mut self, catalog: &Catalog, until: Timestamp) {
        self.state = State::empty();
        self.paid.clear();
        let timeline = std::mem::take(&mut self.timeline);
        for event in &timeline {
            self.let_time_pass(catalog, event.at);
            self.step(catalog, event);
        }
        self.timeline = timeline;
        self.let_time_pass(catalog, until);
    }

    fn step(&mut self, catalog: &Catalog, event: &Event) {
        let Step { movements, .. } =
            fold::step(catalog, &mut self.state, event, false).expect(WHOLE);
        for movement in movements {
            if let MovementSource::Earning(earning) = movement.source {
                *self.paid.entry((earning, movement.currency)).or_default() +=
                    i128::from(movement.amount);
            }
        }
    }

    fn let_time_pass(&mut self, catalog: &Catalog, until: Timestamp) {
        while let Some(at) = fold::due(catalog, &self.state, until) {
            self.step(catalog, &fold::moment(self.player, at));
        }
    }
}

/// Folds a timeline into a state, up to an instant.
pub(crate) fn fold_on(
    catalog: &Catalog,
    state: &mut State,
    player: &str,
    timeline: &[Event],
    until: Timestamp,
) {
    for event in timeline {
        pass_time(catalog, state, player, event.at);
        fold::step(catalog, state, event, false).expect(WHOLE);
    }
    pass_time(catalog, state, player, until);
}

/// Folds in the moments up to an instant.
pub(crate) fn pass_time(catalog: &Catalog, state: &mut State, player: &str, until: Timestamp) {
    fold::advance(catalog, state, player, until).expect(WHOLE);
}
