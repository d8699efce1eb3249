//! The syntax tree of a catalog: every rule with its location in the source text, before
//! compilation.
//!
//! The reader builds these types and reports syntax errors and unknown or missing keys. The
//! compiler turns them into rules and reports semantic errors.

use std::ops::Range;

use serde::Deserialize;

use super::art::BadgeArt;
use crate::number::Decimal;
use crate::time::{CalendarUnit, TimeWindow, Timestamp};
use crate::value::Props;

/// A value and its location in the source text.
#[derive(Debug, Clone, PartialEq)]
pub struct Spanned<T> {
    /// The parsed value.
    pub value: T,
    /// The location in the source text, as a range of bytes.
    pub span: Range<usize>,
}

impl<T> Spanned<T> {
    /// Pairs a value with its location.
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

/// A string with its location in the source text.
pub type SpannedString = Spanned<String>;

/// A whole catalog.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CatalogDocument {
    /// The name of the catalog.
    pub name: Option<SpannedString>,
    /// The time zone of days and weeks in rules that name no zone of their own; UTC when absent
    /// (S10).
    pub zone: Option<SpannedString>,
    /// Fallback values for badges.
    pub defaults: DefaultsDocument,
    /// `[[currency]]`
    pub currencies: Vec<CurrencyDocument>,
    /// `[[category]]`
    pub categories: Vec<CategoryDocument>,
    /// `[[key]]`
    pub keys: Vec<KeyDocument>,
    /// `[[limit]]`: limits that several earnings share by naming their id.
    pub limits: Vec<SharedLimitDocument>,
    /// `[[earning]]`
    pub earnings: Vec<EarningDocument>,
    /// `[[badge]]`
    pub badges: Vec<BadgeDocument>,
    /// `[[unlockable]]`
    pub unlockables: Vec<UnlockableDocument>,
    /// `[[test]]`
    pub tests: Vec<TestDocument>,
}

/// `[defaults]`
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DefaultsDocument {
    /// Images of badges that set none of their own.
    pub images: BadgeImages,
    /// Names of tiers that are written as bare numbers; bronze, silver, gold, diamond when absent.
    pub tiers: Option<Vec<SpannedString>>,
}

/// The three images of a badge, each a URL or a path that the application understands.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BadgeImages {
    /// Shown until the badge is earned.
    pub locked: Option<SpannedString>,
    /// Shown once it is earned.
    pub unlocked: Option<SpannedString>,
    /// Shown in place of a secret badge until it is earned.
    pub secret: Option<SpannedString>,
}

/// The identity and display texts that all rules have.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleLabel {
    /// The identity of the rule: lower-case letters, digits and `-` (S15).
    pub id: SpannedString,
    /// The display name; the id when absent.
    pub name: Option<SpannedString>,
    /// A description of one sentence. In badges with tiers, `{target}` is replaced by the tier's
    /// target.
    pub description: Option<SpannedString>,
    /// The id of its category.
    pub category: Option<SpannedString>,
    /// Former ids (S15); empty on categories and limits, because no stored data refers to those.
    pub former_ids: Vec<SpannedString>,
}

/// `[[currency]]`: a kind of points.
#[derive(Debug, Clone, PartialEq)]
pub struct CurrencyDocument {
    /// Identity and display.
    pub label: RuleLabel,
    /// An image or a symbol.
    pub icon: Option<SpannedString>,
    /// The lifetime of points: a duration after they were earned, or the end of the calendar period
    /// in which they were earned.
    pub expiry: Option<Spanned<TimeWindow>>,
}

/// `[[category]]`
#[derive(Debug, Clone, PartialEq)]
pub struct CategoryDocument {
    /// Identity and display.
    pub label: RuleLabel,
}

/// `[[key]]`: a label and a link for the keys that come from one property.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyDocument {
    /// The property: `post` for `per = "event.post"`.
    pub property: SpannedString,
    /// The template of the label.
    pub label: Option<SpannedString>,
    /// The template of the link.
    pub link: Option<SpannedString>,
}

/// `[[limit]]`
#[derive(Debug, Clone, PartialEq)]
pub struct SharedLimitDocument {
    /// Identity and display.
    pub label: RuleLabel,
    /// The amount and the period.
    pub limit: LimitDocument,
}

/// `{ points = 200, per = "day" }` or `{ times = 5, per = "week" }`
#[derive(Debug, Clone, PartialEq)]
pub struct LimitDocument {
    /// The maximum of points of each currency in a period (S11); positive.
    pub points: Option<Spanned<i64>>,
    /// The maximum number of payments in a period; positive.
    pub times: Option<Spanned<i64>>,
    /// The period to which the maximum applies.
    pub per: Spanned<LimitPeriod>,
    /// True if periods follow the player's time zone (`zone = "player"`), not the catalog's.
    pub player_zone: bool,
    /// The location of the whole limit.
    pub span: Range<usize>,
}

