//! What rules cause is an event to the rules of the next generation (S7): a fixed table of names and properties.

use crate::props;
use crate::value::Props;

/// Points moved by a rule or an act: `currency`, `amount` (negative where they were taken), `rule`.
pub const POINTS_EARNED: &str = "accolade.points_earned";
/// A badge was awarded: `badge`, `tier`, `key`.
pub const BADGE_AWARDED: &str = "accolade.badge_awarded";
/// An award was taken away: `badge`, `tier`, `key`.
pub const BADGE_REVOKED: &str = "accolade.badge_revoked";
/// An unlockable opened: `unlockable`.
pub const UNLOCKABLE_OPENED: &str = "accolade.unlockable_opened";
/// An unlockable shut: `unlockable`.
pub const UNLOCKABLE_SHUT: &str = "accolade.unlockable_shut";

/// All of them.
pub const NAMES: [&str; 5] = [POINTS_EARNED, BADGE_AWARDED, BADGE_REVOKED, UNLOCKABLE_OPENED, UNLOCKABLE_SHUT];

/// An event that a rule or an act caused.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Derived {
    pub(super) name: &'static str,
    pub(super) props: Props,
}

impl Derived {
    pub(super) fn points(currency: &str, amount: i64, rule: &str) -> Self {
        Self { name: POINTS_EARNED, props: props! { "currency" => currency, "amount" => amount, "rule" => rule } }
    }

    pub(super) fn badge(name: &'static str, badge: &str, tier: &str, key: &str) -> Self {
        Self { name, props: props! { "badge" => badge, "tier" => tier, "key" => key } }
    }

    pub(super) fn unlockable(name: &'static str, unlockable: &str) -> Self {
        Self { name, props: props! { "unlockable" => unlockable } }
    }
}
