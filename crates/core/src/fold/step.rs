//! Folding one event into a state, generation by generation (S7).

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::cell::{Cell, CellId};
use super::derived_events::DerivedEvent;
use super::effect::Effect;
use super::state::{MissingCells, PlayerState};
use super::step_report::{RuleFailure, RuleSkip, SkipReason, StepReport};
use crate::catalog::Catalog;
use crate::catalog::rules::{DependentRule, RuleRef, RuleSet, TimeBounds};
use crate::event::{Event, RESERVED_PREFIX};
use crate::expr::{EvalEnv, Expression, PlayerView};
use crate::limits;
use crate::names::TIMER_EVENT;
use crate::number::Decimal;
use crate::time::Timestamp;
use crate::value::{Props, Value};

/// Folds one event into a state.
///
/// The event must come after everything that was folded into the state, and the timers up to its
/// instant must have been processed. `trace` records counter updates and the rules that did not
/// apply.
///
/// # Errors
/// [`MissingCells`] names the cells to load first. The state is then unchanged; supply the cells
/// and repeat the call.
pub(super) fn step(
    catalog: &Catalog,
    state: &mut PlayerState,
    event: &Event,
    trace: bool,
) -> Result<StepReport, MissingCells> {
    // A player comes into being with the first event. Without one, time changes nothing.
    if event.name == TIMER_EVENT && state.header.event_count == 0 {
        return Ok(StepReport::default());
    }
    step_atomically(catalog, state, event, trace, |turn| turn.run())
}

/// Applies one event to a state atomically: if a cell is missing, the state is rolled back.
pub(super) fn step_atomically(
    catalog: &Catalog,
    state: &mut PlayerState,
    event: &Event,
    trace: bool,
    run: impl FnOnce(&mut StepContext<'_>) -> Result<(), MissingCells>,
) -> Result<StepReport, MissingCells> {
    debug_assert!(
        state.header.as_of.is_none_or(|as_of| as_of <= event.at),
        "events must be folded in order of time"
    );
    let mut turn = StepContext::new(catalog, state, event, trace);
    match run(&mut turn) {
        Ok(()) => {
            // A generation that is left over would be lost, because the next step begins empty.
            debug_assert!(
                turn.pending_dependents.is_empty()
                    && turn.effects.is_empty()
                    && turn.reserved_points.is_empty(),
                "a step ends with nothing left to evaluate or apply"
            );
            let (mut step, next) = (turn.report, turn.next_timer);
            step.touched = state.take_journal();
            // The ledger is written from the movements, and never from the balances (S5).
            debug_assert!(
                is_balanced(catalog, state, &step),
                "a balance is the sum of its movements"
            );
            let header = &mut state.header;
            header.as_of = Some(event.at);
            header.next_timer = next;
            // Timer events are not recorded, so they are neither counted nor the last event.
            if event.name != TIMER_EVENT {
                header.first_at.get_or_insert(event.at);
                header.event_count += 1;
                header.last_position = Some(event.position());
                if !event.name.starts_with(RESERVED_PREFIX) {
                    header.own_event_count += 1;
                    header.last_seen_at = Some(event.at);
                }
            }
            Ok(step)
        }
        Err(missing) => {
            state.roll_back();
            Err(missing)
        }
    }
}

/// True if the movements of a step add up to the changes of the balances.
fn is_balanced(catalog: &Catalog, state: &PlayerState, step: &StepReport) -> bool {
    let mut currencies = catalog.rules().currencies.iter().enumerate();
    currencies.all(|(position, currency)| {
        let after = state.header_number(currency.slot);
        let before = match step.touched.0.get(&CellId::new(currency.slot, "")) {
            Some(Some(Cell::Number(before))) => *before,
            Some(_) => Decimal::ZERO,
            None => after,
        };
        let moved = step
            .movements
            .iter()
            .filter(|movement| movement.currency == position)
            .map(|movement| Decimal::from_int(movement.amount).as_micros())
            .sum::<i128>();
        before.as_micros() + moved == after.as_micros()
    })
}

/// Something that happened in a generation: the source event, or an effect of a rule.
#[derive(Clone)]
pub(super) struct Occurrence<'a> {
    pub(super) name: &'a str,
    pub(super) props: Cow<'a, Props>,
}

