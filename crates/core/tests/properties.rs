//! Properties of the states that random histories lead to.

use std::collections::{BTreeMap, BTreeSet};

use accolade_core::catalog::Catalog;
use accolade_core::catalog::document::RepeatMode;
use accolade_core::catalog::rules::{BadgeRule, CriterionRuleKind, RuleSet};
use accolade_core::event::Event;
use accolade_core::explain::{
    self, BadgeExplanation, EventStatus, Explanation, ExplanationSubject, TimelineEntry,
};
use accolade_core::fold::{
    self, Cell, CellId, MissingCells, MovementSource, PartialState, Replay, StateHeader,
    StepReport, WholeState,
};
use accolade_core::names::TIMER_EVENT;
use accolade_core::time::{DAY, SECOND, Timestamp};
use accolade_testing::properties::build_config;
use accolade_testing::random::{RandomWorld, after_all, build_timelines, worlds};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

const CASES: u32 = 1_000;

proptest! {
    #![proptest_config(build_config(CASES, CASES, "proptest-regressions/properties.txt"))]

    #[test]
    fn s21_states_and_cells_decode_to_what_was_encoded(world in worlds()) {
        let catalog = catalog(&world);
        for timeline in build_timelines(&world.events) {
            let state = fold::replay_until(&catalog, &timeline, end_instant());
            let bytes = state.encode();
            let read = WholeState::decode(&bytes).expect("the state was encoded");
            prop_assert_eq!(&read.header, &state.header);
            prop_assert_eq!(read.all_cells(), state.all_cells());
            prop_assert_eq!(fold::decode_header(&fold::encode_header(&state.header)), Ok(state.header.clone()));
            for (id, cell) in keyed_cells(&state) {
                prop_assert_eq!(fold::decode_cell(&fold::encode_cell(&cell)), Ok(cell), "the cell at {:?}", id);
            }
        }
    }

    #[test]
    fn s21_cells_loaded_on_demand_fold_like_all_at_once(world in worlds()) {
        let catalog = catalog(&world);
        for timeline in build_timelines(&world.events) {
            let mut whole = WholeState::empty();
            for event in &with_timer_events(&catalog, &timeline) {
                let mut part = PartialState::from_header(whole.header.clone());
                let stored = keyed_cells(&whole);
                let expected = whole.step(&catalog, event, true);
                let step = loop {
                    match part.step(&catalog, event, true) {
                        Ok(step) => break step,
                        Err(missing) => supply_missing(&mut part, &stored, missing),
                    }
                };
                prop_assert_eq!(step, expected, "at {}", event);
                supply_missing(&mut part, &stored, MissingCells::All);
                let part = part.into_whole().expect("every cell was supplied");
                prop_assert_eq!(&part.header, &whole.header, "after {}", event);
                prop_assert_eq!(part.all_cells(), whole.all_cells(), "after {}", event);
            }
        }
    }

    #[test]
    fn s10_the_time_of_reading_does_not_matter(world in worlds(), looks in read_instants()) {
        let catalog = catalog(&world);
        for timeline in build_timelines(&world.events) {
            let expected = fold::replay_until(&catalog, &timeline, end_instant());
            let mut state = WholeState::empty();
            let (mut looks, mut events) = (looks.iter().copied().peekable(), timeline.iter().peekable());
            while looks.peek().is_some() || events.peek().is_some() {
                let first = looks.peek().copied().into_iter().chain(events.peek().map(|event| event.at)).min();
                let look = looks.next_if(|look| Some(*look) == first && events.peek().is_none_or(|event| *look < event.at));
                let at = look.or(first).expect("there is one or the other");
                state.advance_to(&catalog, "ada", at);
                // A timer event without a due timer changes nothing; neither does storing the state
                // in between.
                if look.is_some() && state.header.event_count > 0 {
                    state.step(&catalog, &fold::timer_event("ada", at), false);
                    let bytes = state.encode();
                    state = WholeState::decode(&bytes).expect("the state was encoded");
                }
                if look.is_none() {
                    let event = events.next().expect("it is an event's turn");
                    state.step(&catalog, event, false);
                }
            }
            state.advance_to(&catalog, "ada", end_instant());
            let header = StateHeader { as_of: expected.header.as_of, ..state.header.clone() };
            prop_assert_eq!(&header, &expected.header);
            prop_assert_eq!(state.all_cells(), expected.all_cells());
        }
    }

    #[test]
    fn s10_where_nothing_is_due_time_changes_nothing(world in worlds(), looks in read_instants()) {
        let catalog = catalog(&world);
        for timeline in build_timelines(&world.events) {
            let state = fold::replay(&catalog, &timeline);
            for until in &looks {
                if fold::next_timer(&catalog, &state, *until).is_none() {
                    let later = fold::replay_until(&catalog, &timeline, *until);
                    prop_assert_eq!(&later.header, &state.header, "until {}", until);
                    prop_assert_eq!(later.all_cells(), state.all_cells(), "until {}", until);
                }
            }
        }
    }

    #[test]
    fn s3_judging_and_looking_leave_no_trace(world in worlds()) {
        let catalog = catalog(&world);
        for timeline in build_timelines(&world.events) {
            let mut state = WholeState::empty();
            for event in &with_timer_events(&catalog, &timeline) {
                let before = state.encode();
                let mut act = event.clone();
                act.props.remove(fold::actions::DECISION);
                drop(state.decide(&catalog, &act));
                for badge in 0..catalog.rules().badges.len() {
                    state.badge_progress(&catalog, &event.player, badge, after_all());
                }
                prop_assert_eq!(state.encode(), before, "after judging {}", act);
                state.step(&catalog, event, false);
            }
        }
    }

    #[test]
    fn explanations_agree_with_the_fold(world in worlds()) {
        let catalog = catalog(&world);
        let rules = catalog.rules();
        for timeline in build_timelines(&world.events) {
            let entries = some_retracted(timeline);
            let counts = entries.iter().filter(|entry| entry.status == EventStatus::Counts).map(|entry| &entry.event);
            let mut state = fold::replay_until(&catalog, counts, after_all());
            let why = |subject| explain::explain(&catalog, PLAYER, &entries, &subject, after_all());
            for (index, badge) in rules.badges.iter().enumerate() {
                let held = state.badge_cell(badge.slot).is_some_and(|cell| cell.held_count(None) > 0);
                let explained = badge_of(why(ExplanationSubject::Badge { badge: index, tier: None, key: None }));
                prop_assert_eq!(explained.earned, held, "{}", badge.id);
                let next = state.badge_progress(&catalog, PLAYER, index, after_all());
                let goal = explained.goals.iter().map(|goal| &goal.progress).find(|goal| Some(*goal) == next.as_ref());
                prop_assert!(goal.is_some() || next.is_none(), "{}: {:?} in {:?}", badge.id, next, explained.goals);
                if let (true, Some(last)) = (is_plain_counter(rules, badge), explained.evidence.counted.entries.back())
                    && explained.evidence.counted_since == 0
                {
                    let goal = &explained.goals[0];
                    prop_assert_eq!(last.total.checked_add(goal.manual), Some(goal.progress.current), "{}", badge.id);
                }
            }
            for (name, award) in state.holdings(rules).awards {
                let badge = rules.badge_position(&name.badge).expect("it is the catalog's");
                let tier = rules.badges[badge].tier_position(&name.tier);
                let key = Some(name.key.clone()).filter(|key| !key.is_empty());
                let explained = badge_of(why(ExplanationSubject::Badge { badge, tier, key }));
                prop_assert_eq!(explained.earned, award.is_held(), "{}", name);
                let entry = &explained.awards.entries[0];
                prop_assert_eq!((entry.at, &entry.event), (award.at, &award.event), "{}", name);
            }
            for (index, currency) in rules.currencies.iter().enumerate() {
                let Explanation::Currency(explained) = why(ExplanationSubject::Currency(index)) else { unreachable!() };
                let balance = state.balance(currency.slot);
                prop_assert_eq!(explained.balance, balance);
                prop_assert_eq!(explained.totals.iter().map(|total| total.amount).sum::<i64>(), balance);
                prop_assert_eq!(explained.entries.entries.back().map_or(0, |entry| entry.balance), balance);
                if explained.entries.left_out == 0 {
                    prop_assert_eq!(explained.entries.entries.iter().map(|entry| entry.amount).sum::<i64>(), balance);
                }
            }
            for (index, unlockable) in rules.unlockables.iter().enumerate() {
                let Explanation::Unlockable(explained) = why(ExplanationSubject::Unlockable(index)) else { unreachable!() };
                let last = explained.changes.entries.back().is_some_and(|change| change.opened);
                prop_assert_eq!((explained.open, last), (state.is_open(unlockable.slot), explained.open));
            }
        }
    }
}

