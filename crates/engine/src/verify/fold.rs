//! What the fold says of a player.

use accolade_core::catalog::Catalog;
use accolade_core::event::Event;
use accolade_core::fold::{self, Holdings, State};
use accolade_core::time::Timestamp;

use crate::batch::sums::Sums;

const WHOLE: &str = "the state has all of its cells at hand";

/// A player folded anew.
pub(crate) struct Folded {
    pub(crate) state: State,
    /// What the ledger must come to.
    pub(crate) sums: Sums,
    /// What the player has.
    pub(crate) has: Holdings,
}

impl Folded {
    /// What there is without any event.
    pub(crate) fn nothing() -> Self {
        Self {
            state: State::empty(),
            sums: Sums::default(),
            has: Holdings::default(),
        }
    }

    /// Folds a timeline into a state, up to an instant. `look` sees the state at the instants `stops`, which are in order.
    pub(crate) fn of(
        catalog: &Catalog,
        player: &str,
        timeline: &[Event],
        until: Timestamp,
        stops: &[Timestamp],
        mut look: impl FnMut(Timestamp, &State),
    ) -> Self {
        let sums = Sums::default();
                let mut fold = Fold {
            catalog,
            player,
            state: State::empty(),
            sums,
        };
        let mut stops = stops.iter().copied().peekable();
        for event in timeline {
            while let Some(stop) = stops.next_if(|stop| *stop < event.at) {
                fold.pass_time(stop);
                look(stop, &fold.state);
            }
            fold.pass_time(event.at);
            fold.step(event);
        }
        for stop in stops {
            fold.pass_time(stop.min(until));
            look(stop, &fold.state);
        }
        fold.pass_time(until);
        let has = Holdings::of(catalog.rules(), &fold.state).expect(WHOLE);
        Self {
            state: fold.state,
            sums: fold.sums,
            has,
        }
    }
}

struct Fold<'a> {
    catalog: &'a Catalog,
    player: &'a str,
    state: State,
    sums: Sums,
}

impl Fold<'_> {
    fn step(&mut self, event: &Event) {
        let step = fold::step(self.catalog, &mut self.state, event, false).expect(WHOLE);
        self.sums.add_step(self.catalog.rules(), event, &step);
    }

    fn pass_time(&mut self, until: Timestamp) {
        while let Some(at) = fold::due(self.catalog, &self.state, until) {
            self.step(&fold::moment(self.player, at));
        }
    }
}
