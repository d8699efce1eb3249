//! API middleware: authentication, rate limit and CORS.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};

use crate::auth::{Caller, ClientAddress};
use crate::layers::method_not_allowed;
use crate::state::AppState;

/// Wraps routes in the API middleware.
pub(super) fn wrap_routes(routes: Router<AppState>, app: &AppState) -> Router<AppState> {
    routes
        // Inside the CORS layer, because no route handles the OPTIONS method of preflight requests.
        .method_not_allowed_fallback(|| async { method_not_allowed() })
        .layer(DefaultBodyLimit::max(app.settings.limits.body_bytes))
        .layer(from_fn_with_state(app.clone(), authenticate))
        // Outermost, because scripts can read an error of authentication only with CORS headers.
        .layer(from_fn_with_state(app.clone(), apply_cors))
}

/// Authenticates the caller and applies the rate limit.
async fn authenticate(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let caller = Caller::authenticate(&parts, &app).await;
    let counted_as = match &caller {
        Ok(caller) => caller.rate_limit_key(),
        Err(_) => {
            let address = ClientAddress::from_parts(&parts, &app.settings.server.trusted_proxies);
            format!("address:{}", address.network())
        }
    };
    // Unauthenticated requests count as well, by address.
    let budget = match app.auth.request_limiter.count_request(counted_as) {
        Ok(budget) => budget,
        Err(problem) => return problem.into_response(),
    };
    let mut response = match caller {
        Ok(caller) => {
            // Handlers take it from here, so that each request is authenticated once.
            parts.extensions.insert(caller);
            next.run(Request::from_parts(parts, body)).await
        }
        Err(problem) => problem.into_response(),
    };
    budget.write_headers(response.headers_mut());
    response
}

/// Answers CORS requests from the origins in `players.origins`.
///
/// Access does not depend on the origin: every request still needs an API key or a player token.
async fn apply_cors(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let origin = request.headers().get(header::ORIGIN).cloned();
    if let Some(origin) = &origin {
        log_refused_origin(&app, origin, request.headers());
    }
    // Browsers send origins in lower case, so an exact comparison suffices.
    let allowed = origin.filter(|origin| is_allowed_origin(&app, origin));
    let Some(origin) = allowed else {
        return next.run(request).await;
    };
    let asks_first = request.method() == Method::OPTIONS
        && request
            .headers()
            .contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    // Preflight requests carry no credentials, so they must not reach authentication.
    let mut response = match asks_first {
        true => StatusCode::NO_CONTENT.into_response(),
        false => next.run(request).await,
    };
    write_cors_headers(response.headers_mut(), origin);
    response
}

fn is_allowed_origin(app: &AppState, origin: &HeaderValue) -> bool {
    let mut origins = app.settings.players.origins.iter();
    origins.any(|one| one.as_bytes() == origin.as_bytes())
}

/// Logs the origin of a cross-origin request that is not in `players.origins`, once.
///
/// The browser only says that a request failed, which does not lead to the setting.
fn log_refused_origin(app: &AppState, origin: &HeaderValue, headers: &HeaderMap) {
    let Ok(origin_text) = origin.to_str() else {
        return;
    };
    let host = headers.get(header::HOST);
    let host = host.and_then(|host| host.to_str().ok()).unwrap_or_default();
    let public_url = &app.settings.server.public_url;
    let public_host = public_url.split_once("://").map_or("", |(_, host)| host);
    let own = [host, public_host.trim_end_matches('/')];
    if !is_allowed_origin(app, origin) && app.auth.refused_origins.is_news(origin_text, own) {
        tracing::warn!(
            origin = origin_text,
            "cross-origin request refused: origin is not in players.origins"
        );
    }
}

fn write_cors_headers(headers: &mut HeaderMap, origin: HeaderValue) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    // Appended, because the response may vary by other headers too.
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    for (name, value) in [
        // Player tokens only read, and API keys do not belong in browsers.
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET"),
        (
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            "authorization, if-none-match, last-event-id",
        ),
        (header::ACCESS_CONTROL_EXPOSE_HEADERS, "etag, retry-after"),
        (header::ACCESS_CONTROL_MAX_AGE, "600"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}
