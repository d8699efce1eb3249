//! Random manual actions on one player, with the rules of the published catalog.

use accolade::{Action, NewEvent, Props, Value, props};
use accolade_core::catalog::document::RepeatMode;
use accolade_core::catalog::rules::RuleSet;
use accolade_core::names::acts;

use super::steps::ManualAction;

/// Builds an action, and the event that is stored for it.
pub(crate) fn build_action(
    rules: &RuleSet,
    player: &str,
    hand: &ManualAction,
) -> (Action, NewEvent) {
    let sent = |name: &str, props: Props| NewEvent {
        props,
        ..NewEvent::new(player, name)
    };
    let target = |badge: usize, tier: usize, key: usize| {
        let badge = &rules.badges[badge % rules.badges.len()];
        let tier = badge.tiers[tier % badge.tiers.len()].id.clone();
        let key = match badge.repeat {
            RepeatMode::Once => None,
            RepeatMode::Again => Some(["1", "2", "3", "4"][key]),
            RepeatMode::PerKey => Some(["1", "2", "a", "p"][key]),
        };
        (
            badge.id.clone(),
            Some(tier).filter(|tier| !tier.is_empty()),
            key,
        )
    };
    let aim = |act: Action,
               name: &str,
               mut props: Props,
               (badge, tier, key): (String, Option<String>, Option<&str>)| {
        props.insert("badge", badge);
        let mut act = act;
        if let Some(tier) = tier {
            act = act.tier(&tier);
            props.insert("tier", tier);
        }
        if let Some(key) = key {
            act = act.key(key);
            props.insert("key", key);
        }
        (act, sent(name, props))
    };
    let whole = |number: i64| number.to_string().parse().expect("it is a number");
    match *hand {
        ManualAction::Award { badge, tier, key } => {
            let aimed = target(badge, tier, key);
            aim(
                Action::award(player, &aimed.0),
                acts::AWARD,
                Props::new(),
                aimed,
            )
        }
        ManualAction::Revoke { badge, tier, key } => {
            let aimed = target(badge, tier, key);
            aim(
                Action::revoke(player, &aimed.0),
                acts::REVOKE,
                Props::new(),
                aimed,
            )
        }
        ManualAction::AddProgress { badge, key, add } => {
            let (badge, _, key) = target(badge, 0, key);
            let act = Action::add_progress(player, &badge, whole(add));
            aim(
                act,
                acts::PROGRESS,
                props! { "add" => add },
                (badge, None, key),
            )
        }
        ManualAction::SetProgress { badge, key, value } => {
            let (badge, _, key) = target(badge, 0, key);
            let act = Action::set_progress(player, &badge, whole(value));
            aim(
                act,
                acts::PROGRESS,
                props! { "set" => value },
                (badge, None, key),
            )
        }
        ManualAction::Points {
            currency,
            amount,
            overdraft,
        } => {
            let currency = rules.currencies[currency % rules.currencies.len()]
                .id
                .as_str();
            let mut props = props! { "currency" => currency, "amount" => amount };
            let mut act = Action::points(player, currency, amount);
            if overdraft {
                act = act.overdraft();
                props.insert("overdraft", true);
            }
            (act, sent(acts::POINTS, props))
        }
        ManualAction::Profile { zone } => {
            let set = props! { "zone" => zone.map_or(Value::Null, Value::from) };
            (
                Action::profile(player, set.clone()),
                sent(acts::PROFILE, props! { "set" => Value::Map(set) }),
            )
        }
        ManualAction::Reset => (Action::reset(player), sent(acts::RESET, Props::new())),
    }
}
