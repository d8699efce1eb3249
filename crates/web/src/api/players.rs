//! Players, as they and others see them.

use accolade::Audience;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};

use super::cursor;
use super::extract::{Asked, At, Eyes, PageOf, Sent, limit};
use super::wire::{
    self, BadgeProgress, LedgerEntry, List, PlayerCard, PlayerUnlockable, Profile, TimelineEvent,
};
use crate::auth::{Caller, Scope};
use crate::live::{self, Filter};
use crate::problem::Problem;
use crate::site::App;

/// Which players.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Search {
    /// What their ids begin with.
    prefix: Option<String>,
    /// Where to go on: what the page before said as `next`.
    after: Option<String>,
    /// Items on a page, at the most; less where the service allows less.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
}

/// List players.
///
/// In order of id; of those whose ids begin with `prefix`, where there is one. Scope: `read`.
#[utoipa::path(
    get, path = "/v1/players", tag = "players", operation_id = "list_players", params(Search),
    responses((status = 200, description = "A page of players", body = List<PlayerCard>))
)]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    Asked(search): Asked<Search>,
) -> Result<Json<List<PlayerCard>>, Problem> {
    caller.must(Scope::Read)?;
    let after = cursor::parse::<String>(search.after.as_deref())?;
    let prefix = search.prefix.unwrap_or_default();
    let page = app
        .engine
        .search_players(&prefix, after, limit(search.limit, &app)?)
        .await?;
    Ok(Json(super::list(page)))
}

/// Look at a player.
///
/// With `If-None-Match`, a profile that has not changed is answered with 304. A player token reads its own player.
/// Scope: `read`.
#[utoipa::path(
    get, path = "/v1/players/{player}", tag = "players", operation_id = "get_player",
    params(("player" = String, Path, description = "The application's id"), Eyes,
        ("If-None-Match" = Option<String>, Header, description = "The ETag of the answer before")),
    responses(
        (status = 200, description = "The player", body = Profile, headers(("ETag" = String, description = "Differs when the answer does"))),
        (status = 304, description = "Nothing has changed"),
    )
)]
pub(crate) async fn profile(
    State(app): State<App>,
    caller: Caller,
    At(player): At<String>,
    Asked(eyes): Asked<Eyes>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let profile = Profile::from(look(&app, &caller, &player, eyes).await?);
    let body = serde_json::to_vec(&profile).map_err(|error| Problem::internal(&error))?;
    let tag = tag(&body);
    let known = headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .any(|value| matches(value, &tag));
    let caching = [
        (header::ETAG, tag),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, no-cache"),
        ),
    ];
    if known {
        return Ok((StatusCode::NOT_MODIFIED, caching).into_response());
    }
    Ok((caching, [(header::CONTENT_TYPE, "application/json")], body).into_response())
}

/// A validator of a body: equal bodies have equal ones.
fn tag(body: &[u8]) -> HeaderValue {
    let hash: String = Sha256::digest(body)
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    HeaderValue::from_str(&format!("\"{hash}\"")).expect("it is ASCII")
}

/// Whether a list of validators has this one, compared as weak ones are (RFC 9110, 13.1.2).
fn matches(list: &HeaderValue, tag: &HeaderValue) -> bool {
    let (Ok(list), Ok(tag)) = (list.to_str(), tag.to_str()) else {
        return false;
    };
    list.split(',')
        .map(str::trim)
        .any(|one| one == "*" || one.trim_start_matches("W/") == tag)
}

/// A player, as who asks may see them.
async fn look(
    app: &App,
    caller: &Caller,
    player: &str,
    eyes: Eyes,
) -> Result<accolade::Profile, Problem> {
    caller.must_read(player, eyes.shown.into())?;
    let profile = app.engine.profile(player, eyes.shown.into()).await?;
    profile.ok_or_else(|| Problem::unknown_player(player))
}

/// List a player's badges.
///
/// Those that are earned and those that are not, with progress and tiers. Scope: `read`, or the player's token.
#[utoipa::path(
    get, path = "/v1/players/{player}/badges", tag = "players", operation_id = "list_player_badges",
    params(("player" = String, Path, description = "The application's id"), Eyes),
    responses((status = 200, description = "All badges that may be seen", body = List<wire::Badge>))
)]
pub(crate) async fn badges(
    State(app): State<App>,
    caller: Caller,
    At(player): At<String>,
    Asked(eyes): Asked<Eyes>,
) -> Result<Json<List<wire::Badge>>, Problem> {
    Ok(Json(List::whole(
        look(&app, &caller, &player, eyes).await?.badges,
    )))
}

