//! Errors as problem details according to RFC 9457.

use accolade::{Catalog, Error, Rejection};
use accolade_core::catalog::diagnostic::{Diagnostic, Diagnostics};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::problem_types::{ProblemTypeNames, TYPE_PREFIX, is_listed};

/// The media type of problem details.
pub(crate) const MEDIA_TYPE: &str = "application/problem+json";

/// Problem details according to RFC 9457. A failed request is never applied partially.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// Stable identifier of the problem type: `urn:accolade:problem:` and a name.
    #[serde(rename = "type")]
    #[schema(value_type = ProblemTypeNames)]
    kind: String,
    /// Short summary of the problem type.
    title: &'static str,
    /// HTTP status code.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// Explanation of this occurrence and how to fix it.
    detail: String,
    /// Errors of an invalid catalog, each with its location; the first 200. Empty for other
    /// problems.
    diagnostics: Vec<CatalogDiagnosticModel>,
    #[serde(skip)]
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// Error in a catalog, with its location.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CatalogDiagnostic)]
pub(crate) struct CatalogDiagnosticModel {
    /// Line, starting at 1.
    pub line: usize,
    /// Column in characters, starting at 1.
    pub column: usize,
    /// Description of the error.
    pub message: String,
    /// Label of the location.
    pub label: String,
    /// Suggested fix, if any.
    pub help: Option<String>,
}

impl CatalogDiagnosticModel {
    /// Converts the diagnostics of a catalog.
    pub(crate) fn from_diagnostics(found: &Diagnostics) -> Vec<Self> {
        let one = |one: &Diagnostic| Self::new(one.clone(), found.line_and_column(one.span.start));
        found.iter().map(one).collect()
    }

    /// Converts the warnings about a valid catalog.
    pub(crate) fn from_warnings(catalog: &Catalog) -> Vec<Self> {
        let one = |one: Diagnostic| {
            let place = catalog.line_and_column(one.span.start);
            Self::new(one, place)
        };
        catalog.list_warnings().into_iter().map(one).collect()
    }

    fn new(found: Diagnostic, (line, column): (usize, usize)) -> Self {
        let Diagnostic {
            message,
            label,
            help,
            ..
        } = found;
        Self {
            line,
            column,
            message,
            label,
            help,
        }
    }
}

impl Problem {
    /// Creates a problem of a type such as `unknown-player`.
    pub(crate) fn new(
        status: StatusCode,
        kind: &str,
        title: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        debug_assert!(
            is_listed(kind, status.as_u16()),
            "{kind} {status} is not in `PROBLEM_TYPES`"
        );
        let kind = format!("{TYPE_PREFIX}{kind}");
        Self {
            kind,
            title,
            status: status.as_u16(),
            detail: detail.into(),
            diagnostics: Vec::new(),
            headers: Vec::new(),
        }
    }

    /// Adds a header to the response.
    pub(crate) fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Adds a sentence to the explanation.
    pub(crate) fn with_more_detail(mut self, more: &str) -> Self {
        self.detail = format!("{}; {more}", self.detail);
        self
    }

    /// Creates the problem for a request that cannot be parsed.
    pub(crate) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed", "Bad request", detail)
    }

    /// Creates the problem for a well-formed request with invalid content.
    pub(crate) fn unprocessable_content(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid",
            "Unprocessable content",
            detail,
        )
    }

    /// Creates the problem for missing or invalid credentials.
    pub(crate) fn unauthorized(detail: impl Into<String>) -> Self {
        let problem = Self::new(
            StatusCode::UNAUTHORIZED,
            "unauthenticated",
            "Unauthorized",
            detail,
        );
        // A 401 response must name an authentication scheme (RFC 9110, 15.5.2).
        problem.with_header(
            header::WWW_AUTHENTICATE,
            HeaderValue::from_static("Bearer realm=\"accolade\""),
        )
    }

    /// Creates the problem for a caller without the required permission.
    pub(crate) fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "Forbidden", detail)
    }

    /// Creates the problem for an unknown path.
    pub(crate) fn path_not_found() -> Self {
        let detail = "no such path; see /openapi.json for all paths";
        Self::new(StatusCode::NOT_FOUND, "not-found", "Not found", detail)
    }

    /// Creates the problem for an unknown player.
    pub(crate) fn player_not_found(player: &str) -> Self {
        let detail = format!("player `{player}` not found");
        Self::new(
            StatusCode::NOT_FOUND,
            "unknown-player",
            "Player not found",
            detail,
        )
    }

    /// Creates the problem for an unknown resource other than a player.
    pub(crate) fn resource_not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "unknown", "Not found", detail)
    }

    /// Creates the problem for a request that conflicts with the current state.
    pub(crate) fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "conflict", "Conflict", detail)
    }

    /// Creates the problem for a request that exceeds a size limit.
    pub(crate) fn payload_too_large(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too-large",
            "Payload too large",
            detail,
        )
    }

    /// Creates the problem for an internal error.
    pub(crate) fn internal_error(error: &dyn std::fmt::Display) -> Self {
        // Details go to the log only: they may reveal internals or personal data.
        tracing::error!(%error, "request failed");
        let detail = "internal error; see the server log. Retry with the same id, which is safe";
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Internal error",
            detail,
        )
    }

    /// Creates the problem for a request that may succeed later.
    pub(crate) fn service_unavailable(kind: &str, detail: impl Into<String>) -> Self {
        let status = StatusCode::SERVICE_UNAVAILABLE;
        let problem = Self::new(status, kind, "Service unavailable", detail);
        problem.with_header(header::RETRY_AFTER, HeaderValue::from_static("1"))
    }

    /// Returns the status code.
    pub(crate) fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// Returns the value of a header of the response.
    pub(crate) fn header(&self, name: &HeaderName) -> Option<&HeaderValue> {
        self.headers
            .iter()
            .find_map(|(own, value)| (own == name).then_some(value))
    }

    /// Returns the explanation.
    pub(crate) fn detail(&self) -> &str {
        &self.detail
    }

    /// Returns the `Retry-After` header, if there is one.
    pub(crate) fn retry_after(&self) -> Option<&HeaderValue> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(name, _)| name == header::RETRY_AFTER);
        found.map(|(_, value)| value)
    }

    /// Returns the summary of the problem type.
    pub(crate) fn title(&self) -> &'static str {
        self.title
    }
}

