//! Every bound of the engine in one table (S25). Beyond one of them there is an error that names it, never a truncation.

/// Bytes of an event id or a player id.
pub const ID_BYTES: usize = 255;
/// Bytes of the id of a definition or a tier.
pub const DEFINITION_ID_BYTES: usize = 64;
/// Bytes of an event name.
pub const NAME_BYTES: usize = 128;
/// Bytes of an event's properties as compact JSON.
pub const PROPS_BYTES: usize = 64 * 1024;
/// How deep an event's properties may nest; the properties themselves are depth 1.
pub const PROPS_DEPTH: usize = 16;
/// Bytes of a key: the value that `per` or `distinct` yields for an event.
pub const KEY_BYTES: usize = 255;
/// The first instant an event may carry: 1900-01-01T00:00:00Z, in microseconds of the Unix epoch.
pub const FIRST_INSTANT: i64 = -2_208_988_800_000_000;
/// The instant that events must stay below: 2200-01-01T00:00:00Z, in microseconds of the Unix epoch.
pub const LAST_INSTANT: i64 = 7_258_118_400_000_000;
/// Generations of effects that one event may set off (S7).
pub const GENERATIONS: usize = 16;
/// Events that rules may derive from one event (S7).
pub const DERIVED_EVENTS: usize = 10_000;
/// Events that one act may retract or restore.
pub const RETRACTED_EVENTS: usize = 200;
/// Events in one batch.
pub const BATCH_EVENTS: usize = 1_000;
/// Bytes of a catalog document.
pub const CATALOG_BYTES: usize = 4 * 1024 * 1024;
/// Bytes of one condition or expression.
pub const EXPRESSION_BYTES: usize = 2_000;
/// How deep a condition or expression may nest.
pub const EXPRESSION_DEPTH: usize = 32;
/// How deep criteria may nest.
pub const CRITERION_DEPTH: usize = 8;
/// Tiers of one badge.
pub const TIERS: usize = 32;
/// Past spells that the award of a temporary badge keeps; older ones are forgotten.
pub const SPELLS: usize = 100;
/// How far ahead of the clock an event may be: five minutes, in microseconds (S10). A default; configurable.
pub const AHEAD_OF_CLOCK: i64 = 5 * 60 * 1_000_000;
/// Events between two checkpoints of a player's state, at the least (S21).
pub const CHECKPOINT_EVENTS: u64 = 1_000;
/// Entries in each list of an explanation; the newest are kept.
pub const EXPLAINED: usize = 200;
/// Keys that an explanation shows for a badge that is earned for each key.
pub const EXPLAINED_KEYS: usize = 10;
