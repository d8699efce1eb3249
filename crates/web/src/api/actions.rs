//! Manual actions.

use accolade::{Action, Decimal, Props};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::extract::{IdempotencyKey, JsonBody, PathParams, parse_timestamp};
use crate::auth::{Caller, KeyScope};
use crate::models::{BatchItemModel, ErasedPlayerModel, ReceiptModel};
use crate::problem::Problem;
use crate::state::AppState;

/// Manual action on a player.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = Action)]
pub(crate) enum ActionRequest {
    /// Award a badge.
    Award {
        /// Id of the badge.
        badge: String,
        /// Tier. Required if the badge has tiers.
        tier: Option<String>,
        /// Key. Required if the badge is earned per key.
        key: Option<String>,
        /// Reason, recorded in the timeline and the audit log.
        reason: Option<String>,
        /// True to create the player if unknown. Not part of the content: a retry may omit it.
        #[serde(default)]
        create: bool,
        /// Effective time. Default: after everything else in the player's timeline.
        #[schema(format = DateTime)]
        at: Option<String>,
    },
    /// Revoke a badge and the points that it paid.
    Revoke {
        /// Id of the badge.
        badge: String,
        /// Tier. Required if the badge has tiers.
        tier: Option<String>,
        /// Key. Required if the badge is earned per key.
        key: Option<String>,
        /// Reason, recorded in the timeline and the audit log.
        reason: Option<String>,
        /// True to create the player if unknown. Not part of the content: a retry may omit it.
        #[serde(default)]
        create: bool,
        /// Effective time. Default: after everything else in the player's timeline.
        #[schema(format = DateTime)]
        at: Option<String>,
    },
    /// Change the progress of a badge. Requires either `add` or `set`.
    Progress {
        /// Id of the badge.
        badge: String,
        /// Amount to add; negative to subtract.
        add: Option<f64>,
        /// New value of the progress.
        set: Option<f64>,
        /// Key. Required if the badge is earned per key.
        key: Option<String>,
        /// Reason, recorded in the timeline and the audit log.
        reason: Option<String>,
        /// True to create the player if unknown. Not part of the content: a retry may omit it.
        #[serde(default)]
        create: bool,
        /// Effective time. Default: after everything else in the player's timeline.
        #[schema(format = DateTime)]
        at: Option<String>,
    },
    /// Grant points, or deduct them if the amount is negative.
    Points {
        /// Id of the currency.
        currency: String,
        /// Number of points.
        amount: i64,
        /// True to allow the balance to become negative.
        #[serde(default)]
        overdraft: bool,
        /// Reason, recorded in the timeline and the audit log.
        reason: Option<String>,
        /// True to create the player if unknown. Not part of the content: a retry may omit it.
        #[serde(default)]
        create: bool,
        /// Effective time. Default: after everything else in the player's timeline.
        #[schema(format = DateTime)]
        at: Option<String>,
    },
    /// Reset the player: earlier events no longer count.
    Reset {
        /// Reason, recorded in the timeline and the audit log.
        reason: Option<String>,
        /// True to create the player if unknown. Not part of the content: a retry may omit it.
        #[serde(default)]
        create: bool,
        /// Effective time. Default: after everything else in the player's timeline.
        #[schema(format = DateTime)]
        at: Option<String>,
    },
    /// Set attributes such as `name` and `zone`.
    Profile {
        /// Attributes to set; null removes an attribute.
        #[schema(value_type = Object)]
        set: Props,
        /// Reason, recorded in the timeline and the audit log.
        reason: Option<String>,
        /// True to create the player if unknown. Not part of the content: a retry may omit it.
        #[serde(default)]
        create: bool,
        /// Effective time. Default: after everything else in the player's timeline.
        #[schema(format = DateTime)]
        at: Option<String>,
    },
    /// Retract events, as if they had never been recorded.
    Retract {
        /// Event ids, at most 200.
        #[schema(min_items = 1, max_items = 200)]
        events: Vec<String>,
        /// Reason, recorded in the timeline and the audit log.
        reason: Option<String>,
        /// True to create the player if unknown. Not part of the content: a retry may omit it.
        #[serde(default)]
        create: bool,
    },
    /// Restore retracted events.
    Restore {
        /// Event ids, at most 200.
        #[schema(min_items = 1, max_items = 200)]
        events: Vec<String>,
        /// Reason, recorded in the timeline and the audit log.
        reason: Option<String>,
        /// True to create the player if unknown. Not part of the content: a retry may omit it.
        #[serde(default)]
        create: bool,
    },
    /// Merge the timeline of a guest into the player's.
    Merge {
        /// Player id of the guest.
        guest: String,
        /// Reason, recorded in the timeline and the audit log.
        reason: Option<String>,
        /// True to allow a player or guest without any event so far.
        #[serde(default)]
        create: bool,
    },
    /// Undo a merge. Fails if a manual action was recorded on the merged player.
    Unmerge {
        /// Player id of the guest.
        guest: String,
        /// Reason, recorded in the timeline and the audit log.
        reason: Option<String>,
    },
}

