//! Checks that a state is correct at every instant, not only right after an event: evaluates
//! criteria from scratch at random instants, and compares the results with what is held.

use accolade_testing::random::{RandomWorld, after_all, build_timelines, worlds};
use proptest::prelude::*;
use proptest::test_runner::Config;

use super::step::StepContext;
use super::*;
use crate::catalog::Catalog;
use crate::catalog::document::RepeatMode;
use crate::catalog::rules::{BadgeRule, CriterionRule, UnlockableRule};
use crate::event::Event;
use crate::number::Decimal;
use crate::time::{SECOND, Timestamp};
use crate::value::Props;

proptest! {
    #![proptest_config(Config { cases: 500, max_local_rejects: 10_000, failure_persistence: None, ..Config::default() })]

    #[test]
    fn s10_holdings_match_their_criteria_at_every_instant(world in worlds(), minutes in prop::collection::vec(-6_000..6_000_i64, 30)) {
        let catalog = Catalog::from_toml(&world.toml).expect("the catalog of a world compiles");
        let mut looks: Vec<Timestamp> =
            minutes.iter().map(|minute| own_time(after_all().as_micros()).plus_micros(minute * 60 * SECOND)).collect();
        looks.sort_unstable();
        for timeline in own_timelines(&world) {
            let mut state = WholeState::empty();
            let mut events = timeline.iter().peekable();
            for look in &looks {
                while let Some(event) = events.next_if(|event| event.at <= *look) {
                    state.advance_to(&catalog, &event.player, event.at);
                    state.step(&catalog, event, false);
                }
                state.advance_to(&catalog, "", *look);
                if state.header.event_count > 0 {
                    let wrong = find_mismatches(&catalog, &mut state, *look);
                    prop_assert!(wrong.is_empty(), "at {}: {:#?}", look, wrong);
                }
            }
        }
    }
}

/// Builds the timelines of a world in the types of this build.
// The worlds come from the library as other crates see it, whose types differ from those of its own
// unit tests.
fn own_timelines(world: &RandomWorld) -> impl Iterator<Item = Vec<Event>> {
    build_timelines(&world.events).map(|timeline| {
        let events = timeline.into_iter().map(|event| Event {
            id: event.id,
            player: event.player,
            name: event.name,
            at: own_time(event.at.as_micros()),
            order: event.order,
            props: Props::from_json(event.props.to_json().as_bytes()).expect("it is an object"),
        });
        events.collect()
    })
}

fn own_time(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros).expect("it is a valid time")
}

/// Lists holdings whose criterion does not hold, and missing holdings whose criterion holds.
fn find_mismatches(catalog: &Catalog, state: &mut WholeState, at: Timestamp) -> Vec<String> {
    let look = timer_event("", at);
    let mut turn = StepContext::new(catalog, state.state_mut(), &look, false);
    let mut wrong = Vec::new();
    for (index, badge) in catalog.rules().badges.iter().enumerate() {
        // Other badges depend on what was held before.
        if badge.requires.is_empty() && badge.repeat != RepeatMode::Again {
            turn.check_badge(index, badge, &mut wrong);
        }
    }
    for unlockable in &catalog.rules().unlockables {
        turn.check_unlockable(unlockable, &mut wrong);
    }
    for currency in &catalog.rules().currencies {
        let lots = currency
            .expiry
            .and_then(|expiry| turn.state.header_cell(expiry.slot));
        if let Some(Cell::Window { total, .. }) = lots
            && total.trunc() != Some(turn.state.balance(currency.slot).max(0))
        {
            wrong.push(format!("the lots of {} add up to {total}", currency.id));
        }
    }
    state.state_mut().roll_back();
    wrong
}

impl StepContext<'_> {
    fn check_badge(&mut self, index: usize, badge: &BadgeRule, wrong: &mut Vec<String>) {
        let keys = match badge.repeat {
            RepeatMode::PerKey => self.badge_keys(index).expect("the state is whole"),
            RepeatMode::Once | RepeatMode::Again => vec![Box::default()],
        };
        for key in keys {
            let offset = self
                .progress_offset(badge, &key)
                .expect("the state is whole");
            for tier in &badge.tiers {
                let Some(node) = &tier.criterion else {
                    continue;
                };
                let holds = badge.bounds.contains(self.at) && self.holds_now(node, &key, offset);
                let award =
                    match self
                        .state
                        .peek_cell(&CellId::for_award(badge.award_slot, &tier.id, &key))
                    {
                        Some(Cell::Award(award)) => Some(award),
                        _ => None,
                    };
                let stands = award.is_some_and(|award| award.is_held() || award.blocked);
                let by_hand =
                    award.is_some_and(|award| award.source == AwardSource::Manual || award.blocked);
                // If a `progress` action lifts a badge above its target only when a negative number
                // leaves its window, the badge is evaluated at the next event.
                let is_lifted = offset > Decimal::ZERO;
                if (holds && !stands && !is_lifted)
                    || (badge.temporary && stands && !holds && !by_hand)
                {
                    wrong.push(format!(
                        "{} {} `{key}`: holds: {holds}, {award:?}",
                        badge.id, tier.id
                    ));
                }
            }
        }
    }

    fn check_unlockable(&mut self, unlockable: &UnlockableRule, wrong: &mut Vec<String>) {
        let holds = unlockable.bounds.contains(self.at)
            && self.holds_now(&unlockable.criterion, "", Decimal::ZERO);
        let is_open = self.state.is_open(unlockable.slot);
        if (holds && !is_open) || (unlockable.relock && is_open && !holds) {
            wrong.push(format!(
                "{}: holds: {holds}, open: {is_open}",
                unlockable.id
            ));
        }
    }

    fn holds_now(&mut self, node: &CriterionRule, key: &str, offset: Decimal) -> bool {
        self.criterion_holds(node, key, offset)
            .expect("the state is whole")
    }
}
