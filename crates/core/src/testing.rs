//! Runs the tests of a catalog: folds a history of events and compares the result with
//! expectations.

use std::collections::BTreeMap;

use crate::catalog::Catalog;
use crate::catalog::document::{
    ExpectationDocument, Spanned, SpannedString, TestDocument, TestEventDocument,
};
use crate::event::Event;
use crate::fold::{self, AwardCell, Cell, CellId, PlayerState, Refusal, Replay, WholeState};
use crate::time::{SECOND, Timestamp};

/// The default time of a test's first event: 2026-01-01T00:00:00Z.
// Fixed, so that the result of a test does not depend on the time at which it runs.
const START_MICROS: i64 = 1_767_225_600 * SECOND;
/// The maximum number of events in one test, including repeated ones.
const MAX_EVENTS: usize = 100_000;

/// The result of a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestResult {
    /// The name of the test.
    pub name: String,
    /// The location of the test in the document.
    pub span: std::ops::Range<usize>,
    /// The failures; empty if the test passed.
    pub failures: Vec<ExpectationFailure>,
}

/// An expectation that was not met, or an event that was rejected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectationFailure {
    /// The location of the expectation or the event in the document.
    pub span: std::ops::Range<usize>,
    /// The expected and the actual state.
    pub message: String,
}

impl Catalog {
    /// Runs the tests of the catalog.
    ///
    /// ```
    /// use accolade_core::catalog::Catalog;
    ///
    /// let catalog = Catalog::from_toml(r#"
    ///     [[badge]]
    ///     id = "first-words"
    ///     criterion = { count = "comment.posted" }
    ///
    ///     [[test]]
    ///     name = "one comment is enough"
    ///     given = [{ player = "ada", name = "comment.posted" }]
    ///     expect = { ada = { badges = ["first-words"] } }
    /// "#).unwrap();
    /// assert!(catalog.run_tests().iter().all(|test| test.failures.is_empty()));
    /// ```
    pub fn run_tests(&self) -> Vec<TestResult> {
        self.document()
            .tests
            .iter()
            .map(|test| self.run_test(test))
            .collect()
    }

    fn run_test(&self, test: &TestDocument) -> TestResult {
        let mut failures = Vec::new();
        let mut states = BTreeMap::new();
        // Players do not affect each other, so each timeline is folded alone.
        for (player, timeline) in build_timelines(test, &mut failures) {
            let mut state = self.fold_history(timeline, &mut failures);
            if let Some(now) = &test.now {
                self.advance_clock(&player, &mut state, now, &mut failures);
            }
            states.insert(player, state);
        }
        for (player, expectation) in &test.expected {
            // Expectations may name players without events.
            let mut state = states
                .remove(&player.value)
                .unwrap_or_else(WholeState::empty);
            let now = test
                .now
                .as_ref()
                .map(|now| now.value)
                .or(state.header.as_of)
                .unwrap_or_else(start_time);
            self.check_expectation(&player.value, &state, expectation, &mut failures);
            self.check_progress(&player.value, &mut state, now, expectation, &mut failures);
        }
        TestResult {
            name: test.name.value.clone(),
            span: test.span.clone(),
            failures,
        }
    }

    /// Folds the history of one player. Decides each action when its turn comes, as the engine
    /// does.
    fn fold_history(
        &self,
        timeline: Vec<(Event, &TestEventDocument)>,
        failures: &mut Vec<ExpectationFailure>,
    ) -> WholeState {
        let player = timeline.first().map(|(event, _)| event.player.clone());
        let mut replay = Replay::new(self, player.as_deref().unwrap_or_default());
        for (mut event, line) in timeline {
            // An action is judged with all timers up to its instant processed (S3).
            replay.advance_to(event.at, &mut ());
            if fold::actions::NAMES.contains(&event.name.as_str()) {
                match replay.state_mut().decide(self, &event) {
                    Ok(props) => event.props = props,
                    // Awarding twice is a duplicate, not a mistake in the test.
                    Err(Refusal::AlreadyHeld { .. }) => continue,
                    // A refused action is not recorded (S3), so it is not folded.
                    Err(refusal) => {
                        let message =
                            format!("the action `{}` was rejected: {refusal}", event.name);
                        failures.push(ExpectationFailure {
                            span: line.span.clone(),
                            message,
                        });
                        continue;
                    }
                }
            }
            replay.fold_event(&event, &mut ());
        }
        replay.into_state()
    }

