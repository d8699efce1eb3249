//! All limits of the engine (S25). Input beyond a limit is an error that states it; nothing is
//! truncated.

/// Maximum length of an event id or a player id, in bytes.
pub const ID_BYTES: usize = 255;
/// Maximum length of the id of a rule or a tier, in bytes.
pub const RULE_ID_BYTES: usize = 64;
/// Maximum length of an event name, in bytes.
pub const NAME_BYTES: usize = 128;
/// Maximum size of an event's properties as compact JSON, in bytes.
pub const PROPS_BYTES: usize = 64 * 1024;
/// Maximum nesting depth of an event's properties; the properties themselves have depth 1.
pub const PROPS_DEPTH: usize = 16;
/// Maximum length of a key, which `per` or `distinct` yields for an event, in bytes.
pub const KEY_BYTES: usize = 255;
/// Maximum length of the label of a key, in characters; longer ones are cut for display.
pub const KEY_LABEL_CHARS: usize = 120;
/// First valid time of an event: 1900-01-01T00:00:00Z, in microseconds since the Unix epoch.
pub const FIRST_INSTANT: i64 = -2_208_988_800_000_000;
/// End of the valid times, exclusive: 2200-01-01T00:00:00Z, in microseconds since the Unix epoch.
pub const LAST_INSTANT: i64 = 7_258_118_400_000_000;
/// Maximum number of generations of effects of one event (S7).
// Compiling a catalog refuses endless loops (S7). This bounds long chains.
pub const GENERATIONS: usize = 16;
/// Maximum number of derived events of one event (S7).
// A sum can pass many multiples of a target at once, and each is an award of a repeated badge.
pub const DERIVED_EVENTS: usize = 10_000;
/// Maximum number of events that one action may retract or restore.
pub const RETRACTED_EVENTS: usize = 200;
/// Maximum number of events in one batch.
pub const BATCH_EVENTS: usize = 1_000;
/// Maximum size of a catalog document, in bytes.
// Also bounds the numbers of rules and slots, which have no limits of their own.
pub const CATALOG_BYTES: usize = 4 * 1024 * 1024;
/// Maximum length of a condition or expression, in bytes.
pub const EXPRESSION_BYTES: usize = 2_000;
/// Maximum nesting depth of a condition or expression.
// Bounds the stack of the parser: see `STACK_BYTES` in `expr::compiler`.
pub const EXPRESSION_DEPTH: usize = 32;
/// Maximum nesting depth of criteria.
pub const CRITERION_DEPTH: usize = 8;
/// Maximum number of tiers of one badge.
// `BadgeCell::settled_tiers` has one bit for each tier.
pub const TIERS: usize = 32;
/// Maximum number of past holding intervals of a temporary award; older ones are dropped.
pub const HOLDING_INTERVALS: usize = 100;
/// Default maximum distance of an event ahead of the clock: five minutes, in microseconds (S28).
pub const AHEAD_OF_CLOCK: i64 = 5 * 60 * 1_000_000;
/// Minimum number of events between two checkpoints of a player's state (S21).
pub const CHECKPOINT_EVENTS: u64 = 1_000;
/// Maximum number of entries in each list of an explanation; the newest are kept.
pub const EXPLANATION_ENTRIES: usize = 200;
/// Maximum number of keys in the explanation of a badge with `repeat = "per-key"`.
pub const EXPLANATION_KEYS: usize = 10;