impl From<Diagnostics> for Problem {
    fn from(found: Diagnostics) -> Self {
        let title = "Invalid catalog";
        let problem = Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid-catalog",
            title,
            found.to_string(),
        );
        Self {
            diagnostics: CatalogDiagnosticModel::from_diagnostics(&found),
            ..problem
        }
    }
}

impl From<Rejection> for Problem {
    fn from(rejection: Rejection) -> Self {
        let of = |status, kind, title| Self::new(status, kind, title, rejection.to_string());
        match &rejection {
            Rejection::Invalid(_) => of(
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid-event",
                "Invalid event",
            ),
            Rejection::Conflict { .. } => of(StatusCode::CONFLICT, "conflict", "Conflict"),
            Rejection::Refused(_) => of(
                StatusCode::UNPROCESSABLE_ENTITY,
                "refused",
                "Action refused",
            ),
            Rejection::Merge(_) => of(StatusCode::CONFLICT, "merge", "Merge conflict"),
            Rejection::AlreadyRetracted
            | Rejection::NotRetracted
            | Rejection::NotRetractable { .. } => {
                of(StatusCode::CONFLICT, "retraction", "Retraction conflict")
            }
            Rejection::UnknownPlayer { .. } => {
                of(StatusCode::NOT_FOUND, "unknown-player", "Player not found")
            }
            Rejection::PlayerErased => of(StatusCode::GONE, "erased", "Player erased"),
            // A kind of rejection that is newer than this service is still the caller's to solve.
            _ => of(StatusCode::UNPROCESSABLE_ENTITY, "rejected", "Rejected"),
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let detail = error.to_string();
        match error {
            Error::Rejected(rejection) => rejection.into(),
            Error::Catalog(found) => found.into(),
            Error::QueueFull | Error::Store(accolade::store::StoreError::Busy) => {
                Self::service_unavailable("busy", detail)
            }
            Error::Store(accolade::store::StoreError::Full) => Self::new(
                StatusCode::INSUFFICIENT_STORAGE,
                "full",
                "Insufficient storage",
                detail,
            ),
            Error::Closed => {
                Self::service_unavailable("stopping", "the service is shutting down; retry")
            }
            Error::PublishConflict { .. } | Error::Plan(_) => Self::new(
                StatusCode::CONFLICT,
                "overtaken",
                "Publication conflict",
                detail,
            ),
            Error::UnknownCatalogVersion(_)
            | Error::UnknownRule { .. }
            | Error::UnknownLedgerEntry { .. } => Self::resource_not_found(detail),
            Error::Subject(_) | Error::InvalidCondition(_) => Self::unprocessable_content(detail),
            Error::FeedPruned { .. } => Self::new(
                StatusCode::GONE,
                "feed-gone",
                "Outcomes no longer available",
                detail,
            ),
            Error::Cancelled => Self::conflict(detail),
            // They depend on the deployment, not on the request, which may succeed after a restart.
            Error::MissingCode(_) | Error::ReadOnly => Self::service_unavailable("unable", detail),
            other => Self::internal_error(&other),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(mut self) -> Response {
        let headers = std::mem::take(&mut self.headers);
        // Strings and numbers always serialize.
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (
            self.status_code(),
            [(header::CONTENT_TYPE, MEDIA_TYPE)],
            body,
        )
            .into_response();
        response
            .headers_mut()
            .extend(headers.into_iter().map(|(name, value)| (Some(name), value)));
        response
    }
}

/// Returns the usual title of problems with a status.
pub(crate) fn status_title(status: u16) -> &'static str {
    match status {
        400 => "Bad request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not found",
        405 => "Method not allowed",
        408 => "Request timeout",
        409 => "Conflict",
        410 => "Gone",
        413 => "Payload too large",
        415 => "Unsupported media type",
        422 => "Unprocessable content",
        429 => "Too many requests",
        503 => "Service unavailable",
        507 => "Insufficient storage",
        _ => "Internal error",
    }
}
