//! In-memory dry run of a backfill for one player (S14). Reads use it for players whose backfill is
//! pending, and plans use it to compare. `batch/passage.rs` is the version that writes.

use std::collections::BTreeMap;
use std::sync::Arc;

use accolade_core::catalog::Catalog;
use accolade_core::catalog::rules::Rules;
use accolade_core::event::Event;
use accolade_core::fold::{self, Holdings, MovementSource, State, Step};
use accolade_core::time::Timestamp;

use crate::batch::kept;
use crate::catalogs::InForce;

const WHOLE: &str = "all cells of the state are loaded";

/// Points that earnings paid a player, by earning id and currency id.
pub(crate) type Paid = BTreeMap<(String, String), i128>;

/// A player in a dry run of a backfill.
pub(crate) struct Passenger<'p> {
    player: &'p str,
    /// Events that count, in order, followed by grandfathering facts that the dry run appends.
    timeline: Vec<Event>,
    /// Number of recorded events, before the appended ones.
    recorded: usize,
    state: State,
    paid: BTreeMap<(usize, usize), i128>,
    from: From,
}

/// Starting point of a backfill.
enum From {
    /// State folded under a catalog.
    Catalog(Arc<InForce>),
    /// Rows of a player whose stored state is unreadable.
    Rows(Holdings),
}

/// Effect of one publication on a player.
pub(crate) struct Passed {
    /// Holdings just before the publication.
    pub(crate) held: Holdings,
    /// Holdings that the new catalog earns.
    pub(crate) earned: Holdings,
    /// Holdings after the publication, including grandfathered ones.
    pub(crate) has: Holdings,
}

impl<'p> Passenger<'p> {
    /// Starts from a state folded under a catalog.
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

    /// Starts from the rows of a player whose stored state is unreadable.
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

    /// Folds a timeline under a catalog and starts from there.
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

    /// Backfills the player over one publication.
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
        // A late catalog must not move the player back in time.
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

    /// Returns the state under the last catalog, and the grandfathering facts added on the way.
    pub(crate) fn into_state(mut self) -> (State, Vec<Event>) {
        let keeps = self.timeline.split_off(self.recorded);
        (self.state, keeps)
    }

    /// Sums the points that earnings paid in the events folded here, under the last catalog.
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

    /// Folds the timeline from the beginning up to an instant.
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

/// Folds further events into a state, up to an instant.
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

/// Processes the timers up to an instant.
pub(crate) fn pass_time(catalog: &Catalog, state: &mut State, player: &str, until: Timestamp) {
    fold::advance(catalog, state, player, until).expect(WHOLE);
}