/// The work on one event: the state, the event, and the effects that are still to be applied.
pub(super) struct StepContext<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) rules: &'a RuleSet,
    pub(super) state: &'a mut PlayerState,
    pub(super) event: &'a Event,
    pub(super) at: Timestamp,
    /// Rules that the current generation must evaluate, each with a key.
    pub(super) pending_dependents: Vec<(DependentRule, Box<str>)>,
    /// Effects that the current generation causes.
    pub(super) effects: Vec<Effect>,
    /// Points that those effects will move, by currency. Checked together, so that their sum cannot
    /// overflow a balance.
    pub(super) reserved_points: Vec<(usize, i64)>,
    /// Number of effects in all generations so far.
    pub(super) effect_count: usize,
    /// Instant of the earliest timer.
    pub(super) next_timer: Option<Timestamp>,
    pub(super) report: StepReport,
    pub(super) trace: bool,
    /// The counter that is processing the occurrence.
    pub(super) current_counter: Option<usize>,
}

impl<'a> StepContext<'a> {
    pub(super) fn new(
        catalog: &'a Catalog,
        state: &'a mut PlayerState,
        event: &'a Event,
        trace: bool,
    ) -> Self {
        // A rollback would otherwise undo changes of an earlier step.
        debug_assert!(
            !state.has_open_step(),
            "a step begins when the one before has ended or was rolled back"
        );
        let next = state.header.next_timer;
        Self {
            catalog,
            rules: catalog.rules(),
            state,
            event,
            at: event.at,
            pending_dependents: Vec::new(),
            effects: Vec::new(),
            reserved_points: Vec::new(),
            effect_count: 0,
            next_timer: next,
            report: StepReport::default(),
            trace,
            current_counter: None,
        }
    }

    fn run(&mut self) -> Result<(), MissingCells> {
        // A rule that holds without any event needs an instant at which it begins to hold: that of
        // the first event. Ages count from it, too, unless the profile has another date.
        if self.state.header.event_count == 0 {
            self.mark_initial();
            self.schedule_ages()?;
        }
        let caused = if self.event.name == TIMER_EVENT {
            Some(self.process_timers()?)
        } else {
            self.apply_action()?
        };
        let first = match caused {
            Some(caused) => self.deliver_derived(caused),
            // Actions and timers never get here: rules can only listen to the events that they
            // cause.
            None => vec![Occurrence {
                name: &self.event.name,
                props: Cow::Borrowed(&self.event.props),
            }],
        };
        self.run_generations(first)
    }

    /// Runs generations until one causes nothing: counts, evaluates rules, and applies effects.
    pub(super) fn run_generations(
        &mut self,
        first: Vec<Occurrence<'a>>,
    ) -> Result<(), MissingCells> {
        let mut generation = first;
        // The compiler refuses endless loops of rewards. The bound also stops finite ones that take
        // too long (S25).
        for _ in 0..limits::GENERATIONS {
            if generation.is_empty() && self.pending_dependents.is_empty() {
                return Ok(());
            }
            // All counters count before any rule is evaluated, so that the order of rules within a
            // generation cannot change the result (S7).
            for occurrence in &generation {
                self.update_counters(occurrence)?;
                // Earnings and badges in code read the event and the player, but no counters, so
                // they need not wait for the other occurrences.
                self.apply_earnings(occurrence)?;
                self.call_code_badges(occurrence)?;
            }
            self.evaluate_pending()?;
            let caused = self.apply_effects()?;
            generation = self.deliver_derived(caused);
        }
        self.report_generation_limit(&generation);
        Ok(())
    }

    /// Marks the rules that can hold without any event.
    pub(super) fn mark_initial(&mut self) {
        self.pending_dependents.extend(
            self.rules
                .initial_dependents
                .iter()
                .map(|dependent| (*dependent, Box::default())),
        );
    }

