//! A catalog after compilation: rules with their references resolved, and the dependencies that
//! decide what is evaluated after a change.

use jiff::tz::TimeZone;
use rustc_hash::FxHashMap;

pub use super::former_ids::FormerIds;

use super::art::BadgeArt;
use super::document::{LimitPeriod, RepeatMode, Visibility};
use super::key_template::KeyRule;
use crate::expr::Expression;
use crate::number::Decimal;
use crate::time::{CalendarUnit, TimeWindow, Timestamp};

/// The number of a group of cells in the state of each player. The compiler assigns it; it is only
/// valid for one catalog.
pub type CellSlot = u32;

/// The display texts of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RuleDisplay {
    /// The display name.
    pub name: String,
    /// A description of one sentence; empty when absent.
    pub description: String,
    /// The id of its category.
    pub category: Option<String>,
}

/// A kind of points.
#[derive(Debug)]
pub struct CurrencyRule {
    /// The id from the catalog.
    pub id: String,
    /// The display texts.
    pub display: RuleDisplay,
    /// An image or a symbol.
    pub icon: Option<String>,
    /// The slot of the balance.
    pub slot: CellSlot,
    /// The expiry of points; absent if they never expire.
    pub expiry: Option<ExpiryRule>,
    /// The rules to evaluate after a change of the balance.
    pub dependents: Vec<DependentRule>,
}

/// The expiry of a currency's points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExpiryRule {
    /// The slot of the lots: earned and unspent points by the instant at which they expire.
    pub slot: CellSlot,
    /// The lifetime of points: a duration, or the rest of the calendar period in which they were
    /// earned.
    pub lifetime: TimeWindow,
}

/// A category that groups rules.
#[derive(Debug)]
pub struct CategoryRule {
    /// The id from the catalog.
    pub id: String,
    /// The display texts.
    pub display: RuleDisplay,
}

crate::named_enum! {
    /// The kind of a rule.
    #[non_exhaustive]
    pub enum RuleKind {
        /// A badge.
        Badge = "badge",
        /// An earning.
        Earning = "earning",
        /// An unlockable.
        Unlockable = "unlockable",
    }
}

/// A reference to a rule by its position, for errors and receipts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RuleRef {
    /// The position of an earning.
    Earning(usize),
    /// The position of a badge.
    Badge(usize),
    /// The position of an unlockable.
    Unlockable(usize),
}

/// A rule or criterion to evaluate after a change, by its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DependentRule {
    /// A badge without keys.
    Badge(usize),
    /// A badge that is evaluated for the key of the change.
    KeyedBadge(usize),
    /// A keyed criterion, which is evaluated for the key of the change.
    KeyedCriterion(usize),
    /// An unlockable.
    Unlockable(usize),
}

/// The range of time in which a rule applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TimeBounds {
    /// The first instant, inclusive.
    pub since: Option<Timestamp>,
    /// The end, exclusive.
    pub until: Option<Timestamp>,
}

impl TimeBounds {
    /// True if the range contains the instant.
    pub fn contains(&self, at: Timestamp) -> bool {
        // Half-open (S10), so that a rule can begin at the instant at which another one ends.
        self.since.is_none_or(|since| since <= at) && self.until.is_none_or(|until| at < until)
    }
}

/// An aggregate over events. Rules that need the same aggregate share one counter (S9).
#[derive(Debug)]
pub struct CounterRule {
    /// A canonical text of everything that affects its value.
    pub address: String,
    /// The slot of its cells.
    pub slot: CellSlot,
    /// The names of the events that it counts.
    pub events: Vec<String>,
    /// A condition that the events must meet.
    pub condition: Option<Expression>,
    /// The computation.
    pub operator: CounterOperator,
    /// The expression that yields the key of an event, if it counts by key.
    pub key: Option<Expression>,
    /// The window of time that it aggregates.
    pub window: Option<TimeWindow>,
    /// True if calendar windows follow the player's time zone.
    pub player_zone: bool,
    /// The range of time in which events count.
    pub bounds: TimeBounds,
    /// True if rules must be evaluated when time alone changes its value, so that its window needs
    /// a timer.
    pub needs_timer: bool,
    /// The rules to evaluate after a change of its value.
    pub dependents: Vec<DependentRule>,
    /// The rules that read it, directly or through a keyed criterion.
    pub owners: Vec<RuleRef>,
}

