//! Values of a criterion in words: `12 of the 25 votes needed`.

use super::goals::BadgeGoal;
use crate::catalog::Catalog;
use crate::catalog::document::{
    AggregateDocument, AggregateOperator, AggregateSource, CriterionDocument, CriterionKind,
};
use crate::number::Decimal;

/// Past participles that are the whole name of an event, and have no plural.
const PARTICIPLES: &[&str] = &[
    "bought", "built", "did", "gave", "got", "left", "lost", "made", "met", "paid", "ran", "read",
    "said", "sent", "sold", "took", "went", "won", "wrote",
];

/// A criterion whose value is put into words.
pub(super) struct Measure<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) criterion: &'a CriterionDocument,
    /// True if the badge that the criterion asks for must not be named.
    pub(super) masks_badge: bool,
    /// True if names of properties are left out, because players do not know them.
    pub(super) is_for_player: bool,
}

impl Measure<'_> {
    /// Describes the current value and the target: `post 10 has 12 of the 25 votes needed`.
    pub(super) fn describe(&self, goal: &BadgeGoal, is_reached: bool) -> String {
        let progress = &goal.progress;
        let clause = self.describe_value(progress.current, progress.target, is_reached);
        let Some(key) = &progress.key else {
            return clause;
        };
        let key = name_key(self.criterion, key);
        match is_reached {
            true => format!("{key} got {clause}"),
            false => format!("{key} has {clause}"),
        }
    }

    fn describe_value(&self, current: Decimal, target: Decimal, is_reached: bool) -> String {
        if let (Some(one), Decimal::ONE) = (self.name_single(), target) {
            return match is_reached {
                true => one,
                false => format!("{one} is needed"),
            };
        }
        let (current, goal) = (format_grouped(current), format_grouped(target));
        match self.name_unit() {
            MeasureUnit::Counted(unit) => format!("{current} of the {goal} {unit} needed"),
            MeasureUnit::Property(property) if !self.is_for_player => {
                format!("{current} of the {goal} needed ({property})")
            }
            MeasureUnit::Property(_) | MeasureUnit::Unnamed => {
                format!("{current} of the {goal} needed")
            }
        }
    }

    /// Names the one thing that a criterion with the target 1 asks for.
    fn name_single(&self) -> Option<String> {
        let rules = self.catalog.rules();
        match &self.criterion.kind {
            CriterionKind::Badge { .. } if self.masks_badge => Some("another badge".to_owned()),
            CriterionKind::Badge { badge, tier } => {
                let name = rules
                    .badge_position(badge)
                    .map_or(badge.as_str(), |badge| &rules.badges[badge].display.name);
                let tier = tier
                    .as_ref()
                    .map_or_else(String::new, |tier| format!(" ({})", tier.value));
                Some(format!("the badge {name}{tier}"))
            }
            CriterionKind::Unlocked(id) => {
                let name = rules
                    .unlockable_position(id)
                    .map_or(id.as_str(), |index| &rules.unlockables[index].display.name);
                Some(format!("{name} unlocked"))
            }
            CriterionKind::Any(_) => Some("one of several conditions".to_owned()),
            CriterionKind::Not(_) => Some("that something has not happened".to_owned()),
            CriterionKind::Aggregate(AggregateDocument {
                operator: AggregateOperator::Count,
                source: AggregateSource::Events(names),
                ..
            }) => match &names[..] {
                [name] => Some(format!("1 {}", name_event(&name.value, false))),
                _ => None,
            },
            _ => None,
        }
    }

    fn name_unit(&self) -> MeasureUnit {
        let counted = |unit: String| MeasureUnit::Counted(unit);
        match &self.criterion.kind {
            CriterionKind::Aggregate(aggregate) => name_aggregate_unit(aggregate),
            CriterionKind::Badge { .. } if self.masks_badge => counted("other badges".to_owned()),
            CriterionKind::Badge { badge, .. } => {
                let rules = self.catalog.rules();
                let name = rules
                    .badge_position(badge)
                    .map_or(badge.as_str(), |badge| &rules.badges[badge].display.name);
                counted(format!("awards of {name}"))
            }
            CriterionKind::Points(currency) => {
                let rules = self.catalog.rules();
                let name = rules
                    .currency_position(currency)
                    .map_or(currency.as_str(), |at| &rules.currencies[at].display.name);
                counted(name.to_owned())
            }
            CriterionKind::Age(unit) => counted(format!("{}s as a player", unit.as_str())),
            CriterionKind::All(_) | CriterionKind::Any(_) | CriterionKind::SomeOf(_) => {
                counted("conditions".to_owned())
            }
            CriterionKind::Unlocked(_) | CriterionKind::Manual | CriterionKind::Not(_) => {
                MeasureUnit::Unnamed
            }
        }
    }
}

/// The unit of a value.
enum MeasureUnit {
    /// Things that are counted, in the plural.
    Counted(String),
    /// A property and how it is combined: `total length`.
    Property(String),
    Unnamed,
}

