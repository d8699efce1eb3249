//! A catalog after compilation: rules with their references resolved, and who must be judged when something changes.

use jiff::tz::TimeZone;
use rustc_hash::FxHashMap;

pub use super::lookup::FormerIds;

use super::document::{LimitPeriod, Repeat, Visibility};
use crate::expr::Expression;
use crate::number::Decimal;
use crate::time::{Calendar, Timestamp, Window};

/// The number of a cell's row in every player's state. It is given out by the compiler and means something under one
/// catalog only.
pub type Slot = u32;

/// How a definition is shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Display {
    /// How people read it.
    pub name: String,
    /// One sentence about it; empty when there is none.
    pub description: String,
    /// The id of its category.
    pub category: Option<String>,
}

/// A kind of points.
#[derive(Debug)]
pub struct CurrencyRule {
    /// Its id.
    pub id: String,
    /// How it is shown.
    pub display: Display,
    /// A picture or a symbol.
    pub icon: Option<String>,
    /// Where the balance is.
    pub slot: Slot,
    /// When points expire, if they do.
    pub expiry: Option<ExpiryRule>,
    /// Whom a change of the balance concerns.
    pub dependents: Vec<Dependent>,
}

/// When points of a currency expire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExpiryRule {
    /// Where the lots are: what was earned and is not spent, by the instant at which it expires.
    pub slot: Slot,
    /// So long after they were earned, or at the end of the period in which they were.
    pub after: Window,
}

/// A label that groups definitions.
#[derive(Debug)]
pub struct CategoryRule {
    /// Its id.
    pub id: String,
    /// How it is shown.
    pub display: Display,
}

/// A rule, for errors and receipts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RuleRef {
    /// An earning.
    Earning(usize),
    /// A badge.
    Badge(usize),
    /// An unlockable.
    Unlockable(usize),
}

/// Whom a change concerns: what must be judged again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dependent {
    /// A badge.
    Badge(usize),
    /// A badge that is judged for the key of the change.
    KeyedBadge(usize),
    /// A criterion that is judged for the key of the change.
    Keyed(usize),
    /// An unlockable.
    Unlockable(usize),
}

/// The span in which a rule counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bounds {
    /// From this instant on.
    pub since: Option<Timestamp>,
    /// Up to, not including, this instant.
    pub until: Option<Timestamp>,
}

impl Bounds {
    /// Whether an instant lies inside.
    pub fn contain(&self, at: Timestamp) -> bool {
        self.since.is_none_or(|since| since <= at) && self.until.is_none_or(|until| at < until)
    }
}

/// A shared aggregate over events, found by what it computes (S9).
#[derive(Debug)]
pub struct Counter {
    /// Everything that affects its value, as text.
    pub address: String,
    /// Where its cells are.
    pub slot: Slot,
    /// Names of the events that it listens to.
    pub events: Vec<String>,
    /// A condition that they must meet.
    pub condition: Option<Expression>,
    /// What it computes.
    pub operator: CounterOperator,
    /// What tells its keys apart.
    pub key: Option<Expression>,
    /// The window that it looks through.
    pub window: Option<Window>,
    /// Whether a calendar window follows the player's zone.
    pub player_zone: bool,
    /// The events that count at all.
    pub bounds: Bounds,
    /// Whether somebody must be judged when time alone changes its value, so that its window has a timer.
    pub timed: bool,
    /// Whom a change concerns.
    pub dependents: Vec<Dependent>,
    /// The rules that read it, directly or through others.
    pub owners: Vec<RuleRef>,
}

/// What a counter computes.
#[derive(Debug)]
pub enum CounterOperator {
    /// How many events.
    Count,
    /// The sum of an expression.
    Sum(Expression),
    /// Its greatest value.
    Max(Expression),
    /// Its last value in timeline order.
    Latest(Expression),
    /// How many different values it had.
    Distinct(Expression),
}

/// A criterion: it holds when its value is at least its target.
#[derive(Debug)]
pub struct Node {
    /// What the value must reach.
    pub target: Decimal,
    /// Where the value comes from.
    pub kind: NodeKind,
}

/// Where a criterion's value comes from.
#[derive(Debug)]
pub enum NodeKind {
    /// A counter, at the key at hand if it has keys.
    Counter(usize),
    /// An aggregate over the keys for which a criterion holds.
    Keys(usize),
    /// Awards held of a badge, or of one of its tiers.
    Held {
        /// Which badge.
        badge: usize,
        /// Which tier; all when absent.
        tier: Option<usize>,
    },
    /// A balance.
    Points(usize),
    /// 1 when the unlockable is open.
    Open(usize),
    /// Complete units of time since the player joined.
    Age(Calendar),
    /// Nothing but what `progress` acts add.
    Manual,
    /// How many of these hold; the target says how many must.
    Some(Vec<Node>),
    /// 1 when the other does not hold.
    Not(Box<Node>),
}

