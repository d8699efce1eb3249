//! A catalog as it is written: every definition with its place in the text, before any of it is compiled.
//!
//! The reader fills these types and reports what is wrong with the shape of the text; the compiler turns them into
//! rules and reports what is wrong with their meaning.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::number::Decimal;
use crate::time::{Calendar, Timestamp, Window};
use crate::value::Props;

/// A value and the bytes of the document that it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Spanned<T> {
    /// What was read.
    pub value: T,
    /// Where in the document, in bytes.
    pub span: Range<usize>,
}

impl<T> Spanned<T> {
    /// Pairs a value with its place.
    pub fn new(value: T, span: Range<usize>) -> Self {
        Self { value, span }
    }
}

impl<T> std::ops::Deref for Spanned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// Text with its place in the document.
pub type Text = Spanned<String>;

/// A whole catalog.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Document {
    /// What the catalog is called.
    pub name: Option<Text>,
    /// The zone whose days and weeks count where a rule does not say otherwise; UTC when absent (S10).
    pub zone: Option<Text>,
    /// What definitions fall back to.
    pub defaults: Defaults,
    /// `[[currency]]`
    pub currencies: Vec<Currency>,
    /// `[[category]]`
    pub categories: Vec<Category>,
    /// `[[limit]]`: limits that several earnings share by naming them.
    pub limits: Vec<SharedLimit>,
    /// `[[earning]]`
    pub earnings: Vec<Earning>,
    /// `[[badge]]`
    pub badges: Vec<Badge>,
    /// `[[unlockable]]`
    pub unlockables: Vec<Unlockable>,
    /// `[[test]]`
    pub tests: Vec<Test>,
}

/// `[defaults]`
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Defaults {
    /// Images of badges that name none of their own.
    pub images: Images,
    /// Names of tiers that are given as bare numbers; bronze, silver, gold, diamond when absent.
    pub tiers: Option<Vec<Text>>,
}

/// The three pictures of a badge, each a URL or a path that the application understands.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Images {
    /// Shown until the badge is earned.
    pub locked: Option<Text>,
    /// Shown once it is earned.
    pub unlocked: Option<Text>,
    /// Shown in place of a secret badge until it is earned.
    pub secret: Option<Text>,
}

/// What every definition carries: its identity and how it is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Label {
    /// The identity of the definition: lower-case letters, digits and `-` (S15).
    pub id: Text,
    /// How people read it; the id when absent.
    pub name: Option<Text>,
    /// One sentence about it. In badges with tiers, `{target}` stands for the tier's target.
    pub description: Option<Text>,
    /// The category it belongs to.
    pub category: Option<Text>,
    /// The ids that it had before (S15); empty on categories and limits, which nobody holds anything of.
    pub was: Vec<Text>,
}

/// `[[currency]]`: a kind of points.
#[derive(Debug, Clone, PartialEq)]
pub struct Currency {
    /// Identity and display.
    pub label: Label,
    /// A picture or a symbol.
    pub icon: Option<Text>,
    /// When points expire: so long after they were earned, or at the end of the period in which they were.
    pub expires: Option<Spanned<Window>>,
}

/// `[[category]]`
#[derive(Debug, Clone, PartialEq)]
pub struct Category {
    /// Identity and display.
    pub label: Label,
}

/// `[[limit]]`
#[derive(Debug, Clone, PartialEq)]
pub struct SharedLimit {
    /// Identity and display.
    pub label: Label,
    /// How much.
    pub limit: Limit,
}

/// `{ points = 200, per = "day" }` or `{ times = 5, per = "week" }`
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    /// The most points of each currency in a period (S11); positive.
    pub points: Option<Spanned<i64>>,
    /// The most payments in a period; positive.
    pub times: Option<Spanned<i64>>,
    /// The period.
    pub per: Spanned<LimitPeriod>,
    /// Whose days and weeks: `zone = "player"`, or the catalog's when absent.
    pub player_zone: bool,
    /// The whole limit.
    pub span: Range<usize>,
}

/// The period of a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitPeriod {
    /// `day`, `week`, `month` or `year`
    Calendar(crate::time::Calendar),
    /// `ever`
    Ever,
}