fn name_aggregate_unit(aggregate: &AggregateDocument) -> MeasureUnit {
    let property = |word: &str, expression: &str| match last_name(expression) {
        Some(name) => MeasureUnit::Property(format!("{word} {name}")),
        None => MeasureUnit::Unnamed,
    };
    match (&aggregate.operator, &aggregate.source) {
        (AggregateOperator::Count, AggregateSource::Events(names)) => {
            let names: Vec<String> = names
                .iter()
                .map(|name| name_event(&name.value, true))
                .collect();
            MeasureUnit::Counted(names.join(" and "))
        }
        (AggregateOperator::Count, AggregateSource::Keys(keyed)) => {
            let per = keyed.per.as_ref().and_then(|per| last_name(&per.value));
            per.map_or(MeasureUnit::Unnamed, |per| {
                MeasureUnit::Counted(pluralize(&per))
            })
        }
        (AggregateOperator::Distinct(of), _) => match last_name(&of.value) {
            Some(name) => MeasureUnit::Counted(format!("different {}", pluralize(&name))),
            None => MeasureUnit::Unnamed,
        },
        (AggregateOperator::Sum(of), _) => property("total", &of.value),
        (AggregateOperator::Max(of), _) => property("highest", &of.value),
        (AggregateOperator::Latest(of), _) => property("latest", &of.value),
    }
}

/// Returns the name of the keys of a criterion: `post` for `per = "event.post"`.
pub(super) fn name_keys(criterion: &CriterionDocument) -> Option<String> {
    criterion.per.as_ref().and_then(|per| last_name(&per.value))
}

/// Names a key by the property that it comes from: `post 10`.
fn name_key(criterion: &CriterionDocument, key: &str) -> String {
    name_keys(criterion).map_or_else(|| key.to_owned(), |per| format!("{per} {key}"))
}

/// Returns the last name of a path such as `event.post_type`, as words; `None` for an expression.
fn last_name(expression: &str) -> Option<String> {
    let is_path = expression
        .chars()
        .all(|char| char.is_alphanumeric() || matches!(char, '.' | '_'));
    let last = expression.rsplit('.').next().unwrap_or_default();
    (is_path && !last.is_empty()).then(|| last.replace('_', " "))
}

/// Turns the name of an event into words: `vote.received` becomes `votes received`.
pub fn name_event(name: &str, is_plural: bool) -> String {
    let words: Vec<&str> = name
        .split(['.', '_', '-', ':', '/', ' '])
        .filter(|word| !word.is_empty())
        .collect();
    match &words[..] {
        [] => name.to_owned(),
        // A participle alone is no thing that could be counted.
        [word] if is_participle(word) => {
            let noun = if is_plural { "events" } else { "event" };
            format!("{word} {noun}")
        }
        _ if !is_plural => words.join(" "),
        // A noun and a participle: the noun has the plural.
        [.., noun, last] if is_participle(last) => {
            let before = &words[..words.len() - 2];
            let noun = pluralize(noun);
            [before, &[noun.as_str(), last]].concat().join(" ")
        }
        [before @ .., noun] => {
            let noun = pluralize(noun);
            [before, &[noun.as_str()]].concat().join(" ")
        }
    }
}

fn is_participle(word: &str) -> bool {
    word.len() > 3 && word.ends_with("ed") || PARTICIPLES.contains(&word)
}

fn pluralize(noun: &str) -> String {
    let ends_with_consonant_y = noun.ends_with('y')
        && !["ay", "ey", "oy", "uy"]
            .iter()
            .any(|end| noun.ends_with(end));
    match noun {
        _ if ends_with_consonant_y => format!("{}ies", &noun[..noun.len() - 1]),
        _ if ["ch", "sh", "ss", "x"]
            .iter()
            .any(|end| noun.ends_with(end)) =>
        {
            format!("{noun}es")
        }
        _ if noun.ends_with('s') => noun.to_owned(),
        _ => format!("{noun}s"),
    }
}

/// Formats a number with thousands separators.
pub(super) fn format_grouped(number: Decimal) -> String {
    let text = number.to_string();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("\u{2212}", digits),
        None => ("", text.as_str()),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut grouped = String::from(sign);
    for (position, digit) in whole.chars().enumerate() {
        if position > 0 && (whole.len() - position).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    match fraction.is_empty() {
        true => grouped,
        false => format!("{grouped}.{fraction}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_events_become_words() {
        for (name, one, many) in [
            ("vote", "vote", "votes"),
            ("vote.received", "vote received", "votes received"),
            ("bounty_offered", "bounty offered", "bounties offered"),
            ("said", "said event", "said events"),
            ("edit-suggestion", "edit suggestion", "edit suggestions"),
            (
                "shop.basket.filled",
                "shop basket filled",
                "shop baskets filled",
            ),
            ("pass", "pass", "passes"),
            ("...", "...", "..."),
        ] {
            assert_eq!(
                (name_event(name, false), name_event(name, true)),
                (one.to_owned(), many.to_owned())
            );
        }
    }

    #[test]
    fn numbers_have_thousands_separators() {
        for (number, text) in [
            ("1234567.5", "1,234,567.5"),
            ("-1000", "\u{2212}1,000"),
            ("12", "12"),
        ] {
            assert_eq!(format_grouped(number.parse().unwrap()), text);
        }
    }
}
