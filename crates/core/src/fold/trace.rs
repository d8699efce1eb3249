//! What a step says about itself: the points it moved, the rules that did not pay, and the errors it met.

use super::state::Missing;
use super::step::Turn;
use crate::catalog::rules::{CounterOperator, RuleRef};
use crate::number::Decimal;
use crate::time::{Timestamp, Window};

/// What one event did to a state.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Step {
    /// Points that moved, in order.
    pub movements: Vec<Movement>,
    /// Rules that failed. They did not apply; all others did.
    pub problems: Vec<Problem>,
    /// Rules that listened but did not pay. Filled only when asked for.
    pub skipped: Vec<Skipped>,
    /// What counters took in, in order. Filled only when asked for.
    pub counted: Vec<Counted>,
    /// What limits cut off, in order. Filled only when asked for.
    pub cuts: Vec<Cut>,
    /// The cells that it touched.
    pub touched: super::state::Touched,
}

/// Points that moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    /// What moved them: with the event, the identity of the ledger entry (S5).
    pub source: MovementSource,
    /// Which currency.
    pub currency: usize,
    /// How many; negative where they were taken.
    pub amount: i64,
}

/// What moved points.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum MovementSource {
    /// An earning.
    Earning(usize),
    /// An award, given or taken away.
    Award {
        /// Of which badge.
        badge: usize,
        /// Which tier.
        tier: usize,
        /// Which key.
        key: Box<str>,
    },
    /// An act by hand.
    Act,
    /// Time: points that expired. The moment is the cause.
    Expiry,
}

/// A rule that failed on an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Which.
    pub rule: RuleRef,
    /// What went wrong.
    pub message: String,
}

/// A rule that listened but did not pay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// Which.
    pub rule: RuleRef,
    /// Why.
    pub reason: SkipReason,
    /// The counter of the rule's criterion that the event was brought to, if it was one that passed the event over.
    pub counter: Option<usize>,
}

/// What a counter took in.
#[derive(Debug, Clone, PartialEq)]
pub struct Counted {
    /// Which counter.
    pub counter: usize,
    /// Which of its keys; empty when it has none.
    pub key: Box<str>,
    /// What the event brought. Nothing, where it repeats a value that `distinct` counts once.
    pub added: Decimal,
    /// What the counter came to then.
    pub total: Decimal,
    /// Whether it repeats a value that `distinct` counts once.
    pub duplicate: bool,
    /// The number of the period, in counters with a calendar window.
    pub period: Option<i64>,
}

/// Points that a limit kept from being paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// By which earning they would have been paid.
    pub earning: usize,
    /// Which currency.
    pub currency: usize,
    /// How many.
    pub amount: i64,
}

/// Why a rule that listened did not pay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SkipReason {
    /// Its condition is false; the part that is, where one part alone decides.
    ConditionFalse(Option<String>),
    /// The event lies before the rule's `since`.
    BeforeSince,
    /// The event lies at or after the rule's `until`.
    AfterUntil,
    /// Its limit for the period is used up.
    LimitReached,
    /// It paid too recently.
    CoolingDown {
        /// When it can pay again.
        until: Timestamp,
    },
    /// There is nothing left of it to earn.
    AlreadyEarned,
    /// A revoke blocks it.
    Revoked,
    /// A badge that it requires is not held.
    Requires(String),
    /// It counted, and the target is not reached yet.
    NotReached {
        /// Where it stands.
        current: Decimal,
        /// What must be reached.
        target: Decimal,
    },
    /// It could not be evaluated.
    Error(String),
}

impl std::fmt::Display for SkipReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::ConditionFalse(None) => f.write_str("its condition is false"),
            Self::ConditionFalse(Some(part)) => write!(f, "its condition is false: {part}"),
            Self::BeforeSince => f.write_str("the event lies before its `since`"),
            Self::AfterUntil => f.write_str("the event does not lie before its `until`"),
            Self::LimitReached => f.write_str("its limit for this period is used up"),
            Self::CoolingDown { until } => write!(f, "it is cooling down until {until}"),
            Self::AlreadyEarned => f.write_str("already earned"),
            Self::Revoked => f.write_str("it was revoked; only an award by hand gives it again"),
            Self::Requires(badge) => write!(f, "it requires the badge `{badge}`"),
            Self::NotReached { current, target } => write!(f, "counted: {current} of {target}"),
            Self::Error(message) => write!(f, "it could not be evaluated: {message}"),
        }
    }
}

impl SkipReason {
    /// A word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::ConditionFalse(_) => "condition_false",
            Self::BeforeSince => "before_since",
            Self::AfterUntil => "after_until",
            Self::LimitReached => "limit_reached",
            Self::CoolingDown { .. } => "cooling_down",
            Self::AlreadyEarned => "already_earned",
            Self::Revoked => "revoked",
            Self::Requires(_) => "requires",
            Self::NotReached { .. } => "not_reached",
            Self::Error(_) => "error",
        }
    }
}

impl Turn<'_> {
    /// What a counter comes to before it takes something in; `None` when nobody asks.
    pub(super) fn value_before(
        &mut self,
        counter: usize,
        key: &str,
    ) -> Result<Option<Decimal>, Missing> {
        if self.trace {
            self.counter_value(counter, key).map(Some)
        } else {
            Ok(None)
        }
    }

    /// Notes what a counter took in, if anybody asks.
    pub(super) fn note_counted(
        &mut self,
        index: usize,
        key: &str,
        brought: Decimal,
        before: Option<Decimal>,
    ) -> Result<(), Missing> {
        let Some(before) = before else { return Ok(()) };
        let total = self.counter_value(index, key)?;
        let counter = &self.rules.counters[index];
        let duplicate = matches!(counter.operator, CounterOperator::Distinct(_)) && total == before;
        let added = if duplicate { Decimal::ZERO } else { brought };
        let period = match counter.window {
            Some(Window::Calendar(calendar)) => Some(self.period(calendar, counter.player_zone)),
            _ => None,
        };
        self.out.counted.push(Counted {
            counter: index,
            key: key.into(),
            added,
            total,
            duplicate,
            period,
        });
        Ok(())
    }

    /// Notes what a limit cut off, if anybody asks.
    pub(super) fn note_cut(&mut self, earning: usize, currency: usize, amount: i64) {
        if self.trace && amount != 0 {
            self.out.cuts.push(Cut {
                earning,
                currency,
                amount,
            });
        }
    }
}
