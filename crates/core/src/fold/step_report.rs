//! The report of a step: movements of points, failures of rules, and rules that did not apply.

use crate::catalog::rules::RuleRef;
use crate::number::Decimal;
use crate::time::Timestamp;

/// The report of one step.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StepReport {
    /// Movements of points, in order.
    pub movements: Vec<PointsMovement>,
    /// Rules that failed. They did not apply; all others are unaffected.
    pub failures: Vec<RuleFailure>,
    /// Rules that listened but did not apply. Filled only if the step is traced.
    pub skipped: Vec<RuleSkip>,
    /// Updates of counters, in order. Filled only if the step is traced.
    pub counter_updates: Vec<CounterUpdate>,
    /// Points that limits cut off, in order. Filled only if the step is traced.
    pub limit_cuts: Vec<LimitCut>,
    /// The cells that the step touched.
    pub touched: super::state::TouchedCells,
}

/// A movement of points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PointsMovement {
    /// The source; together with the event, it is the identity of the ledger entry (S5).
    pub source: MovementSource,
    /// The position of the currency.
    pub currency: usize,
    /// The number of points; negative if they were deducted.
    pub amount: i64,
}

/// The source of a movement of points.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum MovementSource {
    /// An earning that paid.
    Earning(usize),
    /// An award, given or revoked.
    Award {
        /// The position of the badge.
        badge: usize,
        /// The position of the tier.
        tier: usize,
        /// The key of the award; empty for `once`.
        key: Box<str>,
    },
    /// A manual action.
    Action,
    /// Expiry of points, caused by a timer, or by grandfathering an award whose points had expired.
    Expiry,
}

/// A rule that failed on an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleFailure {
    /// The rule that failed.
    pub rule: RuleRef,
    /// The error message.
    pub message: String,
}

/// A rule that listened but did not apply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSkip {
    /// The rule that was skipped.
    pub rule: RuleRef,
    /// The reason for this.
    pub reason: SkipReason,
    /// The counter in the rule's criterion that did not count the event, if it was a counter.
    pub counter: Option<usize>,
}

/// The update of a counter.
#[derive(Debug, Clone, PartialEq)]
pub struct CounterUpdate {
    /// The position of the counter.
    pub counter: usize,
    /// The key; empty if the counter has no keys.
    pub key: Box<str>,
    /// The contribution of the event; zero if it repeats a value that `distinct` counts once.
    pub added: Decimal,
    /// The value of the counter after the update.
    pub total: Decimal,
    /// True if the event repeats a value that `distinct` counts once.
    pub duplicate: bool,
    /// The number of the period, for counters with a calendar window.
    pub period: Option<i64>,
}

/// Points that a limit cut off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitCut {
    /// The position of the earning.
    pub earning: usize,
    /// The position of the currency.
    pub currency: usize,
    /// The number of points that were not paid.
    pub amount: i64,
}

/// The reason why a rule that listened did not apply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SkipReason {
    /// The condition is false. Contains the part that is false, if a single part decides.
    ConditionFalse(Option<String>),
    /// The event is before the rule's `since`.
    BeforeSince,
    /// The event is at or after the rule's `until`.
    AfterUntil,
    /// The limit for the period is used up.
    LimitReached,
    /// The earning has paid too recently.
    CoolingDown {
        /// Instant from which it can pay again.
        until: Timestamp,
    },
    /// There is nothing left to earn.
    AlreadyEarned,
    /// A revoke blocks the award.
    Revoked,
    /// A required badge is not held.
    Requires(String),
    /// The event counted, and the target is not reached yet.
    NotReached {
        /// The current value.
        current: Decimal,
        /// The value to be reached.
        target: Decimal,
    },
    /// The rule could not be evaluated.
    Error(String),
}

impl std::fmt::Display for SkipReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::ConditionFalse(None) => f.write_str("condition not met"),
            Self::ConditionFalse(Some(part)) => write!(f, "condition not met: {part}"),
            Self::BeforeSince => f.write_str("before the rule's `since`"),
            Self::AfterUntil => f.write_str("not before the rule's `until`"),
            Self::LimitReached => f.write_str("limit for this period reached"),
            Self::CoolingDown { until } => write!(f, "cooling down until {until}"),
            Self::AlreadyEarned => f.write_str("already earned"),
            Self::Revoked => f.write_str("revoked; only a manual award can restore it"),
            Self::Requires(badge) => write!(f, "requires badge `{badge}`"),
            Self::NotReached { current, target } => write!(f, "counted: {current} of {target}"),
            Self::Error(message) => write!(f, "evaluation failed: {message}"),
        }
    }
}

impl SkipReason {
    /// The reason as a code for programs.
    pub fn code(&self) -> SkipCode {
        match self {
            Self::ConditionFalse(_) => SkipCode::ConditionFalse,
            Self::BeforeSince => SkipCode::BeforeSince,
            Self::AfterUntil => SkipCode::AfterUntil,
            Self::LimitReached => SkipCode::LimitReached,
            Self::CoolingDown { .. } => SkipCode::CoolingDown,
            Self::AlreadyEarned => SkipCode::AlreadyEarned,
            Self::Revoked => SkipCode::Revoked,
            Self::Requires(_) => SkipCode::Requires,
            Self::NotReached { .. } => SkipCode::NotReached,
            Self::Error(_) => SkipCode::Error,
        }
    }
}

crate::named_enum! {
    /// The reason why a rule did not apply to an event, or why the event itself does not count.
    #[non_exhaustive]
    pub enum SkipCode {
        /// The condition is false.
        ConditionFalse = "condition_false",
        /// The event is before the rule's `since`.
        BeforeSince = "before_since",
        /// The event is at or after the rule's `until`.
        AfterUntil = "after_until",
        /// The limit for the period is used up.
        LimitReached = "limit_reached",
        /// The earning has paid too recently.
        CoolingDown = "cooling_down",
        /// There is nothing left to earn.
        AlreadyEarned = "already_earned",
        /// A revoke blocks the award.
        Revoked = "revoked",
        /// A required badge is not held.
        Requires = "requires",
        /// The event counted, and the target is not reached yet.
        NotReached = "not_reached",
        /// The rule could not be evaluated.
        Error = "error",
        /// The event was retracted before it arrived (S13).
        Retracted = "retracted",
        /// A retraction names an event that has not arrived yet (S13).
        UnknownEvent = "unknown_event",
        /// The event repeats a value that was counted already.
        Duplicate = "duplicate",
        /// The event left the time window of the criterion.
        OutsideWindow = "outside_window",
        /// The event has another key than the one asked about.
        AnotherKey = "another_key",
        /// The amount that the rule computed is 0.
        NothingToPay = "nothing_to_pay",
        /// The player was reset later.
        Reset = "reset",
        /// Outcomes of a duplicate event were pruned from the feed.
        OutcomesGone = "outcomes_gone",
    }
}
