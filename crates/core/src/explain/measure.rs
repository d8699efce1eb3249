//! Values of a criterion in words: `12 of the 25 votes needed`.

use super::describe;
use super::event_words::{CountedThing, pluralize};
use super::goals::BadgeGoal;
use super::key_labels::KeyLabelCollector;
use crate::catalog::Catalog;
use crate::catalog::document::{
    AggregateDocument, AggregateOperator, AggregateSource, CriterionDocument, CriterionKind,
    SpannedString,
};
use crate::number::Decimal;

/// Properties that hold a number of what the event is about: a vote with the delta 1, an order with
/// the quantity 3. Their sum is a number of such things.
const COUNTING_PROPERTIES: &[&str] = &["count", "delta", "quantity"];
/// Participles of events whose delta is that of something else, such as a rating.
const CHANGE_PARTICIPLES: &[&str] = &["adjusted", "changed", "updated"];

/// A criterion whose value is put into words.
pub(super) struct Measure<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) criterion: &'a CriterionDocument,
    /// True if the badge that the criterion asks for must not be named.
    pub(super) masks_badge: bool,
    /// True if names of properties are left out, because players do not know them.
    pub(super) is_for_player: bool,
    /// Titles of keys.
    pub(super) titles: Option<&'a KeyLabelCollector<'a>>,
}

/// The relation of a key to the value in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyRole {
    /// The key that is asked about, or that an award is for: `post 10`.
    Given,
    /// The nearest of all keys: `their best post (10)`, after this possessive.
    Best(&'static str),
}

