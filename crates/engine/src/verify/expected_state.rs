//! Fold of one player for verification and repair.

use accolade_core::catalog::Catalog;
use accolade_core::event::Event;
use accolade_core::fold::{Holdings, Replay, StepReport, WholeState};
use accolade_core::time::Timestamp;

use crate::batch::ledger_totals::LedgerTotals;

/// Result of folding a player from the beginning.
pub(crate) struct ExpectedState {
    pub(crate) state: WholeState,
    /// The expected ledger totals.
    pub(crate) ledger: LedgerTotals,
    /// The expected holdings.
    pub(crate) holdings: Holdings,
}

impl ExpectedState {
    /// Returns the result of an empty timeline.
    pub(crate) fn empty() -> Self {
        Self {
            state: WholeState::empty(),
            ledger: LedgerTotals::default(),
            holdings: Holdings::default(),
        }
    }

    /// Folds a timeline up to an instant. `look` is called with the state at each instant of
    /// `stops`, which are in order.
    pub(crate) fn fold_timeline(
        catalog: &Catalog,
        player: &str,
        timeline: &[Event],
        until: Timestamp,
        stops: &[Timestamp],
        mut look: impl FnMut(Timestamp, &WholeState),
    ) -> Self {
        let rules = catalog.rules();
        let mut sums = LedgerTotals::default();
        let mut observer =
            |event: &Event, step: StepReport, _: &WholeState| sums.add_step(rules, event, &step);
        let mut replay = Replay::new(catalog, player);
        let mut stops = stops.iter().copied().peekable();
        for event in timeline {
            // A checkpoint covers all events at its instant, so it is compared only when a later
            // event follows.
            while let Some(stop) = stops.next_if(|stop| *stop < event.at) {
                replay.advance_to(stop, &mut observer);
                look(stop, replay.state());
            }
            replay.fold_event(event, &mut observer);
        }
        for stop in stops {
            replay.advance_to(stop.min(until), &mut observer);
            look(stop, replay.state());
        }
        replay.advance_to(until, &mut observer);
        let state = replay.into_state();
        let has = state.holdings(rules);
        // Every movement changes the ledger and a balance by the same amount.
        debug_assert!(
            sums.total_by_currency().iter().all(|(currency, sum)| {
                *sum == has.balances.get(currency).copied().map_or(0, i128::from)
            }),
            "the ledger adds up to the balances"
        );
        Self {
            state,
            ledger: sums,
            holdings: has,
        }
    }
}
