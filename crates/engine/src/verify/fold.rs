//! Fold of one player for verification and repair.

use accolade_core::catalog::Catalog;
use accolade_core::event::Event;
use accolade_core::fold::{Holdings, Replay, Step, WholeState};
use accolade_core::time::Timestamp;

use crate::batch::sums::Sums;

/// Result of folding a player from the beginning.
pub(crate) struct Folded {
    pub(crate) state: WholeState,
    /// The expected ledger totals.
    pub(crate) sums: Sums,
    /// The expected holdings.
    pub(crate) has: Holdings,
}

impl Folded {
    /// Returns the result of an empty timeline.
    pub(crate) fn nothing() -> Self {
        Self {
            state: WholeState::empty(),
            sums: Sums::default(),
            has: Holdings::default(),
        }
    }

    /// Folds a timeline up to an instant. `look` is called with the state at each instant of
    /// `stops`, which are in order.
    pub(crate) fn of(
        catalog: &Catalog,
        player: &str,
        timeline: &[Event],
        until: Timestamp,
        stops: &[Timestamp],
        mut look: impl FnMut(Timestamp, &WholeState),
    ) -> Self {
        let rules = catalog.rules();
        let mut sums = Sums::default();
        let mut observer =
            |event: &Event, step: Step, _: &WholeState| sums.add_step(rules, event, &step);
        let mut replay = Replay::new(catalog, player);
        let mut stops = stops.iter().copied().peekable();
        for event in timeline {
            // A checkpoint covers all events at its instant, so it is compared only when a later
            // event follows.
            while let Some(stop) = stops.next_if(|stop| *stop < event.at) {
                replay.advance(stop, &mut observer);
                look(stop, replay.state());
            }
            replay.fold(event, &mut observer);
        }
        for stop in stops {
            replay.advance(stop.min(until), &mut observer);
            look(stop, replay.state());
        }
        replay.advance(until, &mut observer);
        let state = replay.into_state();
        let has = state.holdings(rules);
        // Every movement changes the ledger and a balance by the same amount.
        debug_assert!(
            sums.by_currency().iter().all(|(currency, sum)| {
                *sum == has.balances.get(currency).copied().map_or(0, i128::from)
            }),
            "the ledger adds up to the balances"
        );
        Self { state, sums, has }
    }
}