impl Measure<'_> {
    /// Describes a value that has not reached the target: `post 10 has 12 of the 25 votes needed`.
    pub(super) fn describe_open(&self, goal: &BadgeGoal, role: KeyRole) -> String {
        let value = self.value_of(goal);
        match &goal.progress.key {
            Some(key) => format!("{} {}", self.name_subject(key, role), value.describe_open()),
            None => value.describe_open(),
        }
    }

    /// Describes a value that has reached the target: `post 10 got 12 votes (10 needed)`.
    pub(super) fn describe_reached(&self, goal: &BadgeGoal) -> String {
        let value = self.value_of(goal);
        match &goal.progress.key {
            Some(key) => format!(
                "{} {}",
                self.name_subject(key, KeyRole::Given),
                value.describe_reached()
            ),
            None => value.describe_reached(),
        }
    }

    /// Describes the difference to the next award of a repeatable badge: `1 more vote`.
    pub(super) fn describe_missing(&self, goal: &BadgeGoal) -> String {
        let missing = goal.missing;
        match self.value_of(goal).quantity {
            Quantity::Things { thing, window, .. } => {
                let word = if missing == Decimal::ONE {
                    thing.one
                } else {
                    thing.many
                };
                format!("{} more {word}{window}", missing.to_grouped())
            }
            Quantity::Amount { of, .. } => {
                format!("{} more{}", missing.to_grouped(), in_parentheses(&of))
            }
            _ => format!("{} more", missing.to_grouped()),
        }
    }

    fn value_of(&self, goal: &BadgeGoal) -> MeasuredValue {
        let has_key = goal.progress.key.is_some();
        MeasuredValue {
            current: goal.progress.current,
            target: goal.progress.target,
            has_key,
            quantity: self.quantity(has_key),
        }
    }

    fn name_subject(&self, key: &str, role: KeyRole) -> String {
        let title = self.titles.and_then(|titles| titles.find_title(key));
        let quoted = title.map(|title| format!("\u{201C}{title}\u{201D}"));
        let key = quoted.as_deref().unwrap_or(key);
        match (role, name_keys(self.criterion)) {
            (KeyRole::Given, Some(noun)) => format!("{noun} {key}"),
            (KeyRole::Given, None) => key.to_owned(),
            (KeyRole::Best(whose), Some(noun)) => format!("{whose} best {noun} ({key})"),
            (KeyRole::Best(_), None) => format!("the best so far ({key})"),
        }
    }

    /// Returns the kind of value that the criterion has, with its words.
    fn quantity(&self, has_key: bool) -> Quantity {
        let rules = self.catalog.rules();
        match &self.criterion.kind {
            CriterionKind::Aggregate(aggregate) => self.aggregate_quantity(aggregate, has_key),
            CriterionKind::Badge { .. } if self.masks_badge => {
                Quantity::Badge("another badge".to_owned())
            }
            CriterionKind::Badge { badge, tier } => {
                let name = rules
                    .badge_position(badge)
                    .map_or(badge.as_str(), |badge| &rules.badges[badge].display.name);
                let tier = tier
                    .as_ref()
                    .map_or_else(String::new, |tier| format!(" ({})", tier.value));
                Quantity::Badge(format!("the badge {name}{tier}"))
            }
            CriterionKind::Points(currency) => {
                let name = rules
                    .currency_position(currency)
                    .map_or(currency.as_str(), |at| &rules.currencies[at].display.name);
                Quantity::Balance(name.to_owned())
            }
            CriterionKind::Unlocked(id) => {
                let name = rules
                    .unlockable_position(id)
                    .map_or(id.as_str(), |index| &rules.unlockables[index].display.name);
                Quantity::Unlockable(name.to_owned())
            }
            CriterionKind::Age(unit) => Quantity::Age(unit.as_str()),
            CriterionKind::All(parts) => Quantity::Conditions {
                is_all: true,
                count: parts.len(),
            },
            CriterionKind::Any(parts) | CriterionKind::SomeOf(parts) => Quantity::Conditions {
                is_all: false,
                count: parts.len(),
            },
            CriterionKind::Not(_) => Quantity::Exclusion,
            CriterionKind::Manual => Quantity::Manual,
        }
    }

    fn aggregate_quantity(&self, aggregate: &AggregateDocument, has_key: bool) -> Quantity {
        let window = aggregate
            .within
            .as_ref()
            .map_or_else(String::new, |within| {
                format!(" {}", describe::describe_window(within.value, false))
            });
        let events = match &aggregate.source {
            AggregateSource::Events(names) => Some(CountedThing::from_events(names)),
            AggregateSource::Keys(_) => None,
        };
        // Of a key, only what happened to it is counted: the votes of a post were received.
        let events = events.map(|events| events.in_words(has_key));
        let amount = |adjective: &'static str, of: &SpannedString| {
            let property = last_name(&of.value).filter(|_| !self.is_for_player);
            let source = events
                .as_ref()
                .map(|events| format!(" from {}", events.many));
            Quantity::Amount {
                adjective,
                of: property.unwrap_or_default(),
                source: source.unwrap_or_default() + &window,
            }
        };
        let things = |thing: CountedThing, is_event: bool| Quantity::Things {
            thing,
            window: window.clone(),
            is_event,
        };
        match (&aggregate.operator, &aggregate.source) {
            (AggregateOperator::Sum(of), AggregateSource::Events(names))
                if is_number_of_things(of, names) =>
            {
                things(CountedThing::from_events(names).in_words(has_key), true)
            }
            (AggregateOperator::Sum(of), _) => amount("total", of),
            (AggregateOperator::Max(of), _) => amount("highest", of),
            (AggregateOperator::Latest(of), _) => amount("latest", of),
            (AggregateOperator::Distinct(of), _) => {
                let name = last_name(&of.value).map_or("value".to_owned(), name_value);
                let many = format!("different {}", pluralize(&name));
                things(CountedThing::new(format!("different {name}"), many), false)
            }
            (AggregateOperator::Count, AggregateSource::Keys(keyed)) => {
                let name = name_keys(keyed).unwrap_or_else(|| "item".to_owned());
                let many = format!("qualifying {}", pluralize(&name));
                things(CountedThing::new(format!("qualifying {name}"), many), false)
            }
            (AggregateOperator::Count, AggregateSource::Events(names)) => things(
                events.unwrap_or_else(|| CountedThing::from_events(names)),
                true,
            ),
        }
    }
}

