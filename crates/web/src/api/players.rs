//! Player profiles, progress, ledgers, timelines and tokens.

use accolade::{Audience, PlayerId, PlayerSearch};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};

use super::cursor;
use super::extract::{AudienceQuery, JsonBody, PageQuery, PathParams, QueryParams, check_limit};
use crate::auth::{Caller, ClientAddress, KeyScope, audit};
use crate::live::{self, OutcomeFilter};
use crate::models::{
    self, BadgeProgress, LedgerEntryModel, List, PersonalDataModel, PlayerExplanationModel,
    PlayerModel, PlayerSummaryModel, PlayerUnlockable, TimelineEventModel,
};
use crate::problem::Problem;
use crate::state::AppState;

/// Query parameters of the list of players.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PlayersQuery {
    /// Prefix of the player ids. Default: all players.
    prefix: Option<String>,
    /// Text that the id, the name or an attribute contains, in any case. The best matches come
    /// first. Not together with `prefix`.
    search: Option<String>,
    /// Cursor: the `next` value of the previous page.
    after: Option<String>,
    /// Maximum number of items. The service may return fewer.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
}

/// List players.
///
/// Sorted by id, or by match if `search` is given. Scope: `read`.
#[utoipa::path(
    get, path = "/v1/players",
    tag = "players", operation_id = "list_players",
    params(PlayersQuery),
    responses((status = 200, description = "A page of players", body = List<PlayerSummaryModel>)),
)]
pub(crate) async fn list_players(
    State(app): State<AppState>,
    caller: Caller,
    QueryParams(query): QueryParams<PlayersQuery>,
) -> Result<Json<List<PlayerSummaryModel>>, Problem> {
    caller.require_scope(KeyScope::Read)?;
    let pictures = app.picture_urls();
    let to_model = |player| PlayerSummaryModel::from_item(player, &pictures);
    let (players, limit) = (app.engine.players(), check_limit(query.limit, &app)?);
    let after = query.after.as_deref();
    if let Some(text) = query.search {
        if query.prefix.is_some() {
            let detail = "specify either `prefix` or `search`";
            return Err(Problem::unprocessable_content(detail));
        }
        let skip = cursor::decode_cursor::<usize>(after)?.unwrap_or_default();
        let search = PlayerSearch::new(&text, limit).skip(skip);
        return Ok(Json(cursor::convert_page(
            players.find(search).await?,
            to_model,
        )));
    }
    let after = cursor::decode_cursor::<PlayerId>(after)?;
    let prefix = query.prefix.unwrap_or_default();
    let page = players.search(&prefix, after, limit).await?;
    Ok(Json(cursor::convert_page(page, to_model)))
}

/// Get a player.
///
/// Returns 304 if the profile still matches `If-None-Match`. Scope: `read`, or the player's token.
#[utoipa::path(
    get, path = "/v1/players/{player}",
    tag = "players", operation_id = "get_player",
    params(
        ("player" = String, Path, description = "Player id"),
        AudienceQuery,
        ("If-None-Match" = Option<String>, Header, description = "ETag of an earlier response"),
    ),
    responses(
        (status = 200, description = "The player", body = PlayerModel,
            headers(("ETag" = String, description = "Changes when the profile changes"))),
        (status = 304, description = "The profile has not changed"),
    )
)]
pub(crate) async fn get_player(
    State(app): State<AppState>,
    caller: Caller,
    PathParams(player): PathParams<String>,
    QueryParams(eyes): QueryParams<AudienceQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let profile = load_visible_profile(&app, &caller, &player, eyes).await?;
    let profile = PlayerModel::from_profile(profile, &app.picture_urls());
    let body = serde_json::to_vec(&profile).map_err(|error| Problem::internal_error(&error))?;
    // A hash of the body, because a profile also changes by time alone (S10), without any write.
    let tag = compute_etag(&body);
    let known = headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .any(|value| matches_etag(value, &tag));
    let caching = [
        (header::ETAG, tag),
        (
            header::CACHE_CONTROL,
            // Only the browser may cache it, and must revalidate it each time.
            HeaderValue::from_static("private, no-cache"),
        ),
    ];
    if known {
        return Ok((StatusCode::NOT_MODIFIED, caching).into_response());
    }
    Ok((caching, [(header::CONTENT_TYPE, "application/json")], body).into_response())
}

