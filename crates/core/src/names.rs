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

    /// Takes events back: `event`, an id, or `events`, a list of them. They are then as if they had never been (S13).
    pub const RETRACT: &str = "accolade.retract";
    /// Lets retracted events count again: `event` or `events`.
    pub const RESTORE: &str = "accolade.restore";
    /// Joins the timeline of a guest to that of the player: `guest` (S19).
    pub const MERGE: &str = "accolade.merge";
    /// Takes a merge back: `guest`.
    pub const UNMERGE: &str = "accolade.unmerge";
    /// Keeps what a new catalog no longer earns. Only a publication writes it (S14).
    pub const KEEP: &str = "accolade.keep";

    /// All of them.
    pub const NAMES: [&str; 11] = [
        AWARD, REVOKE, PROGRESS, POINTS, RESET, PROFILE, RETRACT, RESTORE, MERGE, UNMERGE, KEEP,
    ];

    /// The property of a reset whose work was done when the timeline was put together. It is never stored.
    pub const DONE: &str = "done";

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
    pub const NAMES: [&str; 5] = [
        POINTS_EARNED,
        BADGE_AWARDED,
        BADGE_REVOKED,
        UNLOCKABLE_OPENED,
        UNLOCKABLE_SHUT,
    ];
}

/// The name of the moments that pass without an event (S10). They are folded like events and never recorded.
pub const TIME: &str = "accolade.time";