/// A criterion that is judged for each key.
#[derive(Debug)]
pub struct Keyed {
    /// Everything that affects whom it holds for, as text.
    pub address: String,
    /// Where it is kept which keys hold, and under the empty key how many.
    pub slot: Slot,
    /// The criterion.
    pub node: Node,
    /// The aggregates that range over its keys.
    pub aggregates: Vec<usize>,
    /// Whom a change of the number of its keys concerns.
    pub dependents: Vec<Dependent>,
}

/// An aggregate over the keys for which a criterion holds.
#[derive(Debug)]
pub struct KeyAggregate {
    /// Everything that affects its value, as text.
    pub address: String,
    /// Where its cells are.
    pub slot: Slot,
    /// The criterion.
    pub keyed: usize,
    /// What it computes.
    pub operator: KeyOperator,
    /// The rules that read it.
    pub owners: Vec<RuleRef>,
}

/// What an aggregate over keys computes.
#[derive(Debug)]
pub enum KeyOperator {
    /// How many keys.
    Count,
    /// The sum of an expression, read from the events that made the keys hold.
    Sum(Expression),
    /// How many different values that expression had.
    Distinct(Expression),
}

/// The most that earnings pay in a period.
#[derive(Debug)]
pub struct LimitRule {
    /// What it limits and in which period, as text, with the name that it goes by.
    pub address: String,
    /// The first of its cells: one for each currency.
    pub slot: Slot,
    /// How much, of what.
    pub most: Most,
    /// The period.
    pub per: LimitPeriod,
    /// Whether it follows the player's zone.
    pub player_zone: bool,
}

/// What a limit limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Most {
    /// Points of each currency.
    Points(i64),
    /// Payments.
    Times(i64),
}

/// A rule that turns events into points.
#[derive(Debug)]
pub struct EarningRule {
    /// Its id.
    pub id: String,
    /// How it is shown.
    pub display: Display,
    /// A condition that must hold.
    pub condition: Option<Expression>,
    /// How many points of which currency, in order of currency.
    pub points: Vec<(usize, AmountRule)>,
    /// Which limit it shares.
    pub limit: Option<usize>,
    /// The least time between two payments, and where the last one is kept.
    pub cooldown: Option<(i64, Slot)>,
    /// The events that count at all.
    pub bounds: Bounds,
}

/// An amount of points.
#[derive(Debug)]
pub enum AmountRule {
    /// Always the same.
    Fixed(i64),
    /// Computed from the event.
    Computed(Expression),
}

/// A badge.
#[derive(Debug)]
pub struct BadgeRule {
    /// Its id.
    pub id: String,
    /// How it is shown.
    pub display: Display,
    /// Who sees it before it is earned.
    pub visibility: Visibility,
    /// Shown until it is earned.
    pub image_locked: Option<String>,
    /// Shown once it is earned.
    pub image_unlocked: Option<String>,
    /// Shown in place of a secret badge until it is earned.
    pub image_secret: Option<String>,
    /// Where it is kept what is held.
    pub slot: Slot,
    /// Where each award's particulars are kept.
    pub award_slot: Slot,
    /// Its tiers, lowest first; one unnamed tier when it has none.
    pub tiers: Vec<TierRule>,
    /// How often it can be earned.
    pub repeat: Repeat,
    /// How `again` recognises the next time.
    pub again: Again,
    /// Whether its awards come and go with the criterion.
    pub temporary: bool,
    /// Whether its criterion is a single number, so that `progress` acts can move it.
    pub is_number: bool,
    /// Badges that must be held first.
    pub requires: Vec<usize>,
    /// The instants at which it can be earned. A temporary award ends with them.
    pub bounds: Bounds,
    /// Whom a change of its awards concerns.
    pub dependents: Vec<Dependent>,
    /// The badge in code behind it, if it is one.
    pub code: Option<usize>,
    /// Whether it is one of an earlier catalog, kept for those who hold it (S15).
    pub retired: bool,
}

/// How `repeat = "again"` recognises the next time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// The n-th time is when the value reaches n times the target.
    Multiples,
    /// Each time the criterion turns from not holding to holding.
    Edges,
}

/// A step inside a badge.
#[derive(Debug)]
pub struct TierRule {
    /// Its id; empty in a badge without tiers.
    pub id: String,
    /// What earns it; absent when only hands or code award it.
    pub node: Option<Node>,
    /// Points paid with it.
    pub points: Vec<(usize, i64)>,
    /// Whether it is one of an earlier catalog, kept for those who hold it (S15).
    pub retired: bool,
}