/// Computes the ETag of a body. It is weak, because a compressed response has the same.
fn compute_etag(body: &[u8]) -> HeaderValue {
    let hash: String = Sha256::digest(body)
        .iter()
        // 128 bits make an accidental match negligible.
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    HeaderValue::from_str(&format!("W/\"{hash}\"")).expect("ASCII")
}

/// True if an `If-None-Match` header contains an ETag. Uses weak comparison (RFC 9110, 13.1.2).
fn matches_etag(list: &HeaderValue, tag: &HeaderValue) -> bool {
    let (Ok(list), Ok(tag)) = (list.to_str(), tag.to_str()) else {
        return false;
    };
    list.split(',')
        .map(str::trim)
        .any(|one| one == "*" || one.trim_start_matches("W/") == tag.trim_start_matches("W/"))
}

/// Loads the profile of a player if the caller may see it.
async fn load_visible_profile(
    app: &AppState,
    caller: &Caller,
    player: &str,
    eyes: AudienceQuery,
) -> Result<accolade::Profile, Problem> {
    // Before the lookup, so that a caller without permission does not learn which players exist.
    caller.require_read(player, eyes.audience.into())?;
    let profile = app
        .engine
        .players()
        .load_profile(player, eyes.audience.into())
        .await?;
    profile.ok_or_else(|| Problem::player_not_found(player))
}

/// List a player's badges.
///
/// Includes badges that are not earned yet, with progress and tiers. Scope: `read`, or the player's
/// token.
#[utoipa::path(
    get, path = "/v1/players/{player}/badges",
    tag = "players", operation_id = "list_player_badges",
    params(("player" = String, Path, description = "Player id"), AudienceQuery),
    responses((status = 200, description = "All visible badges", body = List<models::BadgeModel>)),
)]
pub(crate) async fn list_player_badges(
    State(app): State<AppState>,
    caller: Caller,
    PathParams(player): PathParams<String>,
    QueryParams(eyes): QueryParams<AudienceQuery>,
) -> Result<Json<List<models::BadgeModel>>, Problem> {
    let profile = load_visible_profile(&app, &caller, &player, eyes).await?;
    let pictures = app.picture_urls();
    let badges = profile.badges.into_iter();
    Ok(Json(List::from_items(badges.map(|badge| {
        models::BadgeModel::from_view(badge, &pictures)
    }))))
}

/// List a player's progress.
///
/// Covers all badges that are not fully earned yet. Scope: `read`, or the player's token.
#[utoipa::path(
    get, path = "/v1/players/{player}/progress",
    tag = "players", operation_id = "list_player_progress",
    params(("player" = String, Path, description = "Player id")),
    responses((status = 200, description = "Progress by badge", body = List<BadgeProgress>)),
)]
pub(crate) async fn list_player_progress(
    State(app): State<AppState>,
    caller: Caller,
    PathParams(player): PathParams<String>,
) -> Result<Json<List<BadgeProgress>>, Problem> {
    let eyes = AudienceQuery {
        audience: super::extract::AudienceParam::Player,
    };
    let profile = load_visible_profile(&app, &caller, &player, eyes).await?;
    let pictures = app.picture_urls();
    let badges = profile.badges.into_iter();
    let badges = badges.map(|badge| models::BadgeModel::from_view(badge, &pictures));
    Ok(Json(List::from_items(
        badges.filter_map(BadgeProgress::from_badge),
    )))
}

/// List a player's unlockables.
///
/// Other players only see open ones. Scope: `read`, or the player's token.
#[utoipa::path(
    get, path = "/v1/players/{player}/unlockables",
    tag = "players", operation_id = "list_player_unlockables",
    params(("player" = String, Path, description = "Player id"), AudienceQuery),
    responses((status = 200, description = "All visible unlockables",
        body = List<PlayerUnlockable>)),
)]
pub(crate) async fn list_player_unlockables(
    State(app): State<AppState>,
    caller: Caller,
    PathParams(player): PathParams<String>,
    QueryParams(eyes): QueryParams<AudienceQuery>,
) -> Result<Json<List<PlayerUnlockable>>, Problem> {
    Ok(Json(List::single_page(
        load_visible_profile(&app, &caller, &player, eyes)
            .await?
            .unlockables,
    )))
}