/// A value and its target, with the words of its quantity.
struct MeasuredValue {
    current: Decimal,
    target: Decimal,
    /// True if the words follow a key: `post 10 has …`
    has_key: bool,
    quantity: Quantity,
}

/// The kind of value that a criterion has.
enum Quantity {
    /// A number of events or other things.
    Things {
        thing: CountedThing,
        /// The window, after a space: ` within 7 days`; empty for none.
        window: String,
        is_event: bool,
    },
    /// A sum, or a highest or latest value, of a property; empty if it has no name.
    Amount {
        adjective: &'static str,
        of: String,
        /// The events, after a space: ` from votes`; empty for keys.
        source: String,
    },
    /// A balance of a currency.
    Balance(String),
    /// A number of awards.
    Badge(String),
    /// Access to an unlockable.
    Unlockable(String),
    /// The time as a player, in this unit.
    Age(&'static str),
    /// Some or all of a number of conditions.
    Conditions { is_all: bool, count: usize },
    /// The absence of something.
    Exclusion,
    /// Progress that is added manually.
    Manual,
}

impl MeasuredValue {
    fn describe_open(&self) -> String {
        let (current, target) = (self.current.to_grouped(), self.target.to_grouped());
        let has = if self.has_key { "has " } else { "" };
        match &self.quantity {
            Quantity::Things { thing, window, .. } => {
                if (self.current, self.target) == (Decimal::ZERO, Decimal::ONE) {
                    format!("{has}no {}{window} yet", thing.one)
                } else if thing.noun.is_some() {
                    // "4 votes received needed" would be hard to read.
                    format!("{has}{current} of {target} {}{window}", thing.many)
                } else {
                    let word = if self.target == Decimal::ONE {
                        &thing.one
                    } else {
                        &thing.many
                    };
                    format!("{has}{current} of the {target} {word} needed{window}")
                }
            }
            Quantity::Amount { .. } => format!("{has}{}", self.describe_amount()),
            Quantity::Balance(name) if self.current < Decimal::ZERO => {
                format!("{has}a balance of {current} {name} ({target} needed)")
            }
            Quantity::Balance(name) => format!("{has}{current} of the {target} {name} needed"),
            Quantity::Badge(name) if self.target == Decimal::ONE => format!("{name} is needed"),
            Quantity::Badge(name) => {
                format!("{has}{current} of the {target} awards of {name} needed")
            }
            Quantity::Unlockable(name) => format!("{name} must be unlocked first"),
            Quantity::Age(unit) if self.target == Decimal::ONE => {
                format!("a player for less than 1 {unit}")
            }
            Quantity::Age(unit) => format!("a player for {current} of the {target} {unit}s needed"),
            Quantity::Conditions { .. } => self.describe_conditions(),
            Quantity::Exclusion => "something has happened that rules it out".to_owned(),
            Quantity::Manual if self.target == Decimal::ONE => "it is awarded manually".to_owned(),
            Quantity::Manual => format!("{current} of the {target} needed, added manually"),
        }
    }

    fn describe_reached(&self) -> String {
        let (has, got) = match self.has_key {
            true => ("has ", "got "),
            false => ("", ""),
        };
        let current = self.current.to_grouped();
        let needed = self.needed();
        match &self.quantity {
            Quantity::Things {
                thing,
                window,
                is_event,
            } => {
                if self.target == Decimal::ONE && !self.has_key {
                    // The first one was enough.
                    return thing.count(Decimal::ONE) + window;
                }
                let verb = if *is_event { got } else { has };
                format!("{verb}{}{window}{needed}", thing.count(self.current))
            }
            Quantity::Amount { .. } => format!("{has}{}", self.describe_amount()),
            Quantity::Balance(name) => format!("{has}{current} {name}{needed}"),
            Quantity::Badge(name) if self.current <= Decimal::ONE => format!("{name} was earned"),
            Quantity::Badge(name) => format!("{has}{current} awards of {name}{needed}"),
            Quantity::Unlockable(name) => format!("{name} is unlocked"),
            Quantity::Age(unit) => {
                let age = CountedThing::new(*unit, format!("{unit}s")).count(self.current);
                format!("a player for {age}{needed}")
            }
            Quantity::Conditions { .. } => self.describe_conditions(),
            Quantity::Exclusion => "nothing has happened that rules it out".to_owned(),
            Quantity::Manual => format!("{current} added manually{needed}"),
        }
    }

