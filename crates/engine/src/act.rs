//! Acts by hand: what an administrator or the application itself does to a player.

use accolade_core::event::NewEvent;
use accolade_core::names::acts;
use accolade_core::number::Decimal;
use accolade_core::time::Timestamp;
use accolade_core::value::{Props, Value};

/// An act by hand. It is judged once, when it is recorded (S3), and becomes an event in the player's timeline.
///
/// Give it an id, and doing it again does nothing: the first receipt comes back.
///
/// ```
/// use accolade::Act;
///
/// let thanks = Act::points("ada", "xp", 50).id("thanks-1").by("grace").reason("found a bug");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Act(pub(crate) NewEvent);

impl Act {
    /// Gives a badge. One with tiers needs [`tier`](Self::tier), one earned for each key needs [`key`](Self::key).
    pub fn award(player: &str, badge: &str) -> Self {
        Self::new(player, acts::AWARD).with("badge", badge)
    }

    /// Takes a badge away with what it paid, and keeps its criterion from giving it again.
    pub fn revoke(player: &str, badge: &str) -> Self {
        Self::new(player, acts::REVOKE).with("badge", badge)
    }

    /// Adds to the progress of a badge, or takes from it.
    pub fn add_progress(player: &str, badge: &str, add: Decimal) -> Self {
        Self::new(player, acts::PROGRESS).with("badge", badge).with("add", number(add))
    }

    /// Sets the progress of a badge.
    pub fn set_progress(player: &str, badge: &str, value: Decimal) -> Self {
        Self::new(player, acts::PROGRESS).with("badge", badge).with("set", number(value))
    }

    /// Grants points, or takes them where the amount is negative. Taking more than there is needs
    /// [`overdraft`](Self::overdraft).
    pub fn points(player: &str, currency: &str, amount: i64) -> Self {
        Self::new(player, acts::POINTS).with("currency", currency).with("amount", amount)
    }

    /// Makes everything before it stop counting. The history stays readable.
    pub fn reset(player: &str) -> Self {
        Self::new(player, acts::RESET)
    }

    /// Sets attributes of the player, such as `zone`; null removes one. A player who was not there comes into being.
    pub fn profile(player: &str, set: Props) -> Self {
        Self::new(player, acts::PROFILE).with("set", Value::Map(set))
    }

    /// Its id, which makes doing it again harmless.
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.0 = self.0.id(id);
        self
    }

    /// Which tier of the badge.
    #[must_use]
    pub fn tier(self, tier: &str) -> Self {
        self.with("tier", tier)
    }

    /// Which key of the badge.
    #[must_use]
    pub fn key(self, key: &str) -> Self {
        self.with("key", key)
    }

    /// Who does it.
    #[must_use]
    pub fn by(self, who: &str) -> Self {
        self.with("by", who)
    }

    /// Why.
    #[must_use]
    pub fn reason(self, reason: &str) -> Self {
        self.with("reason", reason)
    }

    /// When it takes effect; after everything else of the player when not called (S1).
    #[must_use]
    pub fn at(mut self, at: Timestamp) -> Self {
        self.0 = self.0.at(at);
        self
    }

    /// Lets the balance become negative.
    #[must_use]
    pub fn overdraft(self) -> Self {
        self.with("overdraft", true)
    }

    fn new(player: &str, name: &str) -> Self {
        Self(NewEvent::new(player, name))
    }

    fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0 = self.0.prop(name, value);
        self
    }
}

/// A decimal as a property: whole where it is whole.
fn number(number: Decimal) -> Value {
    match number.trunc() {
        Some(whole) if number.is_whole() => Value::from(whole),
        _ => Value::from(number.to_f64()),
    }
}
