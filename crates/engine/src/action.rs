//! Manual actions: decisions of an administrator or the application about a player.

use accolade_core::event::NewEvent;
use accolade_core::ids::{BadgeId, CurrencyId, EventId, PlayerId};
use accolade_core::names::acts;
use accolade_core::number::Decimal;
use accolade_core::time::Timestamp;
use accolade_core::value::{Props, Value};

/// A manual action on a player, to submit with
/// [`Engine::submit_action`](crate::Engine::submit_action).
///
/// It is checked once, when it is recorded, and becomes an event in the player's timeline (S3).
/// Give it an [`id`](Self::id) to make it idempotent: submitting it again returns the first
/// receipt. The player must be known, unless the action says [`create`](Self::create).
///
/// ```
/// use accolade::Action;
///
/// let thanks = Action::points("ada", "xp", 50).id("thanks-1").by("grace").reason("found a bug");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Action {
    pub(crate) event: NewEvent,
    /// True if an unknown player is created (S45). It is a permission and not part of the event.
    pub(crate) create: bool,
}

impl Action {
    /// Awards a badge and the points that it pays, whether or not its criterion is met.
    ///
    /// A badge with tiers needs [`tier`](Self::tier), and the award includes the lower tiers that
    /// are not held, each with its points (S4). A badge with `repeat = "per-key"` needs
    /// [`key`](Self::key).
    pub fn award(player: impl Into<PlayerId>, badge: impl Into<BadgeId>) -> Self {
        Self::new(player, acts::AWARD).with("badge", badge.into().as_str())
    }

    /// Revokes a badge and the points that it paid. Its criterion does not award it again; a later
    /// [`award`](Self::award) does.
    ///
    /// Without a [`tier`](Self::tier), revokes all tiers that the player holds.
    pub fn revoke(player: impl Into<PlayerId>, badge: impl Into<BadgeId>) -> Self {
        Self::new(player, acts::REVOKE).with("badge", badge.into().as_str())
    }

    /// Adds an amount, which may be negative, to the progress of a badge.
    pub fn add_progress(
        player: impl Into<PlayerId>,
        badge: impl Into<BadgeId>,
        add: Decimal,
    ) -> Self {
        Self::new(player, acts::PROGRESS)
            .with("badge", badge.into().as_str())
            .with("add", decimal_value(add))
    }

    /// Sets the progress of a badge to a value.
    pub fn set_progress(
        player: impl Into<PlayerId>,
        badge: impl Into<BadgeId>,
        value: Decimal,
    ) -> Self {
        Self::new(player, acts::PROGRESS)
            .with("badge", badge.into().as_str())
            .with("set", decimal_value(value))
    }

    /// Grants points, or deducts them if the amount is negative. Deducting more than the balance
    /// needs [`overdraft`](Self::overdraft).
    pub fn points(
        player: impl Into<PlayerId>,
        currency: impl Into<CurrencyId>,
        amount: i64,
    ) -> Self {
        Self::new(player, acts::POINTS)
            .with("currency", currency.into().as_str())
            .with("amount", amount)
    }

    /// Resets the player: everything before this action stops counting. The history stays readable.
    pub fn reset(player: impl Into<PlayerId>) -> Self {
        Self::new(player, acts::RESET)
    }

    /// Sets attributes of the player, such as `zone`; null removes one.
    ///
    /// The attribute `name` is the display name, and is public.
    pub fn profile(player: impl Into<PlayerId>, set: Props) -> Self {
        Self::new(player, acts::PROFILE).with("set", Value::Map(set))
    }

    /// Retracts an event, with all its effects. One that has not arrived yet will not count when it
    /// arrives (S13).
    ///
    /// The event may be a manual action, except for retractions, merges and the engine's own
    /// automatic facts.
    pub fn retract(player: impl Into<PlayerId>, event: impl Into<EventId>) -> Self {
        Self::new(player, acts::RETRACT).with("event", event.into().as_str())
    }

    /// Retracts several events, at most 200.
    pub fn retract_all<E: Into<EventId>>(
        player: impl Into<PlayerId>,
        events: impl IntoIterator<Item = E>,
    ) -> Self {
        Self::new(player, acts::RETRACT).with("events", id_list(events))
    }