/// The computation of a counter.
#[derive(Debug)]
pub enum CounterOperator {
    /// The number of events.
    Count,
    /// The sum of an expression.
    Sum(Expression),
    /// The greatest value of an expression.
    Max(Expression),
    /// The last value of an expression, in timeline order.
    Latest(Expression),
    /// The number of distinct values of an expression.
    Distinct(Expression),
}

/// A criterion. It holds when its value is at least its target.
#[derive(Debug, PartialEq)]
pub struct CriterionRule {
    /// The least value for which it holds.
    pub target: Decimal,
    /// The source of the value.
    pub kind: CriterionRuleKind,
}

/// The source of a criterion's value.
#[derive(Debug, PartialEq)]
pub enum CriterionRuleKind {
    /// The value of a counter; of the key being evaluated if it counts by key.
    Counter(usize),
    /// An aggregate over the keys for which a criterion holds.
    KeyAggregate(usize),
    /// The number of awards held of a badge, or of one of its tiers.
    HeldAwards {
        /// The position of the badge.
        badge: usize,
        /// The position of the tier; all tiers when absent.
        tier: Option<usize>,
    },
    /// The balance of a currency.
    Balance(usize),
    /// 1 if the unlockable is open, otherwise 0.
    Unlocked(usize),
    /// Complete units of time since the player joined.
    Age(CalendarUnit),
    /// 0; only `progress` actions add to it.
    Manual,
    /// The number of these criteria that hold.
    SomeOf(Vec<CriterionRule>),
    /// 1 if the criterion does not hold, otherwise 0.
    Not(Box<CriterionRule>),
}

/// A criterion that is evaluated for each key.
#[derive(Debug)]
pub struct KeyedCriterion {
    /// A canonical text of everything that affects the keys for which it holds.
    pub address: String,
    /// The slot of the keys for which it holds; the empty key stores their number.
    pub slot: CellSlot,
    /// The criterion.
    pub criterion: CriterionRule,
    /// The aggregates that range over its keys.
    pub aggregates: Vec<usize>,
    /// The rules to evaluate after a change of the number of keys.
    pub dependents: Vec<DependentRule>,
}

/// An aggregate over the keys for which a criterion holds.
#[derive(Debug)]
pub struct KeyAggregate {
    /// A canonical text of everything that affects its value.
    pub address: String,
    /// The slot of its cells.
    pub slot: CellSlot,
    /// The position of the keyed criterion.
    pub keyed_criterion: usize,
    /// The computation.
    pub operator: KeyOperator,
    /// The rules that read it.
    pub owners: Vec<RuleRef>,
}

/// The computation of an aggregate over keys.
#[derive(Debug)]
pub enum KeyOperator {
    /// The number of keys.
    Count,
    /// The sum of an expression, evaluated on the events that made the criterion hold for the keys.
    Sum(Expression),
    /// The number of distinct values of such an expression.
    Distinct(Expression),
}

/// The maximum that earnings pay in a period.
#[derive(Debug)]
pub struct LimitRule {
    /// A canonical text of its name, the limited quantity and the period.
    pub address: String,
    /// The first of its slots, one for each currency.
    pub slot: CellSlot,
    /// The limited quantity and its maximum.
    pub maximum: LimitMaximum,
    /// The period to which the maximum applies.
    pub per: LimitPeriod,
    /// True if periods follow the player's time zone.
    pub player_zone: bool,
}

/// The quantity that a limit restricts, with its maximum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitMaximum {
    /// Points of each currency.
    Points(i64),
    /// The number of payments.
    Times(i64),
}

/// A rule that turns events into points.
#[derive(Debug)]
pub struct EarningRule {
    /// The id from the catalog.
    pub id: String,
    /// The display texts.
    pub display: RuleDisplay,
    /// A condition that the event must meet.
    pub condition: Option<Expression>,
    /// The amounts by position of the currency, in order.
    pub points: Vec<(usize, AmountRule)>,
    /// The position of its limit.
    pub limit: Option<usize>,
    /// The minimum time between two payments in microseconds, and the slot of the last payment.
    pub cooldown: Option<(i64, CellSlot)>,
    /// The range of time in which events count.
    pub bounds: TimeBounds,
}

