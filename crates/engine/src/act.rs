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
        Self::new(player, acts::PROGRESS)
            .with("badge", badge)
            .with("add", number(add))
    }

    /// Sets the progress of a badge.
    pub fn set_progress(player: &str, badge: &str, value: Decimal) -> Self {
        Self::new(player, acts::PROGRESS)
            .with("badge", badge)
            .with("set", number(value))
    }

    /// Grants points, or takes them where the amount is negative. Taking more than there is needs
    /// [`overdraft`](Self::overdraft).
    pub fn points(player: &str, currency: &str, amount: i64) -> Self {
        Self::new(player, acts::POINTS)
            .with("currency", currency)
            .with("amount", amount)
    }

    /// Makes everything before it stop counting. The history stays readable.
    pub fn reset(player: &str) -> Self {
        Self::new(player, acts::RESET)
    }

    /// Sets attributes of the player, such as `zone`; null removes one. The attribute `name` is what pages show for the
    /// player, to everybody. A player who was not there comes into being.
    pub fn profile(player: &str, set: Props) -> Self {
        Self::new(player, acts::PROFILE).with("set", Value::Map(set))
    }

    /// Takes an event back: it is then as if it had never been. The event may be an act, too, though not one of
    /// retracting, merging or publishing. One that has not arrived yet will not count when it does (S13).
    pub fn retract(player: &str, event: &str) -> Self {
        Self::new(player, acts::RETRACT).with("event", event)
    }

    /// Takes several events back, at most 200.
    pub fn retract_all(player: &str, events: impl IntoIterator<Item = String>) -> Self {
        Self::new(player, acts::RETRACT).with("events", list(events))
    }

    /// Lets a retracted event count again.
    pub fn restore(player: &str, event: &str) -> Self {
        Self::new(player, acts::RESTORE).with("event", event)
    }

    /// Lets several retracted events count again, at most 200.
    pub fn restore_all(player: &str, events: impl IntoIterator<Item = String>) -> Self {
        Self::new(player, acts::RESTORE).with("events", list(events))
    }

    /// Makes a guest's timeline part of a player's. What comes under the guest's id from then on is the player's (S19).
    pub fn merge(player: &str, guest: &str) -> Self {
        Self::new(player, acts::MERGE).with("guest", guest)
    }

    /// Takes a merge back, as long as no act was recorded on the two as one.
    pub fn unmerge(player: &str, guest: &str) -> Self {
        Self::new(player, acts::UNMERGE).with("guest", guest)
    }

    /// A bare act: who does it and why, for [`Engine::retract_selected`](crate::Engine::retract_selected), which says what.
    pub fn plain() -> Self {
        Self::new("", acts::RETRACT)
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

    /// The same act for other events of another player: one of several that belong together.
    pub(crate) fn about(
        mut self,
        player: &str,
        name: &str,
        events: impl IntoIterator<Item = String>,
        number: usize,
    ) -> Self {
        self.0.player = player.to_owned();
        self.0.name = name.to_owned();
        self.0.id = self.0.id.map(|id| {
            if number == 0 {
                id
            } else {
                format!("{id}-{number}")
            }
        });
        self.with("events", list(events))
    }

    fn new(player: &str, name: &str) -> Self {
        Self(NewEvent::new(player, name))
    }

    fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0 = self.0.prop(name, value);
        self
    }
}

fn list(texts: impl IntoIterator<Item = String>) -> Value {
    Value::List(texts.into_iter().map(Value::from).collect())
}

/// A decimal as a property: whole where it is whole.
fn number(number: Decimal) -> Value {
    match number.trunc() {
        Some(whole) if number.is_whole() => Value::from(whole),
        _ => Value::from(number.to_f64()),
    }
}