impl ActionRequest {
    /// Converts the request to an action on a player.
    fn into_action(self, player: &str) -> Result<Action, Problem> {
        let (act, create, reason, at) = match self {
            Self::Award {
                badge,
                tier,
                key,
                reason,
                create,
                at,
            } => (
                with_tier_and_key(Action::award(player, &badge), tier, key),
                create,
                reason,
                at,
            ),
            Self::Revoke {
                badge,
                tier,
                key,
                reason,
                create,
                at,
            } => (
                with_tier_and_key(Action::revoke(player, &badge), tier, key),
                create,
                reason,
                at,
            ),
            Self::Progress {
                badge,
                add,
                set,
                key,
                reason,
                create,
                at,
            } => {
                let act = match (add, set) {
                    (Some(add), None) => Action::add_progress(player, &badge, parse_decimal(add)?),
                    (None, Some(set)) => Action::set_progress(player, &badge, parse_decimal(set)?),
                    _ => {
                        return Err(Problem::unprocessable_content(
                            "specify either `add` or `set`",
                        ));
                    }
                };
                (with_tier_and_key(act, None, key), create, reason, at)
            }
            Self::Points {
                currency,
                amount,
                overdraft,
                reason,
                create,
                at,
            } => {
                let act = Action::points(player, &currency, amount);
                let act = if overdraft { act.overdraft() } else { act };
                (act, create, reason, at)
            }
            Self::Reset { reason, create, at } => (Action::reset(player), create, reason, at),
            Self::Profile {
                set,
                reason,
                create,
                at,
            } => (Action::profile(player, set), create, reason, at),
            Self::Retract {
                events,
                reason,
                create,
            } => (Action::retract_all(player, events), create, reason, None),
            Self::Restore {
                events,
                reason,
                create,
            } => (Action::restore_all(player, events), create, reason, None),
            Self::Merge {
                guest,
                reason,
                create,
            } => (Action::merge(player, &guest), create, reason, None),
            Self::Unmerge { guest, reason } => {
                (Action::unmerge(player, &guest), false, reason, None)
            }
        };
        let act = if create { act.create() } else { act };
        let act = reason
            .into_iter()
            .fold(act, |act, reason| act.reason(&reason));
        match at {
            None => Ok(act),
            Some(at) => Ok(act.at(parse_timestamp(&at)?)),
        }
    }
}

fn with_tier_and_key(act: Action, tier: Option<String>, key: Option<String>) -> Action {
    let act = tier.into_iter().fold(act, |act, tier| act.tier(&tier));
    key.into_iter().fold(act, |act, key| act.key(&key))
}

fn parse_decimal(number: f64) -> Result<Decimal, Problem> {
    Decimal::from_f64(number).ok_or_else(|| {
        Problem::unprocessable_content(format!("invalid progress `{number}`; out of range"))
    })
}

/// Submit a manual action on a player.
///
/// An action that is not possible is refused and not recorded. So is an action on an unknown
/// player, with status 404, unless it says `"create": true`. A retry with the same
/// `Idempotency-Key` returns the outcomes of the first request. Scope: `actions`.
#[utoipa::path(
    post, path = "/v1/players/{player}/actions",
    tag = "actions", operation_id = "submit_action",
    params(
        ("player" = String, Path, description = "Player id"),
        ("Idempotency-Key" = String, Header,
            description = "Id of the action: new for each action, the same in retries"),
    ),
    request_body(content = ActionRequest, content_type = "application/json"),
    responses(
        (status = 200, description = "The action was a duplicate", body = ReceiptModel),
        (status = 201, description = "The action was recorded", body = ReceiptModel),
    )
)]
pub(crate) async fn submit_action(
    State(app): State<AppState>,
    caller: Caller,
    PathParams(player): PathParams<String>,
    idempotency: IdempotencyKey,
    JsonBody(sent): JsonBody<ActionRequest>,
) -> Result<Response, Problem> {
    caller.require_scope(KeyScope::Actions)?;
    let who = caller.actor_name();
    let act = sent
        .into_action(&player)?
        .id(idempotency.require_key()?)
        .by(&who);
    // `by` is part of the recorded action; this is the actor of the audit log.
    let receipt = app.engine.on_behalf_of(&who).submit_action(act).await?;
    Ok(ReceiptModel::from_receipt(receipt, &app.picture_urls()).into_response())
}