/// Something that opens at a condition.
#[derive(Debug)]
pub struct UnlockableRule {
    /// Its id.
    pub id: String,
    /// How it is shown.
    pub display: Display,
    /// Where it is kept whether it is open.
    pub slot: Slot,
    /// Where it is kept since when and why.
    pub detail_slot: Slot,
    /// What opens it.
    pub when: Node,
    /// Whether it shuts again.
    pub relock: bool,
    /// The instants at which it can open. One that shuts again is open inside of them only.
    pub bounds: Bounds,
    /// Whom a change concerns.
    pub dependents: Vec<Dependent>,
    /// Whether it is one of an earlier catalog, kept for those to whom it is open (S15).
    pub retired: bool,
}

/// Who listens to events of a name, each list in order.
#[derive(Debug, Default)]
pub struct Listeners {
    /// Counters.
    pub counters: Vec<usize>,
    /// Earnings.
    pub earnings: Vec<usize>,
    /// Badges in code.
    pub code_badges: Vec<usize>,
}

/// An age that some criterion asks for.
#[derive(Debug, PartialEq, Eq)]
pub struct AgeRule {
    /// What its timers are filed under.
    pub slot: Slot,
    /// The unit.
    pub unit: Calendar,
    /// How many.
    pub target: i64,
    /// Whether each multiple of the target is asked for as well.
    pub again: bool,
    /// Whom reaching it concerns.
    pub dependents: Vec<Dependent>,
}

/// What a timer is for, found by the slot that it is filed under (S10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Timed {
    /// The window of a counter slides past something.
    Counter(usize),
    /// Points of a currency expire.
    Lots(usize),
    /// An age is reached.
    Age(usize),
    /// The `since` of a badge, in whose progress an act was ahead of it.
    Badge(usize),
}

/// Everything that the fold needs of a catalog.
#[derive(Debug)]
pub struct Rules {
    /// The catalog's zone.
    pub zone: TimeZone,
    /// In order of id, as all definitions are.
    pub currencies: Vec<CurrencyRule>,
    /// Categories.
    pub categories: Vec<CategoryRule>,
    /// Limits.
    pub limits: Vec<LimitRule>,
    /// Earnings.
    pub earnings: Vec<EarningRule>,
    /// Badges; those that are retired come last.
    pub badges: Vec<BadgeRule>,
    /// Unlockables; those that are retired come last.
    pub unlockables: Vec<UnlockableRule>,
    /// Counters.
    pub counters: Vec<Counter>,
    /// Criteria judged for each key.
    pub keyed: Vec<Keyed>,
    /// Aggregates over keys.
    pub key_aggregates: Vec<KeyAggregate>,
    /// The ids that definitions had before (S15).
    pub former: FormerIds,
    /// Who listens to which event.
    pub listeners: FxHashMap<String, Listeners>,
    /// What must be judged when a player comes into being: what holds without any event.
    pub initial: Vec<Dependent>,
    /// Where a player's timers are.
    pub timers: Slot,
    /// What timers are for, in order of slot.
    pub timed: Vec<(Slot, Timed)>,
    /// The instants, in order, at which somebody must be judged whatever has happened.
    pub instants: Vec<(Timestamp, Dependent)>,
    /// The ages that criteria ask for.
    pub ages: Vec<AgeRule>,
    /// How many slots there are.
    pub slots: Slot,
}

impl Rules {
    /// What the timers are for that are filed under a slot.
    pub fn timed(&self, slot: Slot) -> Option<Timed> {
        let position = self
            .timed
            .binary_search_by_key(&slot, |(slot, _)| *slot)
            .ok()?;
        Some(self.timed[position].1)
    }

    /// What kind of rule it is, and its id.
    pub fn name_of(&self, rule: RuleRef) -> (&'static str, &str) {
        match rule {
            RuleRef::Earning(earning) => ("earning", &self.earnings[earning].id),
            RuleRef::Badge(badge) => ("badge", &self.badges[badge].id),
            RuleRef::Unlockable(unlockable) => ("unlockable", &self.unlockables[unlockable].id),
        }
    }
}

impl BadgeRule {
    /// The position of a tier.
    pub fn tier(&self, id: &str) -> Option<usize> {
        self.tiers.iter().position(|tier| tier.id == id)
    }

    /// How the badge at a position is judged when something that it reads changes.
    pub fn dependent(&self, position: usize) -> Dependent {
        match self.repeat {
            Repeat::PerKey => Dependent::KeyedBadge(position),
            Repeat::Once | Repeat::Again => Dependent::Badge(position),
        }
    }

    /// Whether it has tiers that people see.
    pub fn has_tiers(&self) -> bool {
        self.tiers
            .iter()
            .any(|tier| !tier.retired && !tier.id.is_empty())
    }
}