    /// Returns the target in parentheses, unless the value is equal to it.
    fn needed(&self) -> String {
        match self.current == self.target {
            true => String::new(),
            false => format!(" ({} needed)", self.target.to_grouped()),
        }
    }

    /// Describes a sum, or a highest or latest value: `a total delta of 1 from votes (3 needed)`.
    fn describe_amount(&self) -> String {
        let Quantity::Amount {
            adjective,
            of,
            source,
        } = &self.quantity
        else {
            return String::new();
        };
        let of = match (&**of, *adjective) {
            ("", "total") => String::new(),
            ("", _) => " value".to_owned(),
            (of, _) => format!(" {of}"),
        };
        let current = self.current.to_grouped();
        format!("a {adjective}{of} of {current}{source}{}", self.needed())
    }

    fn describe_conditions(&self) -> String {
        let Quantity::Conditions { is_all, count } = self.quantity else {
            return String::new();
        };
        let current = self.current.to_grouped();
        let is_reached = self.current >= self.target;
        if self.has_key {
            return match is_reached && is_all {
                true if count == 2 => "meets both conditions".to_owned(),
                true => format!("meets all {count} conditions"),
                false if is_all => format!("meets {current} of {count} conditions"),
                false => format!("meets {current} of {count} conditions{}", self.needed()),
            };
        }
        let are = if self.current == Decimal::ONE {
            "is"
        } else {
            "are"
        };
        match (is_all, is_reached) {
            (true, true) if count == 1 => "the condition is met".to_owned(),
            (true, true) if count == 2 => "both conditions are met".to_owned(),
            (true, true) => format!("all {count} conditions are met"),
            (true, false) if count == 1 => "the condition is not met".to_owned(),
            (true, false) => format!("{current} of {count} conditions {are} met"),
            (false, false) if self.target == Decimal::ONE => {
                format!("none of the {count} conditions is met, and 1 is needed")
            }
            (false, _) => {
                let needed = self.needed();
                format!("{current} of {count} conditions {are} met{needed}")
            }
        }
    }
}

/// True if the sum of a property is a number of the things that the events are about.
fn is_number_of_things(of: &SpannedString, names: &[SpannedString]) -> bool {
    let is_change = |name: &SpannedString| {
        let mut participles = CHANGE_PARTICIPLES.iter();
        participles.any(|participle| name.value.ends_with(participle))
    };
    let property = last_name(&of.value).unwrap_or_default();
    COUNTING_PROPERTIES.contains(&&*property) && !names.iter().any(is_change)
}

/// Names the values of a property whose name ends with a preposition: `asked_on` has days.
fn name_value(property: String) -> String {
    match property.rsplit(' ').next() {
        Some("on") => "day".to_owned(),
        Some("at" | "by" | "for" | "from" | "in" | "of" | "to") => "value".to_owned(),
        _ => property,
    }
}

fn in_parentheses(word: &str) -> String {
    match word {
        "" => String::new(),
        word => format!(" ({word})"),
    }
}

/// Returns the name of the keys of a criterion: `post` for `per = "event.post"`.
pub(super) fn name_keys(criterion: &CriterionDocument) -> Option<String> {
    criterion.per.as_ref().and_then(|per| last_name(&per.value))
}

/// Returns the last name of a path such as `event.post_type`, as words; `None` for an expression.
fn last_name(expression: &str) -> Option<String> {
    let is_path = expression
        .chars()
        .all(|char| char.is_alphanumeric() || matches!(char, '.' | '_'));
    let last = expression.rsplit('.').next().unwrap_or_default();
    (is_path && !last.is_empty()).then(|| last.replace('_', " "))
}
