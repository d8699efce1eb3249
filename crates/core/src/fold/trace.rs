//! What a step says about itself: the points it moved, the rules that did not pay, and the errors it met.

use crate::catalog::rules::RuleRef;
use crate::number::Decimal;
use crate::time::Timestamp;

/// What one event did to a state.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Step {
    /// Points that moved, in order.
    pub movements: Vec<Movement>,
    /// Rules that failed. They did not apply; all others did.
    pub problems: Vec<Problem>,
    /// Rules that listened but did not pay. Filled only when asked for.
    pub skipped: Vec<Skipped>,
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