/// An amount of points.
#[derive(Debug)]
pub enum AmountRule {
    /// A constant.
    Fixed(i64),
    /// Computed from the event.
    Computed(Expression),
}

/// A badge.
#[derive(Debug)]
pub struct BadgeRule {
    /// The id from the catalog.
    pub id: String,
    /// The display texts.
    pub display: RuleDisplay,
    /// The visibility before it is earned.
    pub visibility: Visibility,
    /// Shown until it is earned.
    pub image_locked: Option<String>,
    /// Shown once it is earned.
    pub image_unlocked: Option<String>,
    /// Shown in place of a secret badge until it is earned.
    pub image_secret: Option<String>,
    /// Choices for the drawn picture.
    pub art: BadgeArt,
    /// The slot of the tiers that are held.
    pub slot: CellSlot,
    /// The slot of the details of each award.
    pub award_slot: CellSlot,
    /// The tiers, lowest first; one unnamed tier for a badge without tiers.
    pub tiers: Vec<TierRule>,
    /// The property that its criterion counts by: `post` for `per = "event.post"`. `None` if it
    /// has no keys or computes them.
    pub key_property: Option<String>,
    /// The number of times that it can be earned.
    pub repeat: RepeatMode,
    /// The test for the next award if `repeat` is `again`.
    pub again_mode: AgainMode,
    /// True if awards are revoked when the criterion no longer holds.
    pub temporary: bool,
    /// True if its criterion is a single number, so that `progress` actions can change it.
    pub has_numeric_criterion: bool,
    /// The positions of badges that must be held first.
    pub requires: Vec<usize>,
    /// The range of time in which it can be earned. A temporary award ends with it.
    pub bounds: TimeBounds,
    /// The rules to evaluate after a change of its awards.
    pub dependents: Vec<DependentRule>,
    /// The position of its badge in code, if it is written in Rust.
    pub code_badge: Option<usize>,
    /// True if only earlier catalogs define it. It is kept for players who hold it (S15).
    pub retired: bool,
}

/// The test for the next award of a badge with `repeat = "again"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgainMode {
    /// The n-th award is due when the value reaches n times the target.
    Multiples,
    /// An award is due each time the criterion starts to hold.
    Edges,
}

/// A tier of a badge.
#[derive(Debug)]
pub struct TierRule {
    /// The id; empty in a badge without tiers.
    pub id: String,
    /// The criterion that earns it; absent if it is only awarded manually or by code.
    pub criterion: Option<CriterionRule>,
    /// Points paid with each award, by position of the currency.
    pub points: Vec<(usize, i64)>,
    /// True if only earlier catalogs define it. It is kept for players who hold it (S15).
    pub retired: bool,
}

/// An unlockable.
#[derive(Debug)]
pub struct UnlockableRule {
    /// The id from the catalog.
    pub id: String,
    /// The display texts.
    pub display: RuleDisplay,
    /// The slot of the open or closed state.
    pub slot: CellSlot,
    /// The slot of the time and the event of the last change.
    pub detail_slot: CellSlot,
    /// The criterion that opens it.
    pub criterion: CriterionRule,
    /// True if it closes again when its criterion no longer holds.
    pub relock: bool,
    /// The range of time in which it can open. With `relock`, it is only open within the range.
    pub bounds: TimeBounds,
    /// The rules to evaluate after it opens or closes.
    pub dependents: Vec<DependentRule>,
    /// True if only earlier catalogs define it. It is kept for players who have unlocked it (S15).
    pub retired: bool,
}

/// The listeners to events of one name, each list sorted.
#[derive(Debug, Default)]
pub struct EventListeners {
    /// The positions of counters.
    pub counters: Vec<usize>,
    /// The positions of earnings.
    pub earnings: Vec<usize>,
    /// The positions of badges that are written in Rust.
    pub code_badges: Vec<usize>,
}

/// An age that a criterion reads.
#[derive(Debug, PartialEq, Eq)]
pub struct AgeRule {
    /// The slot of its timers.
    pub slot: CellSlot,
    /// The unit of time.
    pub unit: CalendarUnit,
    /// The number of units.
    pub target: i64,
    /// True if each multiple of the target counts as well.
    pub counts_multiples: bool,
    /// The rules to evaluate when the age is reached.
    pub dependents: Vec<DependentRule>,
}