/// Manual action in a batch.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BatchAction)]
pub(crate) struct BatchActionRequest {
    /// Id of the player.
    player: String,
    /// Action id. Default: the `Idempotency-Key` and the position in the batch.
    id: Option<String>,
    /// The action to perform.
    action: ActionRequest,
}

/// Results of a batch of actions.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = BatchActionResults)]
pub(crate) struct SubmitActionsResponse {
    /// Results in the order of the request.
    items: Vec<BatchItemModel>,
}

/// Submit a batch of manual actions on several players.
///
/// Each action succeeds or fails independently. A retry with the same `Idempotency-Key` does not
/// repeat actions. Scope: `actions`.
#[utoipa::path(
    post, path = "/v1/actions",
    tag = "actions", operation_id = "submit_actions",
    params(("Idempotency-Key" = String, Header,
        description = "New for each request, the same in retries")),
    request_body(content = Vec<BatchActionRequest>, content_type = "application/json"),
    responses((status = 200, description = "The results", body = SubmitActionsResponse)),
)]
pub(crate) async fn submit_actions(
    State(app): State<AppState>,
    caller: Caller,
    idempotency: IdempotencyKey,
    JsonBody(sent): JsonBody<Vec<BatchActionRequest>>,
) -> Result<Json<SubmitActionsResponse>, Problem> {
    caller.require_scope(KeyScope::Actions)?;
    let key = idempotency.require_key()?;
    let most = app.settings.limits.batch_events;
    if sent.len() > most {
        return Err(Problem::payload_too_large(format!(
            "a batch has at most {most} actions; split it into several requests"
        )));
    }
    let who = caller.actor_name();
    let mut ids = Vec::with_capacity(sent.len());
    let mut acts = Vec::with_capacity(sent.len());
    for (
        position,
        BatchActionRequest {
            player,
            id,
            action: act,
        },
    ) in sent.into_iter().enumerate()
    {
        // Derived from the key, so that a retry has the same ids.
        let id = id.unwrap_or_else(|| format!("{key}:{position}"));
        acts.push(act.into_action(&player)?.id(&id).by(&who));
        ids.push(id);
    }
    let answers = app.engine.on_behalf_of(&who).submit_actions(acts).await?;
    let pictures = app.picture_urls();
    let items = ids
        .into_iter()
        .zip(answers)
        .map(|(id, answer)| match answer {
            Ok(receipt) => BatchItemModel::from_receipt(receipt, &pictures),
            Err(rejection) => BatchItemModel::from_problem(Some(id), rejection.into()),
        });
    Ok(Json(SubmitActionsResponse {
        items: items.collect(),
    }))
}

/// Result of erasing a player.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Erasure)]
pub(crate) struct ErasePlayerResponse {
    /// Erased data by player id: of the player and of merged guests. Empty if already erased.
    players: Vec<ErasedPlayerModel>,
    /// True if nothing can be recorded under these ids again. False if the player had no event of
    /// their own, only manual actions: the ids can be used again.
    blocked: bool,
}

/// Erase a player.
///
/// Erases all data of a player and of the guests merged into them. This cannot be undone, and no
/// events are accepted for these ids from then on, unless the player had no event of their own: see
/// `blocked`. Idempotent. Scope: `actions`.
#[utoipa::path(
    delete, path = "/v1/players/{player}",
    tag = "actions", operation_id = "erase_player",
    params(
        ("player" = String, Path, description = "Player id"),
        ("Idempotency-Key" = String, Header, description = "Any value; erasing is idempotent"),
    ),
    responses((status = 200, description = "The erased data", body = ErasePlayerResponse)),
)]
pub(crate) async fn erase_player(
    State(app): State<AppState>,
    caller: Caller,
    PathParams(player): PathParams<String>,
    idempotency: IdempotencyKey,
) -> Result<Json<ErasePlayerResponse>, Problem> {
    caller.require_scope(KeyScope::Actions)?;
    // Required of all actions (S12), even of this one, which is idempotent without it.
    idempotency.require_key()?;
    let removed = app
        .engine
        .on_behalf_of(&caller.actor_name())
        .players()
        .erase(&player)
        .await?;
    let (players, blocked) = match removed {
        Some(removed) => (removed.players, removed.blocked),
        // Erasing again succeeds, so that retries are safe.
        None if app.engine.players().is_erased(&player).await? => (Vec::new(), true),
        None => return Err(Problem::player_not_found(&player)),
    };
    let players = players.into_iter().map(ErasedPlayerModel::from);
    Ok(Json(ErasePlayerResponse {
        players: players.collect(),
        blocked,
    }))
}
