//! Events that rules and actions cause.

pub use crate::names::derived::{
    BADGE_AWARDED, BADGE_REVOKED, NAMES, POINTS_EARNED, UNLOCKABLE_CLOSED, UNLOCKABLE_OPENED,
};
use crate::props;
use crate::value::Props;

/// An event that a rule or an action caused.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct DerivedEvent {
    pub(super) name: &'static str,
    pub(super) props: Props,
}

impl DerivedEvent {
    pub(super) fn points_moved(currency: &str, amount: i64, rule: &str) -> Self {
        Self {
            name: POINTS_EARNED,
            props: props! { "currency" => currency, "amount" => amount, "rule" => rule },
        }
    }

    pub(super) fn badge_changed(name: &'static str, badge: &str, tier: &str, key: &str) -> Self {
        Self {
            name,
            props: props! { "badge" => badge, "tier" => tier, "key" => key },
        }
    }

    pub(super) fn unlockable_changed(name: &'static str, unlockable: &str) -> Self {
        Self {
            name,
            props: props! { "unlockable" => unlockable },
        }
    }
}