    /// Turns derived events into occurrences, dropping those that no rule listens to.
    fn deliver_derived(&self, caused: Vec<DerivedEvent>) -> Vec<Occurrence<'a>> {
        caused
            .into_iter()
            .filter(|derived| self.rules.listeners.contains_key(derived.name))
            .map(|derived| Occurrence {
                name: derived.name,
                props: Cow::Owned(derived.props),
            })
            .collect()
    }

    /// Reports the rules that would apply after the last allowed generation.
    fn report_generation_limit(&mut self, unheard: &[Occurrence<'_>]) {
        let mut refused = BTreeSet::new();
        for (dependent, _) in std::mem::take(&mut self.pending_dependents) {
            match dependent {
                DependentRule::Badge(badge) | DependentRule::KeyedBadge(badge) => {
                    refused.insert(RuleRef::Badge(badge))
                }
                DependentRule::Unlockable(unlockable) => {
                    refused.insert(RuleRef::Unlockable(unlockable))
                }
                // A criterion per key is not a rule; the rules that read it are marked themselves.
                DependentRule::KeyedCriterion(_) => continue,
            };
        }
        for occurrence in unheard {
            self.collect_listening_rules(occurrence, &mut refused);
        }
        for rule in refused {
            let message = format!(
                "more than {} generations of effects from one event",
                limits::GENERATIONS
            );
            self.record_failure(rule, message);
        }
    }

    /// Collects the rules to which an occurrence would apply.
    fn collect_listening_rules(&self, occurrence: &Occurrence<'_>, rules: &mut BTreeSet<RuleRef>) {
        let Some(listeners) = self.rules.listeners.get(occurrence.name) else {
            return;
        };
        let view = self.state_view();
        let env = view.expression_env(occurrence);
        // A condition that fails counts as applying: the report names too many rules rather than
        // too few.
        let takes = |condition: &Option<Expression>| {
            condition
                .as_ref()
                .is_none_or(|condition| condition.eval_condition(&env) != Ok(false))
        };
        let earnings = listeners
            .earnings
            .iter()
            .filter(|earning| takes(&self.rules.earnings[**earning].condition));
        rules.extend(earnings.map(|earning| RuleRef::Earning(*earning)));
        let counters = listeners
            .counters
            .iter()
            .map(|counter| &self.rules.counters[*counter]);
        rules.extend(
            counters
                .filter(|counter| takes(&counter.condition))
                .flat_map(|counter| &counter.owners),
        );
        rules.extend(
            listeners
                .code_badges
                .iter()
                .map(|badge| RuleRef::Badge(*badge)),
        );
    }

    /// Marks dependents to be evaluated in this generation.
    pub(super) fn mark_dependents(&mut self, dependents: &[DependentRule]) {
        self.pending_dependents.extend(
            dependents
                .iter()
                .map(|dependent| (*dependent, Box::default())),
        );
    }

    /// Records that a rule failed.
    pub(super) fn record_failure(&mut self, rule: RuleRef, message: String) {
        if self.trace {
            self.report.skipped.push(RuleSkip {
                rule,
                reason: SkipReason::Error(message.clone()),
                counter: self.current_counter,
            });
        }
        // Traced or not, because errors are counted and shown (S11, S44).
        self.report.failures.push(RuleFailure { rule, message });
    }

    /// Records that a rule listened but did not apply, if the step is traced.
    pub(super) fn record_skip(&mut self, rule: RuleRef, reason: impl FnOnce() -> SkipReason) {
        if self.trace {
            self.report.skipped.push(RuleSkip {
                rule,
                reason: reason(),
                counter: self.current_counter,
            });
        }
    }

    /// Returns the reason why the instant of the event is out of bounds.
    pub(super) fn bounds_reason(&self, bounds: &TimeBounds) -> SkipReason {
        match bounds.since {
            Some(since) if self.at < since => SkipReason::BeforeSince,
            _ => SkipReason::AfterUntil,
        }
    }

    /// Returns the player as expressions see it.
    pub(super) fn state_view(&self) -> StateView<'_> {
        StateView {
            rules: self.rules,
            state: self.state,
        }
    }
}

/// A player as seen by expressions and badges in code.
pub(super) struct StateView<'a> {
    pub(super) rules: &'a RuleSet,
    pub(super) state: &'a PlayerState,
}

impl StateView<'_> {
    pub(super) fn expression_env<'b>(&'b self, occurrence: &'b Occurrence<'_>) -> EvalEnv<'b> {
        EvalEnv {
            event_name: occurrence.name,
            props: &occurrence.props,
            player: self,
        }
    }
}

impl PlayerView for StateView<'_> {
    fn balance(&self, currency: &str) -> i64 {
        self.rules
            .currency_position(currency)
            .map_or(0, |currency| {
                self.state.balance(self.rules.currencies[currency].slot)
            })
    }

    fn holds_badge(&self, badge: &str) -> bool {
        // The summary in the header suffices, so an expression never has to load a cell.
        let cell = self
            .rules
            .badge_position(badge)
            .and_then(|badge| self.state.badge_cell(self.rules.badges[badge].slot));
        cell.is_some_and(|cell| cell.held_count(None) > 0)
    }

    fn is_unlocked(&self, unlockable: &str) -> bool {
        let position = self.rules.unlockable_position(unlockable);
        position.is_some_and(|position| self.state.is_open(self.rules.unlockables[position].slot))
    }

    fn attribute(&self, name: &str) -> Option<&Value> {
        self.state.header.profile.get(name)
    }
}