    /// Restores a retracted event: it counts again.
    pub fn restore(player: impl Into<PlayerId>, event: impl Into<EventId>) -> Self {
        Self::new(player, acts::RESTORE).with("event", event.into().as_str())
    }

    /// Restores several retracted events, at most 200.
    pub fn restore_all<E: Into<EventId>>(
        player: impl Into<PlayerId>,
        events: impl IntoIterator<Item = E>,
    ) -> Self {
        Self::new(player, acts::RESTORE).with("events", id_list(events))
    }

    /// Merges a guest into a player: the guest's timeline, and every later event under the guest's
    /// id, counts for the player (S19). Both must be known, unless the action says
    /// [`create`](Self::create).
    pub fn merge(player: impl Into<PlayerId>, guest: impl Into<PlayerId>) -> Self {
        Self::new(player, acts::MERGE).with("guest", guest.into().as_str())
    }

    /// Undoes a merge. Not possible once a manual action was recorded after the merge.
    pub fn unmerge(player: impl Into<PlayerId>, guest: impl Into<PlayerId>) -> Self {
        Self::new(player, acts::UNMERGE).with("guest", guest.into().as_str())
    }

    /// Creates a template without player and events, for
    /// [`Players::retract_selected`](crate::Players::retract_selected), which fills them in.
    pub fn empty() -> Self {
        // Placeholders: player, name and events are filled in for each action of a series.
        Self::new("", acts::RETRACT)
    }

    /// Sets the id, which makes the action idempotent. Default: a generated one.
    #[must_use]
    pub fn id(mut self, id: impl Into<EventId>) -> Self {
        self.event = self.event.id(id);
        self
    }

    /// Sets the tier of the badge.
    #[must_use]
    pub fn tier(self, tier: &str) -> Self {
        self.with("tier", tier)
    }

    /// Sets the key of the badge: the value of its `per`.
    #[must_use]
    pub fn key(self, key: &str) -> Self {
        self.with("key", key)
    }

    /// Names the person or program that submits the action.
    #[must_use]
    pub fn by(self, who: &str) -> Self {
        self.with("by", who)
    }

    /// Adds a reason in the person's own words.
    #[must_use]
    pub fn reason(self, reason: &str) -> Self {
        self.with("reason", reason)
    }

    /// Sets the instant at which the action takes effect. Default: after all other events of the
    /// player (S1).
    #[must_use]
    pub fn at(mut self, at: Timestamp) -> Self {
        self.event = self.event.at(at);
        self
    }

    /// Allows the balance to become negative.
    #[must_use]
    pub fn overdraft(self) -> Self {
        self.with("overdraft", true)
    }

    /// Creates the player if they are unknown. Without it, an action on an unknown player is
    /// rejected with [`Rejection::UnknownPlayer`](crate::Rejection::UnknownPlayer) (S45), because
    /// the id is more often misspelled than new.
    ///
    /// It is not part of the action's content: a retry with the same id may leave it out.
    #[must_use]
    pub fn create(mut self) -> Self {
        self.create = true;
        self
    }

    /// Derives an action of a series, with a player and events of its own.
    ///
    /// The ids of a series are numbered from the second on, so that repeating the series is
    /// idempotent as a whole.
    pub(crate) fn for_events(
        mut self,
        player: &PlayerId,
        name: &str,
        events: impl IntoIterator<Item = EventId>,
        number: usize,
    ) -> Self {
        self.event.player = player.clone();
        self.event.name = name.to_owned();
        // The first action keeps the id as given, so that a short series equals a single action.
        self.event.id = self.event.id.map(|id| {
            if number == 0 {
                id
            } else {
                format!("{id}-{number}").into()
            }
        });
        self.with("events", id_list(events))
    }

    fn new(player: impl Into<PlayerId>, name: &str) -> Self {
        Self {
            event: NewEvent::new(player, name),
            create: false,
        }
    }

    fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.event = self.event.prop(name, value);
        self
    }
}

fn id_list<E: Into<EventId>>(ids: impl IntoIterator<Item = E>) -> Value {
    let text = |id: E| Value::from(String::from(id.into()));
    Value::List(ids.into_iter().map(text).collect())
}

/// Converts a decimal to a property value, an integer if it is whole.
fn decimal_value(number: Decimal) -> Value {
    match number.trunc() {
        Some(whole) if number.is_whole() => Value::from(whole),
        _ => Value::from(number.to_f64()),
    }
}
