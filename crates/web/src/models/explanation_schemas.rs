//! Schemas of explanations, which the engine writes. Tests compare the two.
#![expect(dead_code, reason = "only describes schemas")]

use std::borrow::Cow;
use std::collections::BTreeMap;

use utoipa::ToSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;

use super::schema_names::{AwardSourceNames, SkipReasonNames, SourceKindNames};

/// Explanation of a badge, a balance or an unlockable: the events that counted, near misses,
/// missing parts and manual actions.
#[derive(ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schema(as = SubjectExplanation)]
pub(crate) enum ExplanationSchema {
    /// Explanation of a badge.
    Badge(BadgeSchema),
    /// Explanation of a balance.
    Currency(CurrencySchema),
    /// Explanation of an unlockable.
    Unlockable(UnlockableSchema),
}

/// Explanation of a badge.
#[derive(ToSchema)]
pub(crate) struct BadgeSchema {
    /// Id of the player.
    player: String,
    /// Id of the badge.
    badge: String,
    /// Display name of the badge.
    name: String,
    /// The answer in one sentence.
    summary: String,
    /// The rule in words.
    rule: String,
    /// Time that is explained.
    #[schema(format = DateTime)]
    at: String,
    /// Tier, if the explanation is limited to one.
    tier: Option<String>,
    /// Key, if the explanation is limited to one.
    key: Option<String>,
    /// Name of the keys, such as `post`. Null if the badge has none.
    key_name: Option<String>,
    /// Labels and links of the keys in this explanation, by key.
    key_labels: BTreeMap<String, KeyLabelSchema>,
    /// True if an award in question is held.
    earned: bool,
    /// Number of held awards in question.
    held: u64,
    /// All awards that were ever given, oldest first, including revoked ones.
    awards: Entries<AwardEntrySchema>,
    /// Progress on each tier, for the key in question or for the keys nearest to their next tier.
    goals: Vec<GoalSchema>,
    /// Parts of the criterion, for the first goal that is not reached.
    criterion: Option<CriterionSchema>,
    /// Badges that must be held first.
    requires: Vec<RequiredBadgeSchema>,
    /// Events and actions behind the explanation.
    #[serde(flatten)]
    evidence: EvidenceSchema,
}

/// Explanation of a balance.
#[derive(ToSchema)]
pub(crate) struct CurrencySchema {
    /// Id of the player.
    player: String,
    /// Id of the currency.
    currency: String,
    /// Display name of the currency.
    name: String,
    /// The answer in one sentence.
    summary: String,
    /// Rules that pay the currency, in words.
    rules: Vec<String>,
    /// Time that is explained.
    #[schema(format = DateTime)]
    at: String,
    /// Current balance.
    balance: i64,
    /// Totals by source, which add up to the balance.
    totals: Vec<SourceTotalSchema>,
    /// Movements of points.
    entries: Entries<MovementSchema>,
    /// Events for which an earning did not pay, or not in full.
    near_misses: Entries<NearMissSchema>,
    /// Manual actions that moved the balance, or would have done if they had not been retracted.
    actions: Entries<ActionEntrySchema>,
}

/// Explanation of an unlockable.
#[derive(ToSchema)]
pub(crate) struct UnlockableSchema {
    /// Id of the player.
    player: String,
    /// Id of the unlockable.
    unlockable: String,
    /// Display name of the unlockable.
    name: String,
    /// The answer in one sentence.
    summary: String,
    /// The rule in words.
    rule: String,
    /// Time that is explained.
    #[schema(format = DateTime)]
    at: String,
    /// True if the unlockable is open.
    open: bool,
    /// Times at which it opened and closed.
    changes: Entries<TransitionSchema>,
    /// Parts of the criterion.
    criterion: Option<CriterionSchema>,
    /// Events and actions behind the explanation.
    #[serde(flatten)]
    evidence: EvidenceSchema,
}

