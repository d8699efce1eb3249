//! Schemas of the results of background jobs.
//!
//! Jobs keep their results as JSON, written by the types of the engine. Tests compare the two.
#![expect(dead_code, reason = "only describes schemas")]

use utoipa::ToSchema;

/// Changes that publishing a catalog would make.
#[derive(ToSchema)]
#[schema(as = Plan)]
pub(crate) struct PlanResult {
    /// Version of the published catalog that the plan was made against.
    version: i64,
    /// True if awards that the new catalog does not earn are revoked.
    revoke: bool,
    /// Start of the plan. Everything recorded before is included.
    #[schema(format = DateTime)]
    as_of: String,
    /// Rules that differ between the catalogs, one line each.
    rule_changes: Vec<String>,
    /// Number of players evaluated.
    players: u64,
    /// Number of their events and actions that count.
    events: u64,
    /// Number of players with at least one change.
    changed: u64,
    /// Badges and tiers that are held by a player before or after.
    badges: Vec<PlanBadgeTotals>,
    /// Currencies in which a player has points before or after.
    currencies: Vec<PlanCurrencyTotals>,
    /// Unlockables that are open for a player before or after.
    unlockables: Vec<PlanUnlockableTotals>,
    /// Players with the most changes.
    most_affected: Vec<PlanAffectedPlayer>,
    /// Suggestions for changed rules that apply retroactively.
    advice: Vec<PlanAdvice>,
    /// Event names that rules of the new catalog listen to and that were never recorded.
    unseen_events: Vec<PlanUnseenName>,
    /// Token for publishing exactly this plan.
    token: String,
    /// All changes, ordered by player, kind, subject, tier and key. Empty in a preview of the
    /// administration.
    changes: Vec<PlanChange>,
}

/// Totals of a badge in a plan.
#[derive(ToSchema)]
struct PlanBadgeTotals {
    /// Id of the badge.
    badge: String,
    /// Tier. Null if the badge has no tiers.
    tier: Option<String>,
    /// Number of awards gained.
    gained: u64,
    /// Number of awards that are no longer earned and are grandfathered.
    kept: u64,
    /// Number of awards revoked.
    lost: u64,
    /// Holders before the publication.
    before: PlanEarnerTotals,
    /// Holders after the publication.
    after: PlanEarnerTotals,
    /// Holders after the publication, without grandfathered awards.
    earned: PlanEarnerTotals,
}

/// Number of holders of a badge, and times at which they earned it.
#[derive(ToSchema)]
struct PlanEarnerTotals {
    /// Number of players who hold it at least once.
    players: u64,
    /// Time of the first award. Null if no player holds it.
    #[schema(format = DateTime)]
    first: Option<String>,
    /// Time by which half of the holders had earned it. Null if no player holds it.
    #[schema(format = DateTime)]
    median: Option<String>,
}

/// Totals of a currency in a plan.
#[derive(ToSchema)]
struct PlanCurrencyTotals {
    /// Id of the currency.
    currency: String,
    /// Sum of all balances before.
    before: i64,
    /// Sum of all balances after.
    after: i64,
    /// Number of players whose balance changes.
    players: u64,
}

/// Totals of an unlockable in a plan.
#[derive(ToSchema)]
struct PlanUnlockableTotals {
    /// Id of the unlockable.
    unlockable: String,
    /// Number of players for whom it opens.
    opened: u64,
    /// Number of players for whom it would close and is grandfathered.
    kept: u64,
    /// Number of players for whom it closes.
    closed: u64,
    /// Number of players for whom it is open before.
    before: u64,
    /// Number of players for whom it is open after.
    after: u64,
}

/// Player with many changes in a plan.
#[derive(ToSchema)]
struct PlanAffectedPlayer {
    /// Id of the player.
    player: String,
    /// Number of changes to awards, unlockables and balances.
    changes: u64,
    /// Points gained, over all currencies.
    points_gained: u64,
    /// Points lost, over all currencies.
    points_lost: u64,
}

/// Suggestion for a changed rule.
#[derive(ToSchema)]
struct PlanAdvice {
    /// Kind of advice.
    kind: PlanAdviceKind,
    /// Rule concerned.
    rule: PlanNamedRule,
    /// Number of players affected.
    players: u64,
    /// Effect of the change, such as "the badge `guest` is new: 2 players gain 2 awards for past
    /// events".
    text: String,
    /// Change of the catalog that avoids the effect. Null if no general one is known.
    remedy: Option<PlanAdviceRemedy>,
}

/// Kind of advice: a new rule counts past events, a changed rule counts them differently, a
/// removed rule no longer pays for them, or a rule cannot be evaluated for some of them.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(
    clippy::enum_variant_names,
    reason = "the names are the values in the document"
)]
enum PlanAdviceKind {
    NewRule,
    ChangedRule,
    RemovedRule,
    FailingRule,
}