const PLAYER: &str = "ada";

/// Marks every fourth event of a timeline as retracted.
fn some_retracted(timeline: Vec<Event>) -> Vec<TimelineEntry> {
    let tell = |(position, event)| {
        let standing = if position % 4 == 3 {
            EventStatus::Retracted { by: "undo".into() }
        } else {
            EventStatus::Counts
        };
        TimelineEntry {
            event,
            status: standing,
        }
    };
    timeline.into_iter().enumerate().map(tell).collect()
}

/// True if a badge reads a single counter without keys and without a window.
fn is_plain_counter(rules: &RuleSet, badge: &BadgeRule) -> bool {
    let Some(CriterionRuleKind::Counter(counter)) =
        badge.tiers[0].criterion.as_ref().map(|node| &node.kind)
    else {
        return false;
    };
    let counter = &rules.counters[*counter];
    badge.repeat != RepeatMode::PerKey && counter.key.is_none() && counter.window.is_none()
}

fn badge_of(explanation: Explanation) -> BadgeExplanation {
    match explanation {
        Explanation::Badge(badge) => badge,
        other => panic!("{other}"),
    }
}

/// Properties of random worlds prove little if the worlds do not exercise the fold.
#[test]
fn random_worlds_reach_every_part_of_the_fold() {
    let mut reached: BTreeMap<String, u32> = BTreeMap::new();
    let mut runner = TestRunner::deterministic();
    let worlds = worlds();
    for _ in 0..CASES {
        let world = worlds
            .new_tree(&mut runner)
            .expect("few catalogs are refused")
            .current();
        for part in exercised_parts(&world) {
            *reached.entry(part).or_default() += 1;
        }
    }
    for part in [
        "once by criterion held",
        "once by manual held",
        "once by criterion taken",
        "once by manual blocked",
        "per-key by criterion held",
        "per-key by criterion taken",
        "again by criterion held",
        "again by criterion taken",
        "unlockable open",
        "unlockable closed",
        "points of an earning",
        "points of an award",
        "points of an action",
        "award and unlockable at once",
        "rule error",
        "window cell",
        "period cell",
        "text cell",
        "temporary held",
        "temporary lapsed",
        "temporary held again",
        "points that expired",
        "window that slid past without an event",
    ] {
        let times = reached.get(part).copied().unwrap_or_default();
        assert!(
            times >= CASES / 100,
            "{part}: in {times} of {CASES} worlds\n{reached:#?}"
        );
    }
}