/// Newest entries of a list that can be long.
#[derive(ToSchema)]
#[schema(as = ExplainedEntries)]
struct Entries<T> {
    /// The newest entries, oldest first.
    entries: Vec<T>,
    /// Number of older entries.
    left_out: u64,
}

/// Events and actions behind an explanation.
#[derive(ToSchema)]
#[schema(as = ExplainedEvidence)]
struct EvidenceSchema {
    /// Events that counted.
    counted: Entries<CountedEventSchema>,
    /// Number of later events that counted after everything in question had been earned.
    counted_since: u64,
    /// Events that almost counted.
    near_misses: Entries<NearMissSchema>,
    /// Manual actions that are relevant to the rule.
    actions: Entries<ActionEntrySchema>,
}

/// Award in an explanation.
#[derive(ToSchema)]
#[schema(as = ExplainedAward)]
struct AwardEntrySchema {
    /// Tier. Null if the badge has no tiers.
    tier: Option<String>,
    /// Key, or the number of a repeatable badge. Null if there is none.
    key: Option<String>,
    /// True if the award is held.
    held: bool,
    /// Time at which it was earned.
    #[schema(format = DateTime)]
    at: String,
    /// Id of the event or action that caused it.
    event: String,
    /// Name of that event.
    event_name: String,
    /// Source of the award.
    #[schema(value_type = AwardSourceNames)]
    source: String,
    /// Time at which it was revoked or lapsed. Null if it is held.
    #[schema(format = DateTime)]
    revoked_at: Option<String>,
    /// Id of the event or action that revoked it. Null if it is held.
    revoked_by: Option<String>,
    /// True if only a manual award can restore it.
    blocked: bool,
}

/// Progress on a tier in an explanation.
#[derive(ToSchema)]
#[schema(as = ExplainedGoal)]
struct GoalSchema {
    /// True if the award is held.
    earned: bool,
    /// Tier. Null if the badge has no tiers.
    tier: Option<String>,
    /// Key that is nearest to the target. Null if the badge is not earned per key.
    key: Option<String>,
    /// Current value; can be negative.
    current: f64,
    /// Value to be reached.
    target: f64,
    /// Difference between target and current value; at least zero.
    missing: f64,
    /// Part of the current value that was added manually.
    manual: f64,
}

/// Part of a criterion in an explanation.
#[derive(ToSchema)]
#[schema(as = ExplainedCriterion)]
struct CriterionSchema {
    /// The requirement in words; for a composite, how its parts are combined.
    text: String,
    /// Key for which the part is shown. Null if there is none.
    key: Option<String>,
    /// Current value; for a composite, the number of parts that hold.
    current: f64,
    /// Value to be reached.
    target: f64,
    /// True if the part holds.
    holds: bool,
    /// Subject that explains this part further, such as `teacher` or `currency:xp`. Null if there
    /// is none.
    subject: Option<String>,
    /// First counted keys, if the criterion counts keys.
    keys: Vec<String>,
    /// Parts of a composite; if the criterion counts keys, the nearest key that does not count.
    #[schema(no_recursion)]
    parts: Vec<CriterionSchema>,
}

/// Badge that must be held first.
#[derive(ToSchema)]
#[schema(as = RequiredBadge)]
struct RequiredBadgeSchema {
    /// Id of the badge.
    badge: String,
    /// Display name of the badge.
    name: String,
    /// True if the badge is held.
    held: bool,
}

/// Total of one rule, of all manual actions, or of all expired points.
#[derive(ToSchema)]
#[schema(as = ExplainedTotal)]
struct SourceTotalSchema {
    /// Source of the points.
    #[schema(value_type = SourceKindNames)]
    source: String,
    /// Id of the rule. Null for manual actions and expired points.
    rule: Option<String>,
    /// Display name of the rule. Null for manual actions and expired points.
    name: Option<String>,
    /// Number of entries.
    entries: u64,
    /// Sum of the entries.
    amount: i64,
}