/// List a player's ledger entries.
///
/// Newest first. Entries never change; corrections are entries with `caused_by`. Scope: `read`.
#[utoipa::path(
    get, path = "/v1/players/{player}/ledger",
    tag = "players", operation_id = "list_ledger_entries",
    params(("player" = String, Path, description = "Player id"), PageQuery),
    responses((status = 200, description = "A page of ledger entries", body = List<LedgerEntryModel>)),
)]
pub(crate) async fn list_ledger_entries(
    State(app): State<AppState>,
    caller: Caller,
    PathParams(player): PathParams<String>,
    QueryParams(page): QueryParams<PageQuery>,
) -> Result<Json<List<LedgerEntryModel>>, Problem> {
    caller.require_scope(KeyScope::Read)?;
    require_player(&app, &player).await?;
    let before = cursor::decode_cursor(page.after.as_deref())?;
    Ok(Json(cursor::page_response(
        app.engine
            .players()
            .list_ledger(&player, before, page.page_size(&app)?)
            .await?,
    )))
}

/// List a player's timeline.
///
/// Events and manual actions, newest first, including retracted ones. Scope: `read`.
#[utoipa::path(
    get, path = "/v1/players/{player}/timeline",
    tag = "players", operation_id = "list_timeline_events",
    params(("player" = String, Path, description = "Player id"), PageQuery),
    responses((status = 200, description = "A page of the timeline", body = List<TimelineEventModel>)),
)]
pub(crate) async fn list_timeline_events(
    State(app): State<AppState>,
    caller: Caller,
    PathParams(player): PathParams<String>,
    QueryParams(page): QueryParams<PageQuery>,
) -> Result<Json<List<TimelineEventModel>>, Problem> {
    caller.require_scope(KeyScope::Read)?;
    require_player(&app, &player).await?;
    let before = cursor::decode_cursor(page.after.as_deref())?;
    Ok(Json(cursor::page_response(
        app.engine
            .players()
            .list_timeline_page(&player, before, page.page_size(&app)?)
            .await?,
    )))
}

/// Query parameter that names the subject of an explanation.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ExplanationQuery {
    /// Subject: a badge (`nice-answer`), tier and key (`nice-answer:gold@7`), balance
    /// (`currency:xp`), unlockable (`unlockable:edit-others`) or ledger entry (`entry:12`).
    about: String,
}

/// Explanation of a badge, balance, unlockable or ledger entry.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Explanation)]
pub(crate) struct ExplanationModel {
    /// Explanation in plain English.
    text: String,
    /// The explanation for programs.
    #[serde(flatten)]
    structure: PlayerExplanationModel,
}

/// Explain a player's badge, balance or unlockable.
///
/// Lists the events behind it, or what is missing. Also explains ledger entries. Scope: `read`.
#[utoipa::path(
    get, path = "/v1/players/{player}/why",
    tag = "players", operation_id = "get_explanation",
    params(("player" = String, Path, description = "Player id"), ExplanationQuery),
    responses((status = 200, description = "The explanation", body = ExplanationModel)),
)]
pub(crate) async fn get_explanation(
    State(app): State<AppState>,
    caller: Caller,
    PathParams(player): PathParams<String>,
    QueryParams(about): QueryParams<ExplanationQuery>,
) -> Result<Json<ExplanationModel>, Problem> {
    caller.require_scope(KeyScope::Read)?;
    let why = app
        .engine
        .players()
        .why(&player, &about.about)
        .await?
        .ok_or_else(|| Problem::player_not_found(&player))?;
    Ok(Json(ExplanationModel {
        text: why.to_string(),
        structure: why.into(),
    }))
}

/// Export a player's personal data.
///
/// Returns everything stored about a player, for example to answer a subject access request under
/// the GDPR. Scope: `admin`.
#[utoipa::path(
    get, path = "/v1/players/{player}/personal-data",
    tag = "players", operation_id = "export_personal_data",
    params(("player" = String, Path, description = "Player id")),
    responses((status = 200, description = "The personal data", body = PersonalDataModel)),
)]
pub(crate) async fn export_personal_data(
    State(app): State<AppState>,
    caller: Caller,
    PathParams(player): PathParams<String>,
) -> Result<Json<PersonalDataModel>, Problem> {
    caller.require_scope(KeyScope::Admin)?;
    let data = app.engine.players().export_personal_data(&player).await?;
    let data = data.ok_or_else(|| Problem::player_not_found(&player))?;
    let engine = app.engine.on_behalf_of(&caller.actor_name());
    audit::record_player_action(&engine, "player.export", &player).await?;
    Ok(Json(PersonalDataModel::from_export(
        data,
        &app.picture_urls(),
    )))
}