/// The period of a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitPeriod {
    /// `day`, `week`, `month` or `year`
    Calendar(crate::time::CalendarUnit),
    /// `ever`
    Ever,
}

/// The limit of an earning: shared or its own.
#[derive(Debug, Clone, PartialEq)]
pub enum LimitRef {
    /// `limit = "votes-a-day"`: a reference to a `[[limit]]`.
    Shared(SpannedString),
    /// `limit = { … }`: a limit of this earning only.
    Own(LimitDocument),
}

/// `[[earning]]`: a rule that turns events into points.
#[derive(Debug, Clone, PartialEq)]
pub struct EarningDocument {
    /// Identity and display.
    pub label: RuleLabel,
    /// The names of the events that it pays for; at least one.
    pub on: Vec<SpannedString>,
    /// `where`: a condition that the event must meet.
    pub condition: Option<SpannedString>,
    /// The amount of points by currency.
    pub points: Vec<(SpannedString, AmountDocument)>,
    /// The maximum that it pays in a period.
    pub limit: Option<LimitRef>,
    /// The minimum time between two payments, in microseconds.
    pub cooldown: Option<Spanned<i64>>,
    /// Events before this instant do not count.
    pub since: Option<Spanned<Timestamp>>,
    /// Events from this instant on do not count.
    pub until: Option<Spanned<Timestamp>>,
}

/// An amount of points in an earning.
#[derive(Debug, Clone, PartialEq)]
pub enum AmountDocument {
    /// A constant; may be negative.
    Fixed(Spanned<i64>),
    /// An expression over the event, truncated toward zero (S11).
    Expression(SpannedString),
}

/// `[[badge]]`
#[derive(Debug, Clone, PartialEq)]
pub struct BadgeDocument {
    /// Identity and display.
    pub label: RuleLabel,
    /// The visibility before it is earned.
    pub visibility: Visibility,
    /// The images of the badge.
    pub images: BadgeImages,
    /// Choices for the drawn picture.
    pub art: BadgeArt,
    /// The condition that earns it; a badge without one is only awarded manually.
    pub criterion: Option<CriterionDocument>,
    /// The tiers in the order of the text; empty for a badge without tiers.
    pub tiers: Vec<TierDocument>,
    /// The number of times that it can be earned.
    pub repeat: Spanned<RepeatMode>,
    /// True if the badge is revoked when its criterion no longer holds.
    pub temporary: bool,
    /// Points paid with each award. In a badge with tiers, they apply to each tier that sets none
    /// of its own.
    pub points: Vec<(SpannedString, Spanned<i64>)>,
    /// Ids of badges that the player must hold first.
    pub requires: Vec<SpannedString>,
    /// Events before this instant do not count, and the badge is not awarded before it.
    pub since: Option<Spanned<Timestamp>>,
    /// Events from this instant on do not count, and the badge is not awarded from it on.
    pub until: Option<Spanned<Timestamp>>,
}

crate::named_enum! {
    /// The visibility of a badge before it is earned. Enforced wherever data leaves the engine for
    /// a player.
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "lowercase")]
    pub enum Visibility {
        /// Visible to all players.
        #[default]
        Public = "public",
        /// Listed, but with name, description and image hidden until it is earned.
        Secret = "secret",
        /// Not listed until it is earned.
        Invisible = "invisible",
    }
}

crate::named_enum! {
    /// The number of times that a badge can be earned.
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    pub enum RepeatMode {
        /// Once for each tier.
        #[default]
        Once = "once",
        /// Once for each tier and each value of the criterion's `per`.
        PerKey = "per-key",
        /// Each time that the target is reached again.
        Again = "again",
    }
}

/// `tiers = [ … ]`: a level of a badge.
#[derive(Debug, Clone, PartialEq)]
pub struct TierDocument {
    /// The name; absent when the tier was written as a bare number and takes its name from the
    /// default tiers.
    pub id: Option<SpannedString>,
    /// The criterion's target for this tier.
    pub target: Spanned<Decimal>,
    /// Points paid with this tier instead of the badge's own.
    pub points: Option<Vec<(SpannedString, Spanned<i64>)>>,
}

/// A condition over a timeline, with a current value and a target.
#[derive(Debug, Clone, PartialEq)]
pub struct CriterionDocument {
    /// The location of the whole criterion.
    pub span: Range<usize>,
    /// The key: the criterion is evaluated separately for each value of this expression over the
    /// event (S8).
    pub per: Option<SpannedString>,
    /// The target; absent where tiers set it, and for kinds that hold or do not hold.
    pub at_least: Option<Spanned<Decimal>>,
    /// The kind of criterion, with its own keys.
    pub kind: CriterionKind,
}