/// Movement of points in an explanation.
#[derive(ToSchema)]
#[schema(as = ExplainedMovement)]
struct MovementSchema {
    /// Id of the event or action.
    event: String,
    /// Name of the event or action.
    name: String,
    /// Time of the event.
    #[schema(format = DateTime)]
    at: String,
    /// Source of the points.
    #[schema(value_type = SourceKindNames)]
    source: String,
    /// Id of the rule. Null for manual actions and expired points.
    rule: Option<String>,
    /// Tier of the award. Null if there is none.
    tier: Option<String>,
    /// Key of the award. Null if there is none.
    key: Option<String>,
    /// Number of points; negative if they were deducted.
    amount: i64,
    /// Balance after this movement.
    balance: i64,
}

/// Change of an unlockable in an explanation.
#[derive(ToSchema)]
#[schema(as = ExplainedTransition)]
struct TransitionSchema {
    /// True if it opened, false if it closed.
    opened: bool,
    /// Time of the change.
    #[schema(format = DateTime)]
    at: String,
    /// Id of the event or action that caused it.
    event: String,
    /// Name of that event.
    event_name: String,
}

/// Event that counted.
#[derive(ToSchema)]
#[schema(as = CountedEvent)]
struct CountedEventSchema {
    /// Id of the event.
    event: String,
    /// Name of the event.
    name: String,
    /// Time of the event.
    #[schema(format = DateTime)]
    at: String,
    /// Part of the criterion for which it counted. Null if there is only one.
    part: Option<String>,
    /// Key for which it counted. Null if the criterion has no keys.
    key: Option<String>,
    /// Contribution of the event.
    added: f64,
    /// Value of the part after the event.
    total: f64,
}

/// Event that almost counted.
#[derive(ToSchema)]
#[schema(as = NearMiss)]
struct NearMissSchema {
    /// Id of the event.
    event: String,
    /// Name of the event.
    name: String,
    /// Time of the event.
    #[schema(format = DateTime)]
    at: String,
    /// Rule or part of the criterion for which it did not count. Null if there is only one.
    part: Option<String>,
    /// Reason for programs.
    #[schema(value_type = SkipReasonNames)]
    reason: String,
    /// Reason in plain English.
    message: String,
    /// Id of the action that retracted or reset it. Null if there is none.
    action: Option<String>,
    /// Number of points that a limit cut off. Null if there is no limit.
    cut: Option<i64>,
}

/// Manual action in an explanation, retracted or not.
#[derive(ToSchema)]
#[schema(as = ExplainedAction)]
struct ActionEntrySchema {
    /// Id of the action.
    action: String,
    /// Name of the action, such as `accolade.award`.
    name: String,
    /// Time of the action.
    #[schema(format = DateTime)]
    at: String,
    /// Effect in words, such as "awarded helper".
    effect: String,
    /// Author. Null if not given.
    by: Option<String>,
    /// Reason. Null if not given.
    reason: Option<String>,
    /// Id of the action that retracted it. Null if it counts.
    retracted_by: Option<String>,
}

/// Key in words.
#[derive(ToSchema)]
#[schema(as = KeyLabel)]
struct KeyLabelSchema {
    /// Label, such as the title of a post.
    label: String,
    /// Link. Null if the catalog has none for it.
    link: Option<String>,
}

/// Lists the schemas of the entries of lists.
pub(crate) fn explanation_entry_schemas() -> Vec<(Cow<'static, str>, RefOr<Schema>)> {
    fn named_schema<T: ToSchema>() -> (Cow<'static, str>, RefOr<Schema>) {
        (T::name(), T::schema())
    }
    vec![
        named_schema::<AwardEntrySchema>(),
        named_schema::<MovementSchema>(),
        named_schema::<NearMissSchema>(),
        named_schema::<ActionEntrySchema>(),
        named_schema::<TransitionSchema>(),
        named_schema::<CountedEventSchema>(),
    ]
}