/// Options of a player token.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PlayerTokenOptions)]
pub(crate) struct CreatePlayerTokenRequest {
    /// Lifetime in seconds. Default and maximum: the `players.token_seconds` setting.
    #[schema(minimum = 1)]
    seconds: Option<u64>,
}

/// Token of a player.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = PlayerToken)]
pub(crate) struct PlayerTokenModel {
    /// Token to send as `Authorization: Bearer`, or as `?token=` to the `/sign-in` page.
    token: String,
    /// Time of expiry.
    #[schema(format = DateTime)]
    expires_at: String,
}

/// Create a player token.
///
/// It gives a browser read access to the data of this player only. Scope: `read`.
#[utoipa::path(
    post, path = "/v1/players/{player}/tokens",
    tag = "players", operation_id = "create_player_token",
    params(("player" = String, Path, description = "Player id")),
    request_body(content = CreatePlayerTokenRequest, content_type = "application/json"),
    responses((status = 201, description = "The token", body = PlayerTokenModel)),
)]
pub(crate) async fn create_player_token(
    State(app): State<AppState>,
    caller: Caller,
    PathParams(player): PathParams<String>,
    JsonBody(sent): JsonBody<CreatePlayerTokenRequest>,
) -> Result<(StatusCode, Json<PlayerTokenModel>), Problem> {
    caller.require_scope(KeyScope::Read)?;
    // The player may have no events yet: applications create tokens before the first one.
    accolade_core::event::check_text("player", &player, accolade_core::limits::ID_BYTES)
        .map_err(|error| Problem::unprocessable_content(error.to_string()))?;
    let most = app.settings.players.token_seconds;
    let seconds = sent.seconds.unwrap_or(most);
    // Bounded by the setting, because a token cannot be revoked.
    if seconds == 0 || seconds > most {
        return Err(Problem::unprocessable_content(format!(
            "invalid seconds {seconds}; use 1 to {most}"
        )));
    }
    let now = app.engine.now();
    let token = app.auth.tokens.issue_token(&player, seconds, now);
    let expires_at = crate::auth::sessions::add_seconds(now, seconds).to_string();
    audit::record_frequent_action(&app, &caller.actor_name(), "token.issue", "");
    Ok((
        StatusCode::CREATED,
        Json(PlayerTokenModel { token, expires_at }),
    ))
}

/// Stream a player's outcomes.
///
/// Server-sent events. The first is named `ready`, with empty data. The others are named `outcome`:
/// their data is the JSON of the schema `Outcome`, and their id its number. Send the last id as
/// `Last-Event-ID` to resume without loss or duplicates; 410 if later outcomes were pruned.
/// Scope: `read`, or the player's token.
#[utoipa::path(
    get, path = "/v1/players/{player}/live",
    tag = "live", operation_id = "stream_player_outcomes",
    params(
        ("player" = String, Path, description = "Player id"),
        ("Last-Event-ID" = Option<String>, Header,
            description = "Number of the last outcome received"),
    ),
    responses((
        status = 200, description = "Outcomes as they are recorded",
        body = String, content_type = "text/event-stream",
    )),
)]
pub(crate) async fn stream_player_outcomes(
    State(app): State<AppState>,
    caller: Caller,
    PathParams(player): PathParams<String>,
    address: ClientAddress,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    caller.require_read(&player, Audience::Player)?;
    let after = live::parse_last_event_id(&headers)?;
    live::check_resumable(&app, after).await?;
    let client = live::api_client(&caller, address);
    let place = app.live.places.take_place(client)?;
    live::open_stream(
        &app,
        caller.into(),
        OutcomeFilter {
            player: Some(player),
            audience: Audience::Player,
        },
        after,
        place,
    )
    .await
}

/// Returns an error unless a player exists.
// Lists would otherwise answer a misspelled id with an empty page.
async fn require_player(app: &AppState, player: &str) -> Result<(), Problem> {
    match app.engine.players().exists(player).await? {
        true => Ok(()),
        false => Err(Problem::player_not_found(player)),
    }
}