/// The purpose of a timer, determined by its slot (S10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TimerPurpose {
    /// Events leave the window of a counter.
    Counter(usize),
    /// Points of a currency expire.
    Lots(usize),
    /// The player reaches an age.
    Age(usize),
    /// The `since` of a badge whose progress a manual action changed before that instant.
    Badge(usize),
}

/// A compiled catalog: everything that the fold needs.
#[derive(Debug)]
pub struct RuleSet {
    /// The time zone of the catalog.
    pub zone: TimeZone,
    /// Currencies, sorted by id.
    pub currencies: Vec<CurrencyRule>,
    /// Categories, sorted by id.
    pub categories: Vec<CategoryRule>,
    /// Labels and links of keys.
    pub keys: Vec<KeyRule>,
    /// Limits: shared ones sorted by id, then those of single earnings.
    pub limits: Vec<LimitRule>,
    /// Earnings, sorted by id.
    pub earnings: Vec<EarningRule>,
    /// Badges, sorted by id; retired ones come last.
    pub badges: Vec<BadgeRule>,
    /// Unlockables, sorted by id; retired ones come last.
    pub unlockables: Vec<UnlockableRule>,
    /// Counters over events.
    pub counters: Vec<CounterRule>,
    /// Criteria that are evaluated for each key.
    pub keyed_criteria: Vec<KeyedCriterion>,
    /// Aggregates over keys.
    pub key_aggregates: Vec<KeyAggregate>,
    /// Former ids of rules (S15).
    pub former_ids: FormerIds,
    /// The listeners by name of the event.
    pub listeners: FxHashMap<String, EventListeners>,
    /// The rules that may hold without any event, to evaluate for a new player.
    pub initial_dependents: Vec<DependentRule>,
    /// The slot of a player's timers.
    pub timer_slot: CellSlot,
    /// The purposes of timers, sorted by slot.
    pub timer_purposes: Vec<(CellSlot, TimerPurpose)>,
    /// Fixed instants, sorted, at which a rule must be evaluated for all players.
    pub fixed_instants: Vec<(Timestamp, DependentRule)>,
    /// The ages that criteria read.
    pub ages: Vec<AgeRule>,
    /// The number of slots.
    pub slot_count: CellSlot,
}

impl RuleSet {
    /// Finds the purpose of the timers in a slot.
    pub fn timer_purpose(&self, slot: CellSlot) -> Option<TimerPurpose> {
        let position = self
            .timer_purposes
            .binary_search_by_key(&slot, |(slot, _)| *slot)
            .ok()?;
        Some(self.timer_purposes[position].1)
    }

    /// The kind and the id of a rule.
    pub fn kind_and_id(&self, rule: RuleRef) -> (RuleKind, &str) {
        match rule {
            RuleRef::Earning(earning) => (RuleKind::Earning, &self.earnings[earning].id),
            RuleRef::Badge(badge) => (RuleKind::Badge, &self.badges[badge].id),
            RuleRef::Unlockable(unlockable) => {
                (RuleKind::Unlockable, &self.unlockables[unlockable].id)
            }
        }
    }
}

impl TierRule {
    /// The id; `None` in a badge without tiers.
    pub fn named_id(&self) -> Option<String> {
        Some(self.id.clone()).filter(|id| !id.is_empty())
    }
}

impl BadgeRule {
    /// The position of a tier.
    pub fn tier_position(&self, id: &str) -> Option<usize> {
        self.tiers.iter().position(|tier| tier.id == id)
    }

    /// The dependent to register for this badge, which is at the given position.
    pub fn to_dependent(&self, position: usize) -> DependentRule {
        match self.repeat {
            RepeatMode::PerKey => DependentRule::KeyedBadge(position),
            RepeatMode::Once | RepeatMode::Again => DependentRule::Badge(position),
        }
    }

    /// True if it has a named tier that is not retired.
    pub fn has_tiers(&self) -> bool {
        self.tiers
            .iter()
            .any(|tier| !tier.retired && !tier.id.is_empty())
    }
}
