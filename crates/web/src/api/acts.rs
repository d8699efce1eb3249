//! Acts by hand.

use accolade::{Act, Decimal, Props};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::extract::{At, Idempotency, Sent, instant};
use super::wire::{Item, Receipt};
use crate::auth::{Caller, Scope};
use crate::problem::Problem;
use crate::site::App;

/// An act by hand: what is done, why, and when it takes effect.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = Act)]
pub(crate) enum ActSent {
    /// Give a badge.
    Award {
        /// Which.
        badge: String,
        /// Which tier, of a badge with tiers.
        tier: Option<String>,
        /// Which key, of a badge that is earned for each key.
        key: Option<String>,
        /// Why.
        reason: Option<String>,
        /// When it takes effect; after everything else of the player where it is left out.
        #[schema(format = DateTime)]
        at: Option<String>,
    },
    /// Take a badge away, with what it paid.
    Revoke {
        /// Which.
        badge: String,
        /// Which tier, of a badge with tiers.
        tier: Option<String>,
        /// Which key, of a badge that is earned for each key.
        key: Option<String>,
        /// Why.
        reason: Option<String>,
        /// When it takes effect; after everything else of the player where it is left out.
        #[schema(format = DateTime)]
        at: Option<String>,
    },
    /// Move the progress of a badge: `add` or `set`.
    Progress {
        /// Which.
        badge: String,
        /// How much to add; negative takes.
        add: Option<f64>,
        /// What to set it to.
        set: Option<f64>,
        /// Which key, of a badge that is earned for each key.
        key: Option<String>,
        /// Why.
        reason: Option<String>,
        /// When it takes effect; after everything else of the player where it is left out.
        #[schema(format = DateTime)]
        at: Option<String>,
    },
    /// Grant points, or take them where the amount is negative.
    Points {
        /// Which currency.
        currency: String,
        /// How many.
        amount: i64,
        /// Whether the balance may become negative.
        #[serde(default)]
        overdraft: bool,
        /// Why.
        reason: Option<String>,
        /// When it takes effect; after everything else of the player where it is left out.
        #[schema(format = DateTime)]
        at: Option<String>,
    },
    /// Make everything before it stop counting.
    Reset {
        /// Why.
        reason: Option<String>,
        /// When it takes effect; after everything else of the player where it is left out.
        #[schema(format = DateTime)]
        at: Option<String>,
    },
    /// Set attributes, such as `name` and `zone`; null removes one.
    Profile {
        /// The attributes.
        #[schema(value_type = Object)]
        set: Props,
        /// Why.
        reason: Option<String>,
        /// When it takes effect; after everything else of the player where it is left out.
        #[schema(format = DateTime)]
        at: Option<String>,
    },
    /// Take events back, as if they had never been.
    Retract {
        /// Their ids, at most 200.
        #[schema(min_items = 1, max_items = 200)]
        events: Vec<String>,
        /// Why.
        reason: Option<String>,
    },
    /// Let events that were taken back count again.
    Restore {
        /// Their ids, at most 200.
        #[schema(min_items = 1, max_items = 200)]
        events: Vec<String>,
        /// Why.
        reason: Option<String>,
    },
    /// Make a guest's timeline part of the player's.
    Merge {
        /// The guest's id.
        guest: String,
        /// Why.
        reason: Option<String>,
    },
    /// Take a merge back, as long as no act was recorded on the two as one.
    Unmerge {
        /// The guest's id.
        guest: String,
        /// Why.
        reason: Option<String>,
    },
}

impl ActSent {
    /// The act on a player.
    fn on(self, player: &str) -> Result<Act, Problem> {
        let (act, reason, at) = match self {
            Self::Award {
                badge,
                tier,
                key,
                reason,
                at,
            } => (named(Act::award(player, &badge), tier, key), reason, at),
            Self::Revoke {
                badge,
                tier,
                key,
                reason,
                at,
            } => (named(Act::revoke(player, &badge), tier, key), reason, at),
            Self::Progress {
                badge,
                add,
                set,
                key,
                reason,
                at,
            } => {
                let act = match (add, set) {
                    (Some(add), None) => Act::add_progress(player, &badge, decimal(add)?),
                    (None, Some(set)) => Act::set_progress(player, &badge, decimal(set)?),
                    _ => return Err(Problem::invalid("progress needs either `add` or `set`")),
                };
                (named(act, None, key), reason, at)
            }
            Self::Points {
                currency,
                amount,
                overdraft,
                reason,
                at,
            } => {
                let act = Act::points(player, &currency, amount);
                (if overdraft { act.overdraft() } else { act }, reason, at)
            }
            Self::Reset { reason, at } => (Act::reset(player), reason, at),
            Self::Profile { set, reason, at } => (Act::profile(player, set), reason, at),
            Self::Retract { events, reason } => (Act::retract_all(player, events), reason, None),
            Self::Restore { events, reason } => (Act::restore_all(player, events), reason, None),
            Self::Merge { guest, reason } => (Act::merge(player, &guest), reason, None),
            Self::Unmerge { guest, reason } => (Act::unmerge(player, &guest), reason, None),
        };
        let act = reason
            .into_iter()
            .fold(act, |act, reason| act.reason(&reason));
        match at {
            None => Ok(act),
            Some(at) => Ok(act.at(instant(&at)?)),
        }
    }
}

fn named(act: Act, tier: Option<String>, key: Option<String>) -> Act {
    let act = tier.into_iter().fold(act, |act, tier| act.tier(&tier));
    key.into_iter().fold(act, |act, key| act.key(&key))
}

