//! Changes that time alone causes (S10).

mod age;
mod expiry;
mod temporary;
mod windows;

use accolade_core::catalog::Catalog;
use accolade_core::event::Event;
use accolade_core::fold::{self, AwardCell, Cell, CellId, PointsMovement, WholeState};
use accolade_core::time::Timestamp;
use accolade_core::value::Props;

/// A player's timeline under a catalog, folded line by line.
struct Story {
    catalog: Catalog,
    state: WholeState,
    movements: Vec<(Timestamp, PointsMovement)>,
    lines: usize,
}

impl Story {
    fn new(catalog: &str) -> Self {
        let catalog = Catalog::from_toml(catalog).unwrap_or_else(|errors| panic!("{errors}"));
        Self {
            catalog,
            state: WholeState::empty(),
            movements: Vec::new(),
            lines: 0,
        }
    }

    /// Processes timers, then folds an event. Actions are judged first.
    fn event(&mut self, time: &str, name: &str, props: Props) {
        let at = at(time);
        self.advance_to(time);
        self.lines += 1;
        let id = format!("e{}", self.lines);
        let mut event = Event {
            id,
            player: "ada".into(),
            name: name.into(),
            at,
            order: 0,
            props,
        };
        if fold::actions::NAMES.contains(&name) {
            event.props = self.state.decide(&self.catalog, &event).unwrap();
        }
        self.fold(&event);
    }

    /// Processes timers up to an instant.
    fn advance_to(&mut self, time: &str) {
        while let Some(due) = fold::next_timer(&self.catalog, &self.state, at(time)) {
            self.fold(&fold::timer_event("ada", due));
        }
    }

    fn fold(&mut self, event: &Event) {
        let step = self.state.step(&self.catalog, event, false);
        assert_eq!(step.failures, [], "at {}", event.at);
        self.movements.extend(
            step.movements
                .into_iter()
                .map(|movement| (event.at, movement)),
        );
    }

    fn award(&self, badge: &str, tier: &str, key: &str) -> Option<&AwardCell> {
        let rules = self.catalog.rules();
        let slot = rules.badges[rules.badge_position(badge).unwrap()].award_slot;
        match self.state.peek_cell(&CellId::for_award(slot, tier, key)) {
            Some(Cell::Award(award)) => Some(award),
            _ => None,
        }
    }

    fn holds(&self, badge: &str, tier: &str, key: &str) -> bool {
        self.award(badge, tier, key).is_some_and(AwardCell::is_held)
    }

    fn is_open(&self, unlockable: &str) -> bool {
        let rules = self.catalog.rules();
        self.state
            .is_open(rules.unlockables[rules.unlockable_position(unlockable).unwrap()].slot)
    }

    fn balance(&self, currency: &str) -> i64 {
        let rules = self.catalog.rules();
        self.state
            .balance(rules.currencies[rules.currency_position(currency).unwrap()].slot)
    }

    /// Returns the instant of the next timer.
    fn next_timer(&self) -> Option<String> {
        fold::next_timer(&self.catalog, &self.state, Timestamp::LAST).map(|at| at.to_string())
    }
}

fn at(time: &str) -> Timestamp {
    time.parse().unwrap_or_else(|error| panic!("{error}"))
}