/// List how far a player is.
///
/// On every badge of which something is left to earn. Scope: `read`, or the player's token.
#[utoipa::path(
    get, path = "/v1/players/{player}/progress", tag = "players", operation_id = "list_player_progress",
    params(("player" = String, Path, description = "The application's id")),
    responses((status = 200, description = "How far, by badge", body = List<BadgeProgress>))
)]
pub(crate) async fn progress(
    State(app): State<App>,
    caller: Caller,
    At(player): At<String>,
) -> Result<Json<List<BadgeProgress>>, Problem> {
    let eyes = Eyes {
        shown: super::extract::As::Player,
    };
    let badges = look(&app, &caller, &player, eyes)
        .await?
        .badges
        .into_iter()
        .map(wire::Badge::from);
    Ok(Json(List {
        items: badges.filter_map(BadgeProgress::of).collect(),
        next: None,
    }))
}

/// List a player's unlockables.
///
/// Scope: `read`, or the player's token.
#[utoipa::path(
    get, path = "/v1/players/{player}/unlockables", tag = "players", operation_id = "list_player_unlockables",
    params(("player" = String, Path, description = "The application's id"), Eyes),
    responses((status = 200, description = "All unlockables; to others, the open ones", body = List<PlayerUnlockable>))
)]
pub(crate) async fn unlockables(
    State(app): State<App>,
    caller: Caller,
    At(player): At<String>,
    Asked(eyes): Asked<Eyes>,
) -> Result<Json<List<PlayerUnlockable>>, Problem> {
    Ok(Json(List::whole(
        look(&app, &caller, &player, eyes).await?.unlockables,
    )))
}

/// Read a player's ledger.
///
/// Newest first. Entries are never changed; corrections are entries with a cause. Scope: `read`.
#[utoipa::path(
    get, path = "/v1/players/{player}/ledger", tag = "players", operation_id = "list_ledger",
    params(("player" = String, Path, description = "The application's id"), PageOf),
    responses((status = 200, description = "A page of the ledger", body = List<LedgerEntry>))
)]
pub(crate) async fn ledger(
    State(app): State<App>,
    caller: Caller,
    At(player): At<String>,
    Asked(page): Asked<PageOf>,
) -> Result<Json<List<LedgerEntry>>, Problem> {
    caller.must(Scope::Read)?;
    known(&app, &player).await?;
    let before = cursor::parse(page.after.as_deref())?;
    Ok(Json(super::list(
        app.engine
            .ledger(&player, before, page.limit(&app)?)
            .await?,
    )))
}

/// Read a player's timeline.
///
/// Events and acts, newest first; those that were taken back are among them. Scope: `read`.
#[utoipa::path(
    get, path = "/v1/players/{player}/timeline", tag = "players", operation_id = "list_timeline",
    params(("player" = String, Path, description = "The application's id"), PageOf),
    responses((status = 200, description = "A page of the timeline", body = List<TimelineEvent>))
)]
pub(crate) async fn timeline(
    State(app): State<App>,
    caller: Caller,
    At(player): At<String>,
    Asked(page): Asked<PageOf>,
) -> Result<Json<List<TimelineEvent>>, Problem> {
    caller.must(Scope::Read)?;
    known(&app, &player).await?;
    let before = cursor::parse(page.after.as_deref())?;
    Ok(Json(super::list(
        app.engine
            .timeline_page(&player, before, page.limit(&app)?)
            .await?,
    )))
}

/// What is to be explained.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct About {
    /// `nice-answer`, `nice-answer:gold@7`, `currency:xp`, `unlockable:edit-others` or `entry:12`.
    about: String,
}

/// An explanation.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Explained {
    /// For people.
    text: String,
    /// For programs: what counted, what came near and did not count, what is missing, and which acts had a part.
    #[schema(value_type = Object)]
    explanation: serde_json::Value,
}