fn decimal(number: f64) -> Result<Decimal, Problem> {
    Decimal::from_f64(number)
        .ok_or_else(|| Problem::invalid(format!("{number} is no number of progress")))
}

/// Act on a player by hand.
///
/// It is judged at once: an act that cannot be done is refused, and leaves no trace. Sent again with the same
/// `Idempotency-Key`, it is answered with what it changed the first time. Scope: `act`.
#[utoipa::path(
    post, path = "/v1/players/{player}/acts", tag = "acts", operation_id = "act",
    params(("player" = String, Path, description = "The application's id"),
        ("Idempotency-Key" = String, Header, description = "The act's id: new for each act, the same when it is sent again")),
    request_body(content = ActSent, content_type = "application/json"),
    responses(
        (status = 200, description = "It had been done before", body = Receipt),
        (status = 201, description = "It is done", body = Receipt),
    )
)]
pub(crate) async fn act(
    State(app): State<App>,
    caller: Caller,
    At(player): At<String>,
    idempotency: Idempotency,
    Sent(sent): Sent<ActSent>,
) -> Result<Response, Problem> {
    caller.must(Scope::Act)?;
    let who = caller.name();
    let act = sent.on(&player)?.id(idempotency.must()?).by(&who);
    let receipt = app.engine.on_behalf_of(&who).act(act).await?;
    Ok(Receipt::from(receipt).into_response())
}

/// One of several acts.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ActOn {
    /// On whom.
    player: String,
    /// The act's id; made of the `Idempotency-Key` and its position where it is left out.
    id: Option<String>,
    /// What is done.
    #[serde(rename = "do")]
    act: ActSent,
}

/// What became of acts, each at its position.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ActsDone {
    /// What became of each.
    items: Vec<Item>,
}

/// Act on several players by hand.
///
/// Each act is done or refused on its own. Sent again with the same `Idempotency-Key`, what was done is not done again.
/// Scope: `act`.
#[utoipa::path(
    post, path = "/v1/acts", tag = "acts", operation_id = "act_on_many",
    params(("Idempotency-Key" = String, Header, description = "New for each request, the same when it is sent again")),
    request_body(content = Vec<ActOn>, content_type = "application/json"),
    responses((status = 200, description = "What became of each", body = ActsDone))
)]
pub(crate) async fn act_on_many(
    State(app): State<App>,
    caller: Caller,
    idempotency: Idempotency,
    Sent(sent): Sent<Vec<ActOn>>,
) -> Result<Json<ActsDone>, Problem> {
    caller.must(Scope::Act)?;
    let key = idempotency.must()?;
    let most = app.settings.limits.batch_events;
    if sent.len() > most {
        return Err(Problem::too_large(format!(
            "at most {most} acts at once; send several requests"
        )));
    }
    let who = caller.name();
    let mut ids = Vec::with_capacity(sent.len());
    let mut acts = Vec::with_capacity(sent.len());
    for (position, ActOn { player, id, act }) in sent.into_iter().enumerate() {
        let id = id.unwrap_or_else(|| format!("{key}:{position}"));
        acts.push(act.on(&player)?.id(&id).by(&who));
        ids.push(id);
    }
    let answers = app.engine.on_behalf_of(&who).act_many(acts).await?;
    let items = ids
        .into_iter()
        .zip(answers)
        .map(|(id, answer)| match answer {
            Ok(receipt) => receipt.into(),
            Err(rejection) => Item::rejected(Some(id), rejection.into()),
        });
    Ok(Json(ActsDone {
        items: items.collect(),
    }))
}

/// What was removed of a person.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Erasure {
    /// By id: their own, and those of guests who were merged into them. Nothing where they were erased before.
    players: Vec<ErasedPlayer>,
}

/// What was removed under one id.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ErasedPlayer {
    /// The id.
    player: String,
    /// Events and acts.
    events: u64,
    /// Ledger entries.
    ledger: u64,
    /// Awards, those no longer held included.
    awards: u64,
    /// Outcomes in the feed.
    outcomes: u64,
}

/// Erase a player.
///
/// Removes everything that is held on a player, under this id and those of guests who were merged into them. Nothing is
/// recorded under these ids any more. It cannot be undone. Done again, it removes nothing. Scope: `act`.
#[utoipa::path(
    delete, path = "/v1/players/{player}", tag = "acts", operation_id = "erase_player",
    params(("player" = String, Path, description = "The application's id"),
        ("Idempotency-Key" = String, Header, description = "Any text; erasing is harmless to repeat")),
    responses((status = 200, description = "What was removed", body = Erasure))
)]
pub(crate) async fn erase(
    State(app): State<App>,
    caller: Caller,
    At(player): At<String>,
    idempotency: Idempotency,
) -> Result<Json<Erasure>, Problem> {
    caller.must(Scope::Act)?;
    idempotency.must()?;
    let removed = app
        .engine
        .on_behalf_of(&caller.name())
        .erase(&player)
        .await?;
    let players = match removed {
        Some(removed) => removed.players,
        None if app.engine.is_erased(&player).await? => Vec::new(),
        None => return Err(Problem::unknown_player(&player)),
    };
    let players = players.into_iter().map(|one| {
        let accolade::ErasedPlayer {
            player,
            events,
            ledger,
            awards,
            outcomes,
            ..
        } = one;
        ErasedPlayer {
            player,
            events,
            ledger,
            awards,
            outcomes,
        }
    });
    Ok(Json(Erasure {
        players: players.collect(),
    }))
}