/// The kinds of criteria.
#[derive(Debug, Clone, PartialEq)]
pub enum CriterionKind {
    /// `count`, `sum`, `max`, `latest` or `distinct`
    Aggregate(AggregateDocument),
    /// `badge = "teacher"`, optionally with `tier = "gold"`: the number of awards held.
    Badge {
        /// The id of the badge.
        badge: SpannedString,
        /// The id of the tier; any tier when absent.
        tier: Option<SpannedString>,
    },
    /// `points = "reputation"`: the balance of a currency.
    Points(SpannedString),
    /// `unlocked = "edit-others"`: true if the unlockable is open.
    Unlocked(SpannedString),
    /// `age = "year"`: complete units of time since the player joined.
    Age(CalendarUnit),
    /// `manual = true`: the sum of `progress` actions.
    Manual,
    /// `all = [ … ]`
    All(Vec<CriterionDocument>),
    /// `any = [ … ]`
    Any(Vec<CriterionDocument>),
    /// `some = [ … ]` with `at_least`: the number of parts that hold.
    SomeOf(Vec<CriterionDocument>),
    /// `not = { … }`
    Not(Box<CriterionDocument>),
}

/// An aggregate of events, or of the keys for which another criterion holds.
#[derive(Debug, Clone, PartialEq)]
pub struct AggregateDocument {
    /// The computation.
    pub operator: AggregateOperator,
    /// The events or keys that are aggregated.
    pub source: AggregateSource,
    /// `where`: a condition that an event must meet to count.
    pub condition: Option<SpannedString>,
    /// The window of time in which events count.
    pub within: Option<Spanned<TimeWindow>>,
    /// True if calendar windows follow the player's time zone (`zone = "player"`), not the
    /// catalog's.
    pub player_zone: bool,
}

/// The computation of an aggregate. All but `count` take the value of an expression.
#[derive(Debug, Clone, PartialEq)]
pub enum AggregateOperator {
    /// The number of events or keys.
    Count,
    /// The sum of the values.
    Sum(SpannedString),
    /// The greatest value.
    Max(SpannedString),
    /// The value of the last event in timeline order.
    Latest(SpannedString),
    /// The number of distinct values.
    Distinct(SpannedString),
}

/// The input of an aggregate.
#[derive(Debug, Clone, PartialEq)]
pub enum AggregateSource {
    /// Events of these names; at least one.
    Events(Vec<SpannedString>),
    /// The keys for which a criterion with `per` holds. The operator's expression is evaluated on
    /// the event that made the criterion hold for the key (S8).
    Keys(Box<CriterionDocument>),
}

/// `[[unlockable]]`
#[derive(Debug, Clone, PartialEq)]
pub struct UnlockableDocument {
    /// Identity and display.
    pub label: RuleLabel,
    /// The condition that opens it.
    pub criterion: CriterionDocument,
    /// True if it closes again when its criterion no longer holds.
    pub relock: bool,
    /// Events before this instant do not count, and it does not open before it.
    pub since: Option<Spanned<Timestamp>>,
    /// Events from this instant on do not count, and it does not open from it on.
    pub until: Option<Spanned<Timestamp>>,
}

/// `[[test]]`: a history of events and the expected result.
#[derive(Debug, Clone, PartialEq)]
pub struct TestDocument {
    /// The statement that the test proves.
    pub name: SpannedString,
    /// The events of the history.
    pub given: Vec<TestEventDocument>,
    /// The instant to which time advances after the last event.
    pub now: Option<Spanned<Timestamp>>,
    /// The expected state by player.
    pub expected: Vec<(SpannedString, ExpectationDocument)>,
    /// The location of the whole test.
    pub span: Range<usize>,
}

/// One line of a test's history: an event, or a series of equal events.
#[derive(Debug, Clone, PartialEq)]
pub struct TestEventDocument {
    /// The id of the player.
    pub player: SpannedString,
    /// The name of the event; manual actions (`accolade.award` …) are allowed.
    pub name: SpannedString,
    /// The id of the event; derived from its position in the test when absent.
    pub id: Option<SpannedString>,
    /// The time; one second after the previous event when absent.
    pub at: Option<Spanned<Timestamp>>,
    /// The number of events; 1 when absent.
    pub repeat: u32,
    /// The time between repeated events, in microseconds; one second when absent.
    pub every: Option<i64>,
    /// The properties of the event.
    pub props: Props,
    /// The location of the whole line.
    pub span: Range<usize>,
}

/// The expected state of a player after a test's history.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ExpectationDocument {
    /// Awards that must be held: `badge`, `badge:tier`, `badge@key` or `badge:tier@key`.
    pub badges: Vec<SpannedString>,
    /// Awards that must not be held, written the same way.
    pub without: Vec<SpannedString>,
    /// Exact balances.
    pub points: Vec<(SpannedString, Spanned<i64>)>,
    /// Unlockables that must be open.
    pub unlocked: Vec<SpannedString>,
    /// Unlockables that must be closed.
    pub locked: Vec<SpannedString>,
    /// The exact current value of a badge's progress.
    pub progress: Vec<(SpannedString, Spanned<Decimal>)>,
}