/// Lists the parts of the fold that a world exercises.
fn exercised_parts(world: &RandomWorld) -> BTreeSet<String> {
    let catalog = catalog(world);
    let rules = catalog.rules();
    let mut parts = BTreeSet::new();
    let mut reach = |part: &str| {
        parts.insert(part.to_owned());
    };
    for timeline in build_timelines(&world.events) {
        let mut state = WholeState::empty();
        for event in &with_timer_events(&catalog, &timeline) {
            let step = state.step(&catalog, event, false);
            if event.name == TIMER_EVENT
                && step
                    .touched
                    .0
                    .keys()
                    .any(|id| rules.counters.iter().any(|it| it.slot == id.slot))
            {
                reach("window that slid past without an event");
            }
            for movement in &step.movements {
                reach(match movement.source {
                    MovementSource::Earning(_) => "points of an earning",
                    MovementSource::Award { .. } => "points of an award",
                    MovementSource::Action => "points of an action",
                    MovementSource::Expiry => "points that expired",
                });
            }
            if !step.failures.is_empty() {
                reach("rule error");
            }
            let opened = step
                .touched
                .0
                .keys()
                .any(|id| rules.unlockables.iter().any(|rule| rule.slot == id.slot));
            let awarded = step
                .touched
                .0
                .keys()
                .any(|id| rules.badges.iter().any(|rule| rule.award_slot == id.slot));
            if opened && awarded {
                reach("award and unlockable at once");
            }
        }
        for (id, cell) in keyed_cells(&state) {
            match cell {
                Cell::Window { .. } => reach("window cell"),
                Cell::Periodic { .. } => reach("period cell"),
                Cell::Text(_) => reach("text cell"),
                Cell::Unlock { open: true, .. } => reach("unlockable open"),
                Cell::Unlock { open: false, .. } => reach("unlockable closed"),
                Cell::Award(award) => {
                    let badge = rules
                        .badges
                        .iter()
                        .find(|badge| badge.award_slot == id.slot)
                        .expect("awards are of badges");
                    match (badge.temporary, award.is_held(), award.lapsed) {
                        (true, true, _) if !award.holding_intervals.is_empty() => {
                            reach("temporary held again")
                        }
                        (true, true, _) => reach("temporary held"),
                        (true, false, true) => reach("temporary lapsed"),
                        _ => {}
                    }
                    let repeat = match badge.repeat {
                        RepeatMode::Once => "once",
                        RepeatMode::PerKey => "per-key",
                        RepeatMode::Again => "again",
                    };
                    let standing = match (award.is_held(), award.blocked) {
                        (true, _) => "held",
                        (false, true) => "blocked",
                        (false, false) => "taken",
                    };
                    reach(&format!("{repeat} by {} {standing}", award.source.as_str()));
                }
                _ => {}
            }
        }
    }
    parts
}

