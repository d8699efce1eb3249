//! Names of events that are the engine's own; all begin with `accolade.`.

/// Acts by hand, and the properties that they carry. `by` and `reason` may stand with each.
pub mod acts {
    /// Gives an award: `badge`, `tier`, `key`.
    pub const AWARD: &str = "accolade.award";
    /// Takes an award away: `badge`, `tier`, `key`.
    pub const REVOKE: &str = "accolade.revoke";
    /// Moves the progress of a badge: `badge`, `key`, and `add` or `set`.
    pub const PROGRESS: &str = "accolade.progress";
    /// Grants points, or takes them where `amount` is negative: `currency`, `amount`.
    pub const POINTS: &str = "accolade.points";
    /// Makes everything before it stop counting.
    pub const RESET: &str = "accolade.reset";
    /// Sets attributes of the player: `set`, an object in which null removes.
    pub const PROFILE: &str = "accolade.profile";

    /// All of them.
    pub const NAMES: [&str; 6] = [AWARD, REVOKE, PROGRESS, POINTS, RESET, PROFILE];

    /// The property of a stored act that holds what was decided when it was judged.
    pub const DECIDED: &str = "decided";
}

/// What rules cause is an event to the rules of the next generation (S7): a fixed table of names and properties.
pub mod derived {
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
}

/// The name of the moments that pass without an event (S10). They are folded like events and never recorded.
pub const TIME: &str = "accolade.time";
