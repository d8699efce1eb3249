//! Middleware for all requests: access log, metrics, security headers, timeout and fallbacks.

use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;

use crate::compression;
use crate::problem::Problem;
use crate::state::AppState;
use crate::unread_body;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Content security policy: own resources only, no inline code, no framing.
// Images may come from other sites over TLS, because a catalog can name them.
const CONTENT_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; \
    img-src 'self' data: https:; font-src 'self'; connect-src 'self'; form-action 'self'; \
    manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Origins that may show a response in a frame (response extension). None if empty.
#[derive(Debug, Clone)]
pub(crate) struct FrameAncestors(pub(crate) Vec<String>);

/// Wraps routes in the middleware stack.
pub(crate) fn wrap_routes(routes: Router<AppState>, app: &AppState) -> Router<AppState> {
    routes
        .fallback(not_found)
        .method_not_allowed_fallback(|| async { method_not_allowed() })
        // Later layers wrap earlier ones, so the access log also sees panics and timeouts.
        // A panic would otherwise close the connection without a response.
        .layer(CatchPanicLayer::custom(
            |_: Box<dyn std::any::Any + Send>| {
                Problem::internal_error(&"a handler panicked").into_response()
            },
        ))
        // Covers the time until the response starts, so that live streams may stay open.
        .layer(from_fn_with_state(app.clone(), enforce_timeout))
        // Around everything that can respond before the body is read.
        .layer(from_fn(unread_body::close_connection))
        // Before the response is counted and logged, which do not read the body.
        .layer(compression::compression_layer())
        // Around the timeout, whose response needs the headers, too.
        .layer(from_fn(set_security_headers))
        .layer(from_fn_with_state(app.clone(), log_request))
}

/// Answers 404: a page for browsers, a problem for programs.
async fn not_found(page: crate::pages::PageRequest, headers: HeaderMap) -> Response {
    match accepts_html(&headers) {
        true => page.not_found_page().await,
        false => Problem::path_not_found().into_response(),
    }
}

/// True if a request comes from a browser that shows the response.
pub(crate) fn accepts_html(headers: &HeaderMap) -> bool {
    let accepts = headers.get(header::ACCEPT);
    accepts.is_some_and(|value| value.as_bytes().windows(9).any(|part| part == b"text/html"))
}

/// Returns the problem for a path that does not support the request's method.
pub(crate) fn method_not_allowed() -> Problem {
    let status = axum::http::StatusCode::METHOD_NOT_ALLOWED;
    Problem::new(
        status,
        "method-not-allowed",
        "Method not allowed",
        "the path does not support this method; see the `Allow` header",
    )
}

/// Cancels requests that exceed `server.request_seconds`. Streamed events have their own idle
/// timeout.
async fn enforce_timeout(State(app): State<AppState>, request: Request, next: Next) -> Response {
    if request.uri().path().ends_with(crate::api::STREAM_PATH) {
        return next.run(request).await;
    }
    let seconds = Duration::from_secs(app.settings.server.request_seconds);
    match tokio::time::timeout(seconds, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            let status = axum::http::StatusCode::REQUEST_TIMEOUT;
            let detail = "the request timed out; retry with the same ids, which is safe";
            let problem = Problem::new(status, "timeout", "Request timeout", detail);
            problem
                // The client may still be sending its body, which must not be read as another
                // request.
                .with_header(header::CONNECTION, HeaderValue::from_static("close"))
                .into_response()
        }
    }
}

/// Adds security and caching headers, unless the handler has set them.
async fn set_security_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let ancestors = response.extensions_mut().remove::<FrameAncestors>();
    let headers = response.headers_mut();
    let may_frame = ancestors.is_some_and(|origins| allow_frames(headers, &origins.0));
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
        // Generated pictures bring a stricter policy of their own.
        (header::CONTENT_SECURITY_POLICY, CONTENT_POLICY),
    ] {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    if may_frame {
        // It knows no origins, and some browsers would obey it.
        headers.remove(header::X_FRAME_OPTIONS);
    }
    headers
        // Most responses depend on credentials; a handler knows which ones may be cached.
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Lets some origins show a page in a frame. Such a page has no scripts and no forms. Returns false
/// if there are no origins.
fn allow_frames(headers: &mut HeaderMap, origins: &[String]) -> bool {
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src 'self' data: https:; base-uri 'none'; \
         frame-ancestors {}",
        origins.join(" ")
    );
    // Settings are validated, so that an origin cannot add directives.
    match HeaderValue::from_str(&policy) {
        Ok(policy) if !origins.is_empty() => {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
            true
        }
        _ => false,
    }
}

/// Logs and counts a request. Leaves out query, headers and body, which may contain secrets.
async fn log_request(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = request.method().clone();
    // Without the query: that of a sign-in link is a player token.
    let path = request.uri().path().to_owned();
    // The pattern of the route, not the path, keeps the number of label values bounded.
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("unmatched", MatchedPath::as_str)
        .to_owned();
    let id = resolve_request_id(&request);
    let mut response = next.run(request).await;
    let (status, took) = (response.status(), begun.elapsed());
    app.metrics.count_request(&method, &route, status, took);
    let took = took.as_micros() as u64;
    match status.is_server_error() {
        true => {
            tracing::error!(
                %method, path, status = status.as_u16(), duration_us = took, request_id = id,
                "request completed"
            )
        }
        false if is_routine_request(&method, &path) => {
            tracing::debug!(
                %method, path, status = status.as_u16(), duration_us = took, request_id = id,
                "request completed"
            );
        }
        false => {
            tracing::info!(
                %method, path, status = status.as_u16(), duration_us = took, request_id = id,
                "request completed"
            )
        }
    }
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// True if a request is too frequent for the info level: recorded events, assets and health checks.
fn is_routine_request(method: &Method, path: &str) -> bool {
    path.ends_with("/v1/events")
        || method == Method::GET && (path.contains("/assets/") || path.ends_with("/healthz"))
}

/// Returns the id of a request: the one set by a proxy, if well-formed, or a new one.
fn resolve_request_id(request: &Request) -> String {
    let given = request
        .headers()
        .get(REQUEST_ID)
        .and_then(|value| value.to_str().ok());
    // The value ends up in log lines, so only short ids of safe characters are accepted.
    match given {
        Some(id)
            if id.len() <= 64
                && id
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') =>
        {
            id.to_owned()
        }
        _ => crate::auth::random_id(),
    }
}
