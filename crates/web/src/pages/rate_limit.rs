//! Rate limit of the pages: a page for browsers, a problem for scripts.

use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::page::PageRequest;
use crate::auth::ClientAddress;
use crate::layers::accepts_html;
use crate::state::AppState;

/// Applies the rate limit (middleware).
pub(super) async fn limit_requests(
    State(app): State<AppState>,
    address: ClientAddress,
    request: Request,
    next: Next,
) -> Response {
    let Err(problem) = app
        .auth
        .page_limiter
        .count_request(address.0, address.network())
    else {
        return next.run(request).await;
    };
    if !accepts_html(request.headers()) {
        return problem.into_response();
    }
    let (mut parts, _) = request.into_parts();
    let Ok(page) = PageRequest::from_request_parts(&mut parts, &app).await;
    page.render_refusal(&problem)
}