    /// Advances time to the end of a test.
    fn advance_clock(
        &self,
        player: &str,
        state: &mut WholeState,
        now: &Spanned<Timestamp>,
        failures: &mut Vec<ExpectationFailure>,
    ) {
        if let Some(last) = state
            .header
            .last_position
            .as_ref()
            .filter(|last| now.value < last.at)
        {
            let message = format!(
                "`now` ({}) is before the last event of {player} ({})",
                now.value, last.at
            );
            failures.push(ExpectationFailure {
                span: now.span.clone(),
                message,
            });
        }
        state.advance_to(self, player, now.value);
    }

    fn check_expectation(
        &self,
        player: &str,
        state: &PlayerState,
        expected: &ExpectationDocument,
        failures: &mut Vec<ExpectationFailure>,
    ) {
        for (badges, wanted) in [(&expected.badges, true), (&expected.without, false)] {
            for award in badges {
                match self.is_award_held(state, &award.value) {
                    Ok(held) if held == wanted => {}
                    Ok(true) => failures.push(failure_at(
                        award,
                        format!("{player} holds `{}`", award.value),
                    )),
                    Ok(false) => failures.push(failure_at(
                        award,
                        format!("{player} does not hold `{}`", award.value),
                    )),
                    Err(message) => failures.push(failure_at(award, message)),
                }
            }
        }
        for (currency, wanted) in &expected.points {
            match self.rules().currency_position(&currency.value) {
                None => failures.push(failure_at(
                    currency,
                    format!("there is no currency `{}`", currency.value),
                )),
                Some(position) => {
                    let balance = state.balance(self.rules().currencies[position].slot);
                    if balance != wanted.value {
                        let message = format!(
                            "{player} has {balance} {}, expected {}",
                            currency.value, wanted.value
                        );
                        failures.push(ExpectationFailure {
                            span: wanted.span.clone(),
                            message,
                        });
                    }
                }
            }
        }
        for (unlockables, wanted) in [(&expected.unlocked, true), (&expected.locked, false)] {
            for unlockable in unlockables {
                match self.rules().unlockable_position(&unlockable.value) {
                    None => failures.push(failure_at(
                        unlockable,
                        format!("there is no unlockable `{}`", unlockable.value),
                    )),
                    Some(position)
                        if state.is_open(self.rules().unlockables[position].slot) != wanted =>
                    {
                        let is = if wanted { "closed" } else { "open" };
                        failures.push(failure_at(
                            unlockable,
                            format!("`{}` is {is} for {player}", unlockable.value),
                        ));
                    }
                    Some(_) => {}
                }
            }
        }
    }

    fn check_progress(
        &self,
        player: &str,
        state: &mut WholeState,
        now: Timestamp,
        expected: &ExpectationDocument,
        failures: &mut Vec<ExpectationFailure>,
    ) {
        for (badge, wanted) in &expected.progress {
            let Some(position) = self.rules().badge_position(&badge.value) else {
                failures.push(failure_at(
                    badge,
                    format!("there is no badge `{}`", badge.value),
                ));
                continue;
            };
            let progress = state.badge_progress(self, player, position, now);
            let current = progress.map(|progress| progress.current);
            if current != Some(wanted.value) {
                let actual = current.map_or_else(|| "complete".to_owned(), |now| now.to_string());
                let message = format!(
                    "the progress of {player} on `{}` is {actual}, expected {}",
                    badge.value, wanted.value
                );
                failures.push(ExpectationFailure {
                    span: wanted.span.clone(),
                    message,
                });
            }
        }
    }

    /// True if an award written as `badge`, `badge:tier`, `badge@key` or `badge:tier@key` is held.
    /// Without a tier or a key, any one counts.
    fn is_award_held(&self, state: &PlayerState, award: &str) -> Result<bool, String> {
        // At the first `@`, because a key may contain `@` and `:`, and an id neither.
        let (rest, key) = award
            .split_once('@')
            .map_or((award, None), |(rest, key)| (rest, Some(key)));
        let (id, tier) = rest
            .split_once(':')
            .map_or((rest, None), |(id, tier)| (id, Some(tier)));
        let position = self
            .rules()
            .badge_position(id)
            .ok_or_else(|| format!("there is no badge `{id}`"))?;
        let badge = &self.rules().badges[position];
        let tiers: Vec<usize> = match tier {
            None => (0..badge.tiers.len()).collect(),
            Some(tier) => vec![
                badge
                    .tier_position(tier)
                    .ok_or_else(|| format!("`{id}` has no tier `{tier}`"))?,
            ],
        };
        let Some(held) = state.badge_cell(badge.slot) else {
            return Ok(false);
        };
        Ok(tiers.into_iter().any(|tier| match key {
            None => held.held_count(Some(tier)) > 0,
            Some(key) => {
                let place = CellId::for_award(badge.award_slot, &badge.tiers[tier].id, key);
                matches!(state.peek_cell(&place), Some(Cell::Award(award)) if AwardCell::is_held(award))
            }
        }))
    }
}

