//! Retraction of a range of events, with a preview.

use accolade::{Action, EventSelection};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::extract::{IdempotencyKey, JsonBody, parse_timestamp};
use crate::auth::{Caller, KeyScope};
use crate::models::{BatchItemModel, RetractionEffectModel};
use crate::problem::Problem;
use crate::state::AppState;

/// Maximum number of events that a request may retract.
const MAX_EVENTS: usize = 10_000;

/// Selection of events. An event must match all given fields.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EventSelection)]
pub(crate) struct RetractEventsRequest {
    /// Id of the player.
    player: Option<String>,
    /// Event names. Default: all events except manual actions, which must be named explicitly.
    #[serde(default)]
    names: Vec<String>,
    /// Earliest time of an event, inclusive.
    #[schema(format = DateTime)]
    from: Option<String>,
    /// Latest time of an event, exclusive.
    #[schema(format = DateTime)]
    to: Option<String>,
    /// Condition on the event, in the expression language of the catalog.
    condition: Option<String>,
    /// Reason, recorded in the timeline and the audit log.
    reason: Option<String>,
}

impl RetractEventsRequest {
    fn to_selection(&self) -> Result<EventSelection, Problem> {
        let of = EventSelection::default();
        let of = self.player.iter().fold(of, |of, player| of.player(player));
        let of = self.names.iter().fold(of, |of, name| of.name(name));
        let of = self
            .condition
            .iter()
            .fold(of, |of, condition| of.condition(condition));
        let of = match &self.from {
            Some(from) => of.starting_at(parse_timestamp(from)?),
            None => of,
        };
        let of = match &self.to {
            Some(to) => of.ending_before(parse_timestamp(to)?),
            None => of,
        };
        // It would match all events of all players, most likely by mistake.
        if of == EventSelection::default() {
            return Err(Problem::unprocessable_content(
                "empty selection; specify at least one field to select events",
            ));
        }
        Ok(of)
    }

    /// Finds the selected events. It is an error if there are too many.
    async fn find_events(&self, app: &AppState) -> Result<Vec<accolade::SelectedEvent>, Problem> {
        let selected = app
            .engine
            .players()
            .find_events(self.to_selection()?)
            .await?;
        match selected.len() {
            ..=MAX_EVENTS => Ok(selected),
            count => Err(Problem::payload_too_large(format!(
                "the selection has {count} events; retract at most {MAX_EVENTS} at once"
            ))),
        }
    }
}

/// Effects of a retraction that has not been made.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = RetractionPreview)]
pub(crate) struct PreviewRetractionResponse {
    /// Number of selected events.
    events: usize,
    /// Effects on each affected player.
    players: Vec<RetractionEffectModel>,
}

/// Result of a retraction.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Retraction)]
pub(crate) struct RetractEventsResponse {
    /// Number of retracted events, including those that had been retracted before.
    events: usize,
    /// Recorded actions. Each retracts up to 200 events of a player.
    actions: Vec<BatchItemModel>,
}

/// Preview a retraction.
///
/// Returns the effects of retracting events without changing anything. Scope: `actions`.
#[utoipa::path(
    post, path = "/v1/retractions/preview",
    tag = "actions", operation_id = "preview_retraction",
    request_body(content = RetractEventsRequest, content_type = "application/json"),
    responses((status = 200, description = "The effects", body = PreviewRetractionResponse)),
)]
pub(crate) async fn preview_retraction(
    State(app): State<AppState>,
    caller: Caller,
    JsonBody(sent): JsonBody<RetractEventsRequest>,
) -> Result<Json<PreviewRetractionResponse>, Problem> {
    caller.require_scope(KeyScope::Actions)?;
    let selected = sent.find_events(&app).await?;
    let events = selected.len();
    let effects = app
        .engine
        .players()
        .preview_retraction(selected)
        .await?
        .into_iter()
        .map(RetractionEffectModel::from);
    Ok(Json(PreviewRetractionResponse {
        events,
        players: effects.collect(),
    }))
}

/// Retract a range of events.
///
/// The result is as if the events had never been recorded. A retry with the same `Idempotency-Key`
/// changes nothing. Scope: `actions`.
#[utoipa::path(
    post, path = "/v1/retractions",
    tag = "actions", operation_id = "retract_events",
    params(("Idempotency-Key" = String, Header,
        description = "New for each request, the same in retries")),
    request_body(content = RetractEventsRequest, content_type = "application/json"),
    responses((status = 200, description = "The result", body = RetractEventsResponse)),
)]
pub(crate) async fn retract_events(
    State(app): State<AppState>,
    caller: Caller,
    idempotency: IdempotencyKey,
    JsonBody(sent): JsonBody<RetractEventsRequest>,
) -> Result<Json<RetractEventsResponse>, Problem> {
    caller.require_scope(KeyScope::Actions)?;
    let (who, key) = (caller.actor_name(), idempotency.require_key()?);
    let selected = sent.find_events(&app).await?;
    let events = selected.len();
    let act = sent
        .reason
        .iter()
        // The ids of all actions are derived from the key, so that a retry repeats none (S12).
        .fold(Action::empty().id(&key).by(&who), |act, reason| {
            act.reason(reason)
        });
    let answers = app
        .engine
        .on_behalf_of(&who)
        .players()
        .retract_selected(selected, act)
        .await?;
    let pictures = app.picture_urls();
    let acts = answers.into_iter().map(|answer| match answer {
        Ok(receipt) => BatchItemModel::from_receipt(receipt, &pictures),
        Err(rejection) => BatchItemModel::from_problem(None, rejection.into()),
    });
    Ok(Json(RetractEventsResponse {
        events,
        actions: acts.collect(),
    }))
}