/// A limit as an earning names it.
#[derive(Debug, Clone, PartialEq)]
pub enum LimitRef {
    /// `limit = "votes-a-day"`: one that earnings share.
    Shared(Text),
    /// `limit = { … }`: the earning's own.
    Own(Limit),
}

/// `[[earning]]`: a rule that turns events into points.
#[derive(Debug, Clone, PartialEq)]
pub struct Earning {
    /// Identity and display.
    pub label: Label,
    /// The names of the events it listens to; at least one.
    pub on: Vec<Text>,
    /// A condition that must hold.
    pub condition: Option<Text>,
    /// How many points of which currency.
    pub points: Vec<(Text, Amount)>,
    /// The most that it pays in a period.
    pub limit: Option<LimitRef>,
    /// The least time between two payments, in microseconds.
    pub cooldown: Option<Spanned<i64>>,
    /// Events before this instant do not count.
    pub since: Option<Spanned<Timestamp>>,
    /// Events from this instant on do not count.
    pub until: Option<Spanned<Timestamp>>,
}

/// An amount of points in an earning.
#[derive(Debug, Clone, PartialEq)]
pub enum Amount {
    /// Always the same, perhaps negative.
    Fixed(Spanned<i64>),
    /// An expression over the event, cut toward zero (S11).
    Expression(Text),
}

/// `[[badge]]`
#[derive(Debug, Clone, PartialEq)]
pub struct Badge {
    /// Identity and display.
    pub label: Label,
    /// Who sees it before it is earned.
    pub visibility: Visibility,
    /// Its pictures.
    pub images: Images,
    /// What earns it; a badge without one is awarded by hand only.
    pub criterion: Option<Criterion>,
    /// Its tiers in the order written; empty for a badge without tiers.
    pub tiers: Vec<Tier>,
    /// How often it can be earned.
    pub repeat: Spanned<Repeat>,
    /// Whether it comes and goes with its criterion.
    pub temporary: bool,
    /// Points paid with each award. In a badge with tiers, with each tier that says nothing of its own.
    pub points: Vec<(Text, Spanned<i64>)>,
    /// Badges that must be held first.
    pub requires: Vec<Text>,
    /// Events before this instant do not count, and nothing is awarded before it.
    pub since: Option<Spanned<Timestamp>>,
    /// Events from this instant on do not count, and nothing is awarded from it on.
    pub until: Option<Spanned<Timestamp>>,
}

/// Who sees a badge before it is earned. Enforced wherever data leaves the engine for a player.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    /// Everybody.
    #[default]
    Public,
    /// Listed, but name, description and image are replaced until it is earned.
    Secret,
    /// Not listed at all until it is earned.
    Invisible,
}

/// How often a badge can be earned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Repeat {
    /// Once for each tier.
    #[default]
    Once,
    /// Once for each tier and each value of the criterion's `per`.
    PerKey,
    /// Every time that the target is reached again.
    Again,
}

/// A step inside a badge.
#[derive(Debug, Clone, PartialEq)]
pub struct Tier {
    /// Its name; absent when the tier was written as a bare number and takes its name from the default ladder.
    pub id: Option<Text>,
    /// The criterion's target for this tier.
    pub at: Spanned<Decimal>,
    /// Points paid with it, in place of the badge's own.
    pub points: Option<Vec<(Text, Spanned<i64>)>>,
}

/// A condition over a timeline with a current value and a target.
#[derive(Debug, Clone, PartialEq)]
pub struct Criterion {
    /// Where it stands.
    pub span: Range<usize>,
    /// Judged separately for each value of this expression over the event (S8).
    pub per: Option<Text>,
    /// What must be reached; absent where tiers say it, or where reaching anything is enough.
    pub at_least: Option<Spanned<Decimal>>,
    /// What is judged.
    pub kind: CriterionKind,
}

