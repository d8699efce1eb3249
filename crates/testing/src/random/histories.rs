//! Random histories: events with properties of small domains, and manual actions, some of which
//! were decided elsewhere.

use accolade_core::catalog::document::RepeatMode;
use accolade_core::catalog::rules::RuleSet;
use accolade_core::event::NewEvent;
use accolade_core::fold::actions;
use accolade_core::props;
use accolade_core::value::{Props, Value};
use proptest::prelude::*;
use proptest::sample::select;

use super::time::{hours, instant};

/// The possible values of each property as JSON; empty if the property is missing.
const PROPERTIES: [(&str, &[&str]); 4] = [
    (
        "n",
        &["1", "1", "2", "2", "3", "5", "-2", "0", "1.5", "\"x\"", ""],
    ),
    ("k", &["1", "2", "\"a\"", "null", ""]),
    ("p", &["\"p\"", "\"q\"", ""]),
    ("ok", &["true", "false", "3", ""]),
];

const ZONES: &[Option<&str>] = &[None, Some("Asia/Tokyo"), Some("America/Los_Angeles")];
const JOINED: &[Option<&str>] = &[
    None,
    Some("2026-01-29"),
    Some("2026-01-28T22:00:00Z"),
    Some("2026-02-01"),
];

/// An event or action. Numbers refer to the rules of the catalog under which it happens.
#[derive(Debug)]
pub(super) struct RandomEvent {
    player: &'static str,
    hour: i64,
    order: i64,
    /// True if an action was decided elsewhere.
    decided: bool,
    kind: RandomEventKind,
}

#[derive(Debug, Clone)]
enum RandomEventKind {
    Event {
        name: &'static str,
        props: String,
    },
    Award {
        badge: usize,
        tier: usize,
        key: usize,
        points: Option<i64>,
    },
    Revoke {
        badge: usize,
        tier: usize,
        key: usize,
    },
    Progress {
        badge: usize,
        key: usize,
        add: i64,
    },
    Points {
        currency: usize,
        amount: i64,
    },
    Profile {
        zone: Option<&'static str>,
        joined: Option<&'static str>,
    },
    Reset,
}

/// Generates histories of one or two players.
pub(super) fn drafts() -> impl Strategy<Value = Vec<RandomEvent>> {
    let player = prop_oneof![3 => Just("ada"), 1 => Just("bob")];
    let order = prop_oneof![4 => Just(0), 1 => -1..=1_i64];
    let draft = (player, hours(), order, any::<bool>(), draft_kinds()).prop_map(
        |(player, hour, order, decided, what)| RandomEvent {
            player,
            hour,
            order,
            decided,
            kind: what,
        },
    );
    prop::collection::vec(draft, 1..=25)
}

fn draft_kinds() -> impl Strategy<Value = RandomEventKind> {
    let events = (select(&["post", "vote", "walk"][..]), properties());
    let (badge, tier, key) = (0..8_usize, 0..3_usize, 0..4_usize);
    let points = prop_oneof![Just(None), (-3..9_i64).prop_map(Some)];
    prop_oneof![
        16 => events.prop_map(|(name, props)| RandomEventKind::Event { name, props }),
        1 => (badge.clone(), tier.clone(), key.clone(), points)
            .prop_map(|(badge, tier, key, points)| RandomEventKind::Award { badge, tier, key, points }),
        1 => (badge.clone(), tier, key.clone()).prop_map(|(badge, tier, key)| RandomEventKind::Revoke { badge, tier, key }),
        1 => (badge, key, -2..4_i64).prop_map(|(badge, key, add)| RandomEventKind::Progress { badge, key, add }),
        1 => (0..2_usize, -5..9_i64).prop_map(|(currency, amount)| RandomEventKind::Points { currency, amount }),
        1 => (select(ZONES), select(JOINED)).prop_map(|(zone, joined)| RandomEventKind::Profile { zone, joined }),
        1 => Just(RandomEventKind::Reset),
    ]
}

/// Generates properties as a JSON object.
fn properties() -> impl Strategy<Value = String> {
    PROPERTIES
        .map(|(_, values)| select(values))
        .prop_map(|values| {
            let given = PROPERTIES
                .iter()
                .zip(values)
                .filter(|(_, value)| !value.is_empty());
            let given: Vec<String> = given
                .map(|((name, _), value)| format!("\"{name}\":{value}"))
                .collect();
            format!("{{{}}}", given.join(","))
        })
}

impl RandomEvent {
    /// Creates the event under a catalog's rules.
    pub(super) fn to_event(&self, index: usize, rules: &RuleSet) -> NewEvent {
        let (name, props) = match &self.kind {
            RandomEventKind::Event { name, props } => (
                *name,
                Props::from_json(props.as_bytes()).expect("it is an object"),
            ),
            RandomEventKind::Award {
                badge,
                tier,
                key,
                points,
            } => {
                let props = target_props(rules, *badge, *tier, *key);
                let points =
                    points.map(|amount| props! { rules.currencies[0].id.as_str() => amount });
                let mut award = props.clone();
                award.insert("points", Value::Map(points.unwrap_or_default()));
                (actions::AWARD, self.decide(props, decided_awards(award)))
            }
            RandomEventKind::Revoke { badge, tier, key } => {
                let props = target_props(rules, *badge, *tier, *key);
                let award = props.clone();
                (actions::REVOKE, self.decide(props, decided_awards(award)))
            }
            RandomEventKind::Progress { badge, key, add } => {
                let mut props = target_props(rules, *badge, 0, *key);
                props.insert("add", *add);
                (
                    actions::PROGRESS,
                    self.decide(props, props! { "add" => *add }),
                )
            }
            RandomEventKind::Points { currency, amount } => {
                let currency = &rules.currencies[currency % rules.currencies.len()];
                (
                    actions::POINTS,
                    props! { "currency" => currency.id.as_str(), "amount" => *amount },
                )
            }
            RandomEventKind::Profile { zone, joined } => {
                let [zone, joined] =
                    [zone, joined].map(|text| text.map_or(Value::Null, Value::from));
                (
                    actions::PROFILE,
                    props! { "set" => Value::Map(props! { "zone" => zone, "joined" => joined }) },
                )
            }
            RandomEventKind::Reset => (actions::RESET, Props::new()),
        };
        NewEvent {
            id: Some(format!("h{index}").into()),
            player: self.player.to_owned().into(),
            name: name.to_owned(),
            at: Some(instant(self.hour)),
            order: self.order,
            props,
        }
    }

    /// Adds the decided effect to the properties of an action, if it was decided elsewhere.
    fn decide(&self, mut props: Props, decided: Props) -> Props {
        if self.decided {
            props.insert(actions::DECISION, Value::Map(decided));
        }
        props
    }
}

/// Creates the properties that name a badge, one of its tiers, and a key if it has keys.
fn target_props(rules: &RuleSet, badge: usize, tier: usize, key: usize) -> Props {
    let badge = &rules.badges[badge % rules.badges.len()];
    let tier = &badge.tiers[tier % badge.tiers.len()].id;
    let mut props = props! { "badge" => badge.id.as_str(), "tier" => tier.as_str() };
    match badge.repeat {
        RepeatMode::Once => None,
        RepeatMode::Again => props.insert("key", ["1", "2", "3", "4"][key]),
        RepeatMode::PerKey => props.insert("key", ["1", "2", "a", "p"][key]),
    };
    props
}

/// Creates the decided effect of an action on one award.
fn decided_awards(award: Props) -> Props {
    props! { "awards" => Value::List(vec![Value::Map(award)]) }
}
