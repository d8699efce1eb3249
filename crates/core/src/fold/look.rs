//! A look at a whole state at an instant: what criteria come to, key by key. Nothing of the state changes.

use super::cell::{Award, Cell, CellId};
use super::judge::counters_in;
use super::state::State;
use super::step::Turn;
use crate::catalog::Catalog;
use crate::catalog::rules::{BadgeRule, Node, Slot};
use crate::event::Event;
use crate::number::Decimal;
use crate::time::{Calendar, Timestamp};
use crate::value::Props;

/// Why nothing can be missing.
const WHOLE: &str = "whoever looks at a state has all of its cells at hand";

/// Looks at a state, which must be whole.
pub(crate) fn look<R>(
    catalog: &Catalog,
    state: &mut State,
    player: &str,
    now: Timestamp,
    read: impl FnOnce(&mut Look<'_, '_>) -> R,
) -> R {
    let moment = moment(player, now);
    let mut turn = Turn::new(catalog, state, &moment, false);
    read(&mut Look(&mut turn))
}

/// An event at which nothing happens.
pub(super) fn moment(player: &str, now: Timestamp) -> Event {
    let (id, name) = (String::new(), String::new());
    Event {
        id,
        player: player.to_owned(),
        name,
        at: now,
        order: 0,
        props: Props::default(),
    }
}

/// A state at an instant. What windows let go of when they are read is put back after each reading.
pub(crate) struct Look<'t, 'a>(&'t mut Turn<'a>);

impl Look<'_, '_> {
    /// The current value of a criterion, for a key where it has keys; `offset` is what `progress` acts added.
    pub(crate) fn value(&mut self, node: &Node, key: &str, offset: Decimal) -> Decimal {
        let value = self.0.value(node, key, offset).expect(WHOLE);
        self.0.state.roll_back();
        value
    }

    /// Where a criterion stands: its nearest key where it asks for some key, the current value and the target.
    pub(crate) fn standing(
        &mut self,
        node: &Node,
        offset: Decimal,
    ) -> (Option<String>, Decimal, Decimal) {
        let standing = self.0.standing(node, offset).expect(WHOLE);
        self.0.state.roll_back();
        standing
    }

    /// What `progress` acts added to a badge, or to one of its keys.
    pub(crate) fn offset(&self, badge: &BadgeRule, key: &str) -> Decimal {
        self.0.offset(badge, key).expect(WHOLE)
    }

    /// The keys that a badge with keys has seen in events or acts, in order.
    pub(crate) fn keys_of(&self, badge: usize) -> Vec<Box<str>> {
        self.0.keys_of(badge).expect(WHOLE)
    }

    /// The keys that the counters of a criterion have seen, in order.
    pub(crate) fn keys_in(&self, node: &Node) -> Vec<Box<str>> {
        let mut counters = Vec::new();
        counters_in(node, &mut counters);
        let mut keys: Vec<Box<str>> = counters
            .into_iter()
            .flat_map(|counter| self.keys_at(self.0.rules.counters[counter].slot))
            .collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// The keys of the cells in a slot, in order.
    pub(crate) fn keys_at(&self, slot: Slot) -> Vec<Box<str>> {
        let cells = self.0.state.slot(slot).expect(WHOLE);
        cells
            .into_iter()
            .map(|(id, _)| id.key.clone())
            .filter(|key| !key.contains('\0'))
            .collect()
    }

    /// The particulars of an award.
    pub(crate) fn award(&self, badge: &BadgeRule, tier: usize, key: &str) -> Option<&Award> {
        match self
            .0
            .state
            .peek(&CellId::award(badge.award_slot, &badge.tiers[tier].id, key))
        {
            Some(Cell::Award(award)) => Some(award),
            _ => None,
        }
    }

    /// Whether any award of a badge is held.
    pub(crate) fn holds(&self, badge: &BadgeRule) -> bool {
        self.0
            .state
            .badge(badge.slot)
            .is_some_and(|cell| cell.count(None) > 0)
    }

    /// How often the target of a badge that is earned again and again was reached.
    pub(crate) fn reached(&self, badge: &BadgeRule) -> u64 {
        self.0
            .state
            .badge(badge.slot)
            .map_or(0, |cell| cell.reached)
    }

    /// The number of the calendar period that the instant lies in.
    pub(crate) fn period(&self, calendar: Calendar, player_zone: bool) -> i64 {
        self.0.period(calendar, player_zone)
    }

    /// The instant.
    pub(crate) fn now(&self) -> Timestamp {
        self.0.at
    }
}