/// Change of the catalog that avoids an effect on the past.
#[derive(ToSchema)]
struct PlanAdviceRemedy {
    /// Kind of remedy.
    kind: PlanRemedyKind,
    /// Instruction, such as "to count only events from now on, add `since` to the badge".
    text: String,
    /// The `until` to write. Null if the remedy needs none.
    #[schema(format = DateTime)]
    until: Option<String>,
    /// The `since` to write. Null if the remedy needs none.
    #[schema(format = DateTime)]
    since: Option<String>,
}

/// Kind of remedy: add a `since` to the rule; leave the rule in and add an `until`; leave it as it
/// was with an `until` and put the change into a new rule with a `since`; or begin the condition
/// with a test that the property exists.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
enum PlanRemedyKind {
    AddSince,
    AddUntil,
    SplitRule,
    GuardCondition,
}

/// Event name that rules listen to and that was never recorded.
#[derive(ToSchema)]
struct PlanUnseenName {
    /// Name of the events.
    name: String,
    /// Rules that listen to it.
    rules: Vec<PlanNamedRule>,
    /// Similar name of recorded events. Null if there is none.
    suggestion: Option<String>,
}

/// Rule with its display name.
#[derive(ToSchema)]
struct PlanNamedRule {
    /// Kind of the rule.
    #[schema(value_type = super::schema_names::RuleKindNames)]
    kind: String,
    /// Id of the rule.
    id: String,
    /// Name to display.
    name: String,
}

/// Change that a publication makes for a player.
#[derive(ToSchema)]
struct PlanChange {
    /// Id of the player.
    player: String,
    /// Kind of change.
    kind: PlanChangeKind,
    /// Id of the badge, currency or unlockable.
    subject: String,
    /// Tier of the badge. Null if there is none.
    tier: Option<String>,
    /// Key of the award. Null if there is none.
    key: Option<String>,
    /// Value before: a balance, or the time since which something is held, with the points that an
    /// award paid. Null if there is nothing.
    before: Option<String>,
    /// Value after, in the same form.
    after: Option<String>,
}

/// Kind of change in a plan. `kept` means grandfathered.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
enum PlanChangeKind {
    AwardGained,
    AwardKept,
    AwardLost,
    AwardChanged,
    Points,
    UnlockableOpened,
    UnlockableKept,
    UnlockableClosed,
    UnlockableChanged,
}

/// Result of a verification.
#[derive(ToSchema)]
#[schema(as = Verification)]
pub(crate) struct VerificationResult {
    /// Number of players compared.
    players: u64,
    /// Number of events folded.
    events: u64,
    /// Number of players who are not yet backfilled to the published catalog, and were not
    /// compared.
    behind: u64,
    /// Number of differences.
    count: u64,
    /// First 1,000 differences, ordered by player.
    differences: Vec<DifferenceModel>,
}

/// Result of a repair.
#[derive(ToSchema)]
#[schema(as = Repair)]
pub(crate) struct RepairResult {
    /// Number of players checked.
    players: u64,
    /// Number of players who are not yet backfilled to the published catalog, and were not checked.
    behind: u64,
    /// Number of differences found.
    count: u64,
    /// First 1,000 differences found, ordered by player.
    differences: Vec<DifferenceModel>,
    /// Number of players repaired.
    repaired: u64,
    /// Number of differences left.
    remaining_count: u64,
    /// First 1,000 differences left, ordered by player.
    remaining: Vec<DifferenceModel>,
}

/// Difference between stored data and the data that the events yield.
#[derive(ToSchema)]
#[schema(as = Difference)]
struct DifferenceModel {
    /// Id of the player. Null if the difference concerns no single player.
    player: Option<String>,
    /// Subject of the difference, such as `award nice-answer 7` or `balance xp`.
    subject: String,
    /// The stored value.
    stored: String,
    /// The value that the events yield.
    expected: String,
    /// Meaning of the difference, in one sentence.
    explanation: String,
    /// True if a repair can fix it.
    repairable: bool,
}

/// Result of awarding a badge to several players, or of undoing that.
#[derive(ToSchema)]
#[schema(as = BulkAward)]
pub(crate) struct AwardJobResult {
    /// Id of the badge.
    badge: String,
    /// Display name of the badge.
    badge_name: String,
    /// Tier. Null if the badge has no tiers.
    tier: Option<String>,
    /// Results by player.
    players: Vec<PlayerAwardResult>,
    /// Number of players that were not reached before the job was cancelled.
    not_reached: u64,
}

/// Result of a bulk award for one player.
#[derive(ToSchema)]
#[schema(as = BulkAwardItem)]
struct PlayerAwardResult {
    /// Id of the player.
    player: String,
    /// Name to display. Null if the player has none.
    name: Option<String>,
    /// Id of the action.
    action: String,
    /// Result for the player: `before` if it had been done by an earlier job.
    outcome: PlayerAwardOutcome,
    /// Tiers that the player got.
    tiers: Vec<String>,
    /// Reason why the award was refused. Null otherwise.
    message: Option<String>,
}

/// Result of a bulk award for one player.
#[derive(ToSchema)]
#[schema(as = BulkAwardOutcome, rename_all = "snake_case")]
enum PlayerAwardOutcome {
    Done,
    Before,
    Refused,
}
