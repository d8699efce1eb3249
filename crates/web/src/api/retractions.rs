//! Taking back a whole range of events: seen first, then done.

use accolade::{Act, Selection};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::extract::{Idempotency, Sent, instant};
use super::wire::Item;
use crate::auth::{Caller, Scope};
use crate::problem::Problem;
use crate::site::App;

/// Events that one request may take back.
const MOST: usize = 10_000;

/// Which events: those that are all of what is said here.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Selection)]
pub(crate) struct SelectionSent {
    /// Of this player only.
    player: Option<String>,
    /// With one of these names; acts are taken in only where they are named.
    #[serde(default)]
    names: Vec<String>,
    /// Which happened at or after this instant.
    #[schema(format = DateTime)]
    from: Option<String>,
    /// Which happened before this instant.
    #[schema(format = DateTime)]
    to: Option<String>,
    /// For which this condition holds, written as in a catalog.
    condition: Option<String>,
    /// Why they are taken back.
    reason: Option<String>,
}

impl SelectionSent {
    fn selection(&self) -> Result<Selection, Problem> {
        let of = Selection::default();
        let of = self.player.iter().fold(of, |of, player| of.player(player));
        let of = self.names.iter().fold(of, |of, name| of.name(name));
        let of = self
            .condition
            .iter()
            .fold(of, |of, condition| of.condition(condition));
        let of = match &self.from {
            Some(from) => of.from(instant(from)?),
            None => of,
        };
        let of = match &self.to {
            Some(to) => of.to(instant(to)?),
            None => of,
        };
        if of == Selection::default() {
            return Err(Problem::invalid(
                "say which events: everything at once cannot be taken back",
            ));
        }
        Ok(of)
    }

    /// The events that there are of it, as many as may be.
    async fn select(&self, app: &App) -> Result<Vec<accolade::Selected>, Problem> {
        let selected = app.engine.select(self.selection()?).await?;
        match selected.len() {
            ..=MOST => Ok(selected),
            count => Err(Problem::too_large(format!(
                "these are {count} events; take back at most {MOST} at once"
            ))),
        }
    }
}

/// What taking events back would change.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct RetractionPreview {
    /// How many events they are.
    events: usize,
    /// What would change, for each player for whom something would.
    players: Vec<RetractionEffect>,
}

/// What taking events back would change for a player.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct RetractionEffect {
    /// Whom.
    player: String,
    /// Awards that would go: `nice-answer`, `commentator:silver`, `nice-answer@7`.
    lost: Vec<String>,
    /// Awards that would come.
    gained: Vec<String>,
    /// Balances that would change.
    points: Vec<BalanceChange>,
    /// Unlockables that would open.
    opened: Vec<String>,
    /// Unlockables that would shut.
    shut: Vec<String>,
}

/// A balance that would change.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct BalanceChange {
    /// The currency.
    currency: String,
    /// What it is.
    before: i64,
    /// What it would be.
    after: i64,
}

/// What became of the retractions.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Retracted {
    /// How many events were taken back, or had been before.
    events: usize,
    /// The acts that did it, each of at most 200 events of a player.
    acts: Vec<Item>,
}

/// See what taking events back would change.
///
/// Nothing is changed. Scope: `act`.
#[utoipa::path(
    post, path = "/v1/retractions/preview", tag = "acts", operation_id = "preview_retraction",
    request_body(content = SelectionSent, content_type = "application/json"),
    responses((status = 200, description = "What would change", body = RetractionPreview))
)]
pub(crate) async fn preview(
    State(app): State<App>,
    caller: Caller,
    Sent(sent): Sent<SelectionSent>,
) -> Result<Json<RetractionPreview>, Problem> {
    caller.must(Scope::Act)?;
    let selected = sent.select(&app).await?;
    let events = selected.len();
    let effects = app
        .engine
        .preview_retraction(selected)
        .await?
        .into_iter()
        .map(|effect| {
            let accolade::RetractionEffect {
                player,
                lost,
                gained,
                points,
                opened,
                shut,
            } = effect;
            let points = points
                .into_iter()
                .map(|(currency, before, after)| BalanceChange {
                    currency,
                    before,
                    after,
                });
            RetractionEffect {
                player,
                lost,
                gained,
                points: points.collect(),
                opened,
                shut,
            }
        });
    Ok(Json(RetractionPreview {
        events,
        players: effects.collect(),
    }))
}

/// Take a range of events back.
///
/// As if they had never been. Sent again with the same `Idempotency-Key`, nothing is done again. Scope: `act`.
#[utoipa::path(
    post, path = "/v1/retractions", tag = "acts", operation_id = "retract_events",
    params(("Idempotency-Key" = String, Header, description = "New for each request, the same when it is sent again")),
    request_body(content = SelectionSent, content_type = "application/json"),
    responses((status = 200, description = "What became of it", body = Retracted))
)]
pub(crate) async fn retract(
    State(app): State<App>,
    caller: Caller,
    idempotency: Idempotency,
    Sent(sent): Sent<SelectionSent>,
) -> Result<Json<Retracted>, Problem> {
    caller.must(Scope::Act)?;
    let (who, key) = (caller.name(), idempotency.must()?);
    let selected = sent.select(&app).await?;
    let events = selected.len();
    let act = sent
        .reason
        .iter()
        .fold(Act::plain().id(&key).by(&who), |act, reason| {
            act.reason(reason)
        });
    let answers = app
        .engine
        .on_behalf_of(&who)
        .retract_selected(selected, act)
        .await?;
    let acts = answers.into_iter().map(|answer| match answer {
        Ok(receipt) => receipt.into(),
        Err(rejection) => Item::rejected(None, rejection.into()),
    });
    Ok(Json(Retracted {
        events,
        acts: acts.collect(),
    }))
}