/// Builds the history of each player, in timeline order.
fn build_timelines<'t>(
    test: &'t TestDocument,
    failures: &mut Vec<ExpectationFailure>,
) -> BTreeMap<String, Vec<(Event, &'t TestEventDocument)>> {
    let mut timelines: BTreeMap<String, Vec<(Event, &TestEventDocument)>> = BTreeMap::new();
    // One second early, because the first line adds a second.
    let mut clock = start_time().plus_micros(-SECOND);
    let mut made = 0_usize;
    for (position, line) in test.given.iter().enumerate() {
        for time in 0..line.repeat {
            made += 1;
            // Checked for each event, because the lines together can ask for billions.
            if made > MAX_EVENTS {
                let message = format!("the test has more than {MAX_EVENTS} events");
                failures.push(ExpectationFailure {
                    span: line.span.clone(),
                    message,
                });
                return timelines;
            }
            clock = match &line.at {
                Some(at) if time == 0 => at.value,
                _ if time == 0 => clock.plus_micros(SECOND),
                _ => clock.plus_micros(line.every.unwrap_or(SECOND)),
            };
            let event = build_event(line, position, time, clock);
            timelines
                .entry(event.player.clone())
                .or_default()
                .push((event, line));
        }
    }
    // Lines may be out of order in time, and the fold needs timeline order (S1).
    for timeline in timelines.values_mut() {
        timeline.sort_by_cached_key(|(event, _)| event.position());
    }
    timelines
}

fn build_event(line: &TestEventDocument, position: usize, time: u32, at: Timestamp) -> Event {
    let id = match &line.id {
        Some(id) if line.repeat == 1 => id.value.clone(),
        // Ids are unique for a player (S12), so each repetition gets its own.
        Some(id) => format!("{}-{time}", id.value),
        // Padded, so that ids at the same instant sort in the order of the text.
        None => format!("{position:06}-{time:06}"),
    };
    let (player, name) = (line.player.value.clone(), line.name.value.clone());
    Event {
        id,
        player,
        name,
        at,
        order: 0,
        props: line.props.clone(),
    }
}

fn start_time() -> Timestamp {
    Timestamp::from_micros(START_MICROS).expect("the beginning of 2026 is in range")
}

fn failure_at(text: &SpannedString, message: String) -> ExpectationFailure {
    ExpectationFailure {
        span: text.span.clone(),
        message,
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::Catalog;

    #[test]
    fn s10_the_clock_of_a_test_advances_to_its_now() {
        let failures = |now: &str| {
            let source = format!(
                r#"
                [[currency]]
                id = "xp"
                expires = "10d"

                [[earning]]
                id = "visit"
                on = "visit"
                points = {{ xp = 5 }}

                [[badge]]
                id = "regular"
                temporary = true
                criterion = {{ count = "visit", within = "7d", at_least = 2 }}

                [[test]]
                name = "t"
                given = [{{ player = "ada", name = "visit", at = 2026-03-01T10:00:00Z, repeat = 2, every = "1d" }}]
                {now}
                expect = {{ ada = {{ badges = ["regular"], points = {{ xp = 10 }}, progress = {{ regular = 0 }} }} }}
                "#
            );
            let catalog = Catalog::from_toml(&source).unwrap_or_else(|errors| panic!("{errors}"));
            let tests = catalog.run_tests();
            tests[0]
                .failures
                .iter()
                .map(|failure| failure.message.clone())
                .collect::<Vec<_>>()
        };
        let done = "the progress of ada on `regular` is complete, expected 0";
        let lapsed = "ada does not hold `regular`";
        let is_at = |at: i64| format!("the progress of ada on `regular` is {at}, expected 0");
        assert_eq!(failures(""), [done]);
        assert_eq!(failures("now = 2026-03-08T09:59:59Z"), [done]);
        assert_eq!(
            failures("now = 2026-03-08T10:00:00Z"),
            [lapsed.to_owned(), is_at(1)]
        );
        assert_eq!(
            failures("now = 2026-03-11T10:00:00Z"),
            [lapsed, "ada has 5 xp, expected 10"]
        );
        let early = failures("now = 2026-03-01T10:00:00Z");
        assert!(
            early[0].starts_with("`now` (2026-03-01T10:00:00Z) is before the last event of ada"),
            "{early:?}"
        );
    }
}