/// The kinds of criteria.
#[derive(Debug, Clone, PartialEq)]
pub enum CriterionKind {
    /// `count`, `sum`, `max`, `latest` or `distinct`
    Aggregate(Aggregate),
    /// `badge = "teacher"`, perhaps with `tier = "gold"`: how many awards of it are held.
    Badge {
        /// Which badge.
        badge: Text,
        /// Which tier; any when absent.
        tier: Option<Text>,
    },
    /// `points = "reputation"`: the balance.
    Points(Text),
    /// `unlocked = "edit-others"`
    Unlocked(Text),
    /// `age = "year"`: complete units of time since the player joined.
    Age(Calendar),
    /// `manual = true`: only what `progress` acts add.
    Manual,
    /// `all = [ … ]`
    All(Vec<Criterion>),
    /// `any = [ … ]`
    Any(Vec<Criterion>),
    /// `some = [ … ]` with `at_least`: how many of them hold.
    Some(Vec<Criterion>),
    /// `not = { … }`
    Not(Box<Criterion>),
}

/// An aggregate of events, or of the keys for which another criterion holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Aggregate {
    /// What is computed.
    pub operator: Operator,
    /// Over what.
    pub source: Source,
    /// A condition that an event must meet to take part.
    pub condition: Option<Text>,
    /// Only what happened in this window counts.
    pub within: Option<Spanned<Window>>,
    /// Whose days and weeks a calendar window means: `zone = "player"`, or the catalog's when absent.
    pub player_zone: bool,
}

/// What an aggregate computes; all but `count` from the value of an expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Operator {
    /// How many.
    Count,
    /// The sum of the values.
    Sum(Text),
    /// The greatest value.
    Max(Text),
    /// The value of the last event in timeline order.
    Latest(Text),
    /// How many different values.
    Distinct(Text),
}

/// What an aggregate ranges over.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// Events of these names; at least one.
    Events(Vec<Text>),
    /// The keys for which a criterion with `per` holds. The expression of the operator is read from the event that
    /// made the key's criterion hold (S8).
    Keys(Box<Criterion>),
}

/// `[[unlockable]]`
#[derive(Debug, Clone, PartialEq)]
pub struct Unlockable {
    /// Identity and display.
    pub label: Label,
    /// What opens it.
    pub when: Criterion,
    /// Whether it shuts again when its condition no longer holds.
    pub relock: bool,
    /// Nothing opens before this instant, and events before it do not count.
    pub since: Option<Spanned<Timestamp>>,
    /// Nothing opens from this instant on, and events from it on do not count.
    pub until: Option<Spanned<Timestamp>>,
}

/// `[[test]]`: a history and what must come of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Test {
    /// What it shows.
    pub name: Text,
    /// The history.
    pub given: Vec<TestEvent>,
    /// The instant up to which time goes on after the history.
    pub now: Option<Spanned<Timestamp>>,
    /// What must hold of each player afterwards.
    pub expect: Vec<(Text, Expectation)>,
    /// The whole test.
    pub span: Range<usize>,
}

/// One line of a test's history: an event, or several alike.
#[derive(Debug, Clone, PartialEq)]
pub struct TestEvent {
    /// Whose event.
    pub player: Text,
    /// Its name; acts (`accolade.award` …) are allowed.
    pub name: Text,
    /// Its id; made up from its position in the test when absent.
    pub id: Option<Text>,
    /// When; a second after the event before it when absent.
    pub at: Option<Spanned<Timestamp>>,
    /// How many times; 1 when absent.
    pub repeat: u32,
    /// The time between repeated events, in microseconds; a second when absent.
    pub every: Option<i64>,
    /// Its properties.
    pub props: Props,
    /// The whole line.
    pub span: Range<usize>,
}

/// What must hold of a player after a test's history.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Expectation {
    /// Awards that must be held: `badge`, `badge:tier`, `badge@key` or `badge:tier@key`.
    pub badges: Vec<Text>,
    /// Awards that must not be held, written the same way.
    pub without: Vec<Text>,
    /// Exact balances.
    pub points: Vec<(Text, Spanned<i64>)>,
    /// Unlockables that must be open.
    pub unlocked: Vec<Text>,
    /// Unlockables that must be shut.
    pub locked: Vec<Text>,
    /// The exact current value of a badge's progress.
    pub progress: Vec<(Text, Spanned<Decimal>)>,
}
