//! Reserved names of events. All begin with `accolade.`.

/// Manual actions and their properties. Each may also have `by` and `reason`.
pub mod acts {
    /// Awards a badge: `badge`, `tier`, `key`.
    pub const AWARD: &str = "accolade.award";
    /// Revokes an award: `badge`, `tier`, `key`.
    pub const REVOKE: &str = "accolade.revoke";
    /// Changes the progress of a badge: `badge`, `key`, and `add` or `set`.
    pub const PROGRESS: &str = "accolade.progress";
    /// Adds points, or removes them if `amount` is negative: `currency`, `amount`.
    pub const POINTS: &str = "accolade.points";
    /// Resets the player: earlier events no longer count.
    pub const RESET: &str = "accolade.reset";
    /// Sets attributes of the player: `set`, an object in which null removes an attribute.
    pub const PROFILE: &str = "accolade.profile";

    /// Retracts events, which then no longer count: `event`, an id, or `events`, a list of ids
    /// (S13).
    pub const RETRACT: &str = "accolade.retract";
    /// Restores retracted events: `event` or `events`.
    pub const RESTORE: &str = "accolade.restore";
    /// Merges the timeline of a guest into that of the player: `guest` (S19).
    pub const MERGE: &str = "accolade.merge";
    /// Undoes a merge: `guest`.
    pub const UNMERGE: &str = "accolade.unmerge";
    /// Grandfathers holdings that a new catalog no longer earns. Only a publication writes it
    /// (S14).
    pub const GRANDFATHER: &str = "accolade.grandfather";

    /// The names of all actions.
    pub const NAMES: [&str; 11] = [
        AWARD,
        REVOKE,
        PROGRESS,
        POINTS,
        RESET,
        PROFILE,
        RETRACT,
        RESTORE,
        MERGE,
        UNMERGE,
        GRANDFATHER,
    ];

    /// The property of a reset that was already applied when the timeline was assembled. It is
    /// never stored.
    pub const RESET_APPLIED: &str = "done";

    /// The property of a stored action that contains the decision made when it was recorded.
    pub const DECISION: &str = "decided";
}

/// Derived events and their properties. Effects of rules are events for the rules of the next
/// generation (S7).
pub mod derived {
    /// A rule or an action changed a balance: `currency`, `amount` (negative if points were
    /// removed), `rule`.
    pub const POINTS_EARNED: &str = "accolade.points_earned";
    /// A badge was awarded: `badge`, `tier`, `key`.
    pub const BADGE_AWARDED: &str = "accolade.badge_awarded";
    /// An award was revoked: `badge`, `tier`, `key`.
    pub const BADGE_REVOKED: &str = "accolade.badge_revoked";
    /// An unlockable opened: `unlockable`.
    pub const UNLOCKABLE_OPENED: &str = "accolade.unlockable_opened";
    /// An unlockable closed: `unlockable`.
    pub const UNLOCKABLE_CLOSED: &str = "accolade.unlockable_closed";

    /// The names of all derived events.
    pub const NAMES: [&str; 5] = [
        POINTS_EARNED,
        BADGE_AWARDED,
        BADGE_REVOKED,
        UNLOCKABLE_OPENED,
        UNLOCKABLE_CLOSED,
    ];
}

/// The name of timer events (S10), which are folded like events and never recorded.
pub const TIMER_EVENT: &str = "accolade.time";

/// A text that names none of the values of an enum.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a known name")]
pub struct UnknownName(pub String);

/// Defines an enum whose values have names in stored rows, JSON and texts.
///
/// It generates `ALL`, `as_str`, [`Display`](std::fmt::Display), [`FromStr`](std::str::FromStr)
/// with [`UnknownName`] as error, and serialization as the name.
#[doc(hidden)]
#[macro_export]
macro_rules! named_enum {
    (
        $(#[$attribute:meta])*
        pub enum $name:ident {
            $($(#[$variant_attribute:meta])* $variant:ident = $text:literal,)+
        }
    ) => {
        $(#[$attribute])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$variant_attribute])* $variant,)+
        }

        impl $name {
            /// All values, in order of definition.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name in stored rows and JSON.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::names::UnknownName;

            fn from_str(name: &str) -> Result<Self, Self::Err> {
                Self::ALL
                    .iter()
                    .copied()
                    .find(|value| value.as_str() == name)
                    .ok_or_else(|| $crate::names::UnknownName(name.to_owned()))
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}