/// Ask why.
///
/// Why a player has, or does not have, a badge, a balance or an unlockable, or where an entry of the ledger comes from.
/// Scope: `read`.
#[utoipa::path(
    get, path = "/v1/players/{player}/why", tag = "players", operation_id = "explain",
    params(("player" = String, Path, description = "The application's id"), About),
    responses((status = 200, description = "Why", body = Explained))
)]
pub(crate) async fn why(
    State(app): State<App>,
    caller: Caller,
    At(player): At<String>,
    Asked(about): Asked<About>,
) -> Result<Json<Explained>, Problem> {
    caller.must(Scope::Read)?;
    let why = app
        .engine
        .why(&player, &about.about)
        .await?
        .ok_or_else(|| Problem::unknown_player(&player))?;
    let explanation = serde_json::to_value(&why).map_err(|error| Problem::internal(&error))?;
    Ok(Json(Explained {
        text: why.to_string(),
        explanation,
    }))
}

/// Write out all that is held on a player.
///
/// Events, ledger, awards, outcomes and everything else, for people who ask what is kept of them. Scope: `admin`.
#[utoipa::path(
    get, path = "/v1/players/{player}/dossier", tag = "players", operation_id = "get_dossier",
    params(("player" = String, Path, description = "The application's id")),
    responses((status = 200, description = "All that is held", body = Object))
)]
pub(crate) async fn dossier(
    State(app): State<App>,
    caller: Caller,
    At(player): At<String>,
) -> Result<Json<accolade::Dossier>, Problem> {
    caller.must(Scope::Admin)?;
    app.engine
        .dossier(&player)
        .await?
        .map(Json)
        .ok_or_else(|| Problem::unknown_player(&player))
}

/// How long a token is to be good.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenSent {
    /// Seconds; at most what the service allows, and that where it is left out.
    #[schema(minimum = 1)]
    seconds: Option<u64>,
}

/// A player token.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Token {
    /// Sent as `Authorization: Bearer`, or as `?token=` to the pages' `/sign-in`.
    token: String,
    /// When it stops working.
    #[schema(format = DateTime)]
    expires_at: String,
}

/// Make a player token.
///
/// A browser reads its own player's data with it, and nothing else. Scope: `read`.
#[utoipa::path(
    post, path = "/v1/players/{player}/tokens", tag = "players", operation_id = "create_player_token",
    params(("player" = String, Path, description = "The application's id")),
    request_body(content = TokenSent, content_type = "application/json"),
    responses((status = 201, description = "The token", body = Token))
)]
pub(crate) async fn token(
    State(app): State<App>,
    caller: Caller,
    At(player): At<String>,
    Sent(sent): Sent<TokenSent>,
) -> Result<(StatusCode, Json<Token>), Problem> {
    caller.must(Scope::Read)?;
    accolade_core::event::check_text("player", &player, accolade_core::limits::ID_BYTES)
        .map_err(|error| Problem::invalid(error.to_string()))?;
    let most = app.settings.players.token_seconds;
    let seconds = sent.seconds.unwrap_or(most);
    if seconds == 0 || seconds > most {
        return Err(Problem::invalid(format!(
            "seconds is {seconds}; it lies between 1 and {most}"
        )));
    }
    let now = app.engine.now();
    let token = app.guard.tokens.issue(&player, seconds, now);
    let expires_at = crate::auth::sessions::after(now, seconds).to_string();
    Ok((StatusCode::CREATED, Json(Token { token, expires_at })))
}

/// Follow a player live.
///
/// Server-sent events named `outcome`, each with its number as id. Send the last one as `Last-Event-ID` to go on without
/// loss or repeats. Scope: `read`, or the player's token.
#[utoipa::path(
    get, path = "/v1/players/{player}/live", tag = "live", operation_id = "follow_player",
    params(("player" = String, Path, description = "The application's id"),
        ("Last-Event-ID" = Option<String>, Header, description = "The number of the last outcome seen")),
    responses((status = 200, description = "Outcomes as they happen", body = String, content_type = "text/event-stream"))
)]
pub(crate) async fn live(
    State(app): State<App>,
    caller: Caller,
    At(player): At<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    caller.must_read(&player, Audience::Player)?;
    let after = live::last_event_id(&headers)?;
    live::stream(
        &app,
        Filter {
            player: Some(player),
            audience: Audience::Player,
        },
        after,
    )
    .await
}

/// Refuses players of whom nothing is known.
async fn known(app: &App, player: &str) -> Result<(), Problem> {
    match app.engine.knows(player).await? {
        true => Ok(()),
        false => Err(Problem::unknown_player(player)),
    }
}
