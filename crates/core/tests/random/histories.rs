//! Random histories: events with properties of small domains, and acts that were decided elsewhere.

use accolade_core::catalog::document::Repeat;
use accolade_core::catalog::rules::Rules;
use accolade_core::event::NewEvent;
use accolade_core::fold::acts;
use accolade_core::props;
use accolade_core::value::{Props, Value};
use proptest::prelude::*;
use proptest::sample::select;

use super::time::{hours, instant};

/// The values that each property may have, as JSON; empty where it is missing.
const PROPERTIES: [(&str, &[&str]); 4] = [
    ("n", &["1", "2", "3", "5", "-2", "0", "1.5", "\"x\"", ""]),
    ("k", &["1", "2", "\"a\"", "null", ""]),
    ("p", &["\"p\"", "\"q\"", ""]),
    ("ok", &["true", "false", "3", ""]),
];

/// Something that happens; numbers stand for definitions of whatever catalog it happens under.
#[derive(Debug)]
pub(super) struct Draft {
    player: &'static str,
    hour: i64,
    order: i64,
    what: What,
}

#[derive(Debug, Clone)]
enum What {
    Event { name: &'static str, props: String },
    Award { badge: usize, tier: usize, key: usize, points: Option<i64> },
    Revoke { badge: usize, tier: usize, key: usize },
    Progress { badge: usize, key: usize, add: i64 },
    Points { currency: usize, amount: i64 },
    Profile { zone: Option<&'static str> },
    Reset,
}

/// Histories of one or two players.
pub(super) fn drafts() -> impl Strategy<Value = Vec<Draft>> {
    let player = prop_oneof![3 => Just("ada"), 1 => Just("bob")];
    let order = prop_oneof![4 => Just(0), 1 => -1..=1_i64];
    let draft = (player, hours(), order, happenings()).prop_map(|(player, hour, order, what)| Draft {
        player,
        hour,
        order,
        what,
    });
    prop::collection::vec(draft, 1..=25)
}

fn happenings() -> impl Strategy<Value = What> {
    let events = (select(&["post", "vote", "walk"][..]), properties());
    let (badge, tier, key) = (0..8_usize, 0..3_usize, 0..4_usize);
    let points = prop_oneof![Just(None), (-3..9_i64).prop_map(Some)];
    prop_oneof![
        16 => events.prop_map(|(name, props)| What::Event { name, props }),
        1 => (badge.clone(), tier.clone(), key.clone(), points)
            .prop_map(|(badge, tier, key, points)| What::Award { badge, tier, key, points }),
        1 => (badge.clone(), tier, key.clone()).prop_map(|(badge, tier, key)| What::Revoke { badge, tier, key }),
        1 => (badge, key, -2..4_i64).prop_map(|(badge, key, add)| What::Progress { badge, key, add }),
        1 => (0..2_usize, -5..9_i64).prop_map(|(currency, amount)| What::Points { currency, amount }),
        1 => select(&[None, Some("Asia/Tokyo"), Some("America/Los_Angeles")][..]).prop_map(|zone| What::Profile { zone }),
        1 => Just(What::Reset),
    ]
}

/// Properties as a JSON object.
fn properties() -> impl Strategy<Value = String> {
    PROPERTIES.map(|(_, values)| select(values)).prop_map(|values| {
        let given = PROPERTIES.iter().zip(values).filter(|(_, value)| !value.is_empty());
        let given: Vec<String> = given.map(|((name, _), value)| format!("\"{name}\":{value}")).collect();
        format!("{{{}}}", given.join(","))
    })
}

impl Draft {
    /// The event under a catalog's rules.
    pub(super) fn to_event(&self, index: usize, rules: &Rules) -> NewEvent {
        let (name, props) = match &self.what {
            What::Event { name, props } => (*name, Props::from_json(props.as_bytes()).expect("it is an object")),
            What::Award { badge, tier, key, points } => {
                let (badge, mut award) = target(rules, *badge, *tier, *key);
                let points = points.map(|amount| props! { rules.currencies[0].id.as_str() => amount });
                award.insert("points", Value::Map(points.unwrap_or_default()));
                (acts::AWARD, on_awards(badge, award))
            }
            What::Revoke { badge, tier, key } => {
                let (badge, award) = target(rules, *badge, *tier, *key);
                (acts::REVOKE, on_awards(badge, award))
            }
            What::Progress { badge, key, add } => {
                let (badge, award) = target(rules, *badge, 0, *key);
                let mut props = props! { "badge" => badge, acts::DECIDED => Value::Map(props! { "add" => *add }) };
                if let Some(key) = award.get("key").filter(|key| key.as_text() != Some("")) {
                    props.insert("key", key.clone());
                }
                (acts::PROGRESS, props)
            }
            What::Points { currency, amount } => {
                let currency = &rules.currencies[currency % rules.currencies.len()];
                (acts::POINTS, props! { "currency" => currency.id.as_str(), "amount" => *amount })
            }
            What::Profile { zone } => {
                let zone = zone.map_or(Value::Null, Value::from);
                (acts::PROFILE, props! { "set" => Value::Map(props! { "zone" => zone }) })
            }
            What::Reset => (acts::RESET, Props::new()),
        };
        NewEvent {
            id: Some(format!("h{index}")),
            player: self.player.to_owned(),
            name: name.to_owned(),
            at: Some(instant(self.hour)),
            order: self.order,
            props,
        }
    }
}

/// A badge, and tier and key of an award that it may have.
fn target(rules: &Rules, badge: usize, tier: usize, key: usize) -> (&str, Props) {
    let badge = &rules.badges[badge % rules.badges.len()];
    let key = match badge.repeat {
        Repeat::Once => "",
        Repeat::Again => ["1", "2", "3", "4"][key],
        Repeat::PerKey => ["1", "2", "a", "p"][key],
    };
    (&badge.id, props! { "tier" => badge.tiers[tier % badge.tiers.len()].id.as_str(), "key" => key })
}

/// The properties of an act on one award.
fn on_awards(badge: &str, award: Props) -> Props {
    let decided = props! { "awards" => Value::List(vec![Value::Map(award)]) };
    props! { "badge" => badge, acts::DECIDED => Value::Map(decided) }
}