fn catalog(world: &RandomWorld) -> Catalog {
    Catalog::from_toml(&world.toml).expect("the catalog of a world compiles")
}

/// Adds the timer events up to the end to a timeline.
fn with_timer_events(catalog: &Catalog, timeline: &[Event]) -> Vec<Event> {
    let mut all = Vec::new();
    let mut collect = |event: &Event, _: StepReport, _: &WholeState| all.push(event.clone());
    Replay::new(catalog, PLAYER).run(timeline, end_instant(), &mut collect);
    all
}

/// Returns an instant long after all events, at which most timers have fired.
fn end_instant() -> Timestamp {
    after_all().plus_micros(40 * DAY)
}

/// Generates instants, in order, at which a state is read.
fn read_instants() -> impl Strategy<Value = Vec<Timestamp>> {
    prop::collection::vec(-84..48_i64, 0..12).prop_map(|mut hours| {
        hours.sort_unstable();
        hours
            .into_iter()
            .map(|hour| after_all().plus_micros(hour * 60 * 60 * SECOND))
            .collect()
    })
}

/// Lists the cells of a state that are loaded on demand.
fn keyed_cells(state: &WholeState) -> Vec<(CellId, Cell)> {
    let all = state.all_cells();
    all.into_iter()
        .filter(|(id, _)| !id.key.is_empty())
        .map(|(id, cell)| (id, cell.clone()))
        .collect()
}

/// Supplies missing cells, as a store would.
fn supply_missing(state: &mut PartialState, stored: &[(CellId, Cell)], missing: MissingCells) {
    match missing {
        MissingCells::Cell(id) => {
            let cell = stored
                .iter()
                .find(|(other, _)| *other == id)
                .map(|(_, cell)| cell.clone());
            state.supply_cell(id, cell);
        }
        MissingCells::Slot(slot) => {
            state.supply_slot(
                slot,
                stored.iter().filter(|(id, _)| id.slot == slot).cloned(),
            );
        }
        MissingCells::All => state.supply_all(stored.iter().cloned()),
    }
}
