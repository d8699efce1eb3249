//! Errors as problem details (RFC 9457).

use accolade::{Error, Rejection};
use accolade_core::catalog::diagnostic::Diagnostics;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

/// What every problem's type begins with.
const TYPES: &str = "urn:accolade:problem:";

/// The media type of problem details.
pub(crate) const MEDIA_TYPE: &str = "application/problem+json";

/// Why a request could not be done, as RFC 9457 has it. Nothing is half done.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// What kind of problem it is: `urn:accolade:problem:` and a word that stays the same.
    #[serde(rename = "type")]
    #[schema(example = "urn:accolade:problem:unknown-player")]
    kind: String,
    /// The kind in a few words.
    title: &'static str,
    /// The HTTP status, once more.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What was wrong here, and how to mend it.
    detail: String,
    /// Of a catalog: every error at its place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    diagnostics: Vec<PlacedError>,
    #[serde(skip)]
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// An error at its place in a catalog.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct PlacedError {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What the place is.
    pub label: String,
    /// How to mend it.
    pub help: Option<String>,
}

impl PlacedError {
    /// The errors of a catalog.
    pub(crate) fn all(found: &Diagnostics) -> Vec<Self> {
        let one = |one: &accolade_core::catalog::diagnostic::Diagnostic| {
            let (line, column) = found.position(one.span.start);
            let (message, label, help) = (one.message.clone(), one.label.clone(), one.help.clone());
            Self {
                line,
                column,
                message,
                label,
                help,
            }
        };
        found.iter().map(one).collect()
    }
}

impl Problem {
    /// A problem of a kind: a word such as `unknown-player`.
    pub(crate) fn new(
        status: StatusCode,
        kind: &str,
        title: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        let kind = format!("{TYPES}{kind}");
        Self {
            kind,
            title,
            status: status.as_u16(),
            detail: detail.into(),
            diagnostics: Vec::new(),
            headers: Vec::new(),
        }
    }

    /// Adds a header to the answer.
    pub(crate) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// What was sent cannot be read.
    pub(crate) fn malformed(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "malformed",
            "The request cannot be read",
            detail,
        )
    }

    /// What was sent can be read, and does not make sense.
    pub(crate) fn invalid(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid",
            "The request does not make sense",
            detail,
        )
    }

    /// Who asks must say who they are.
    pub(crate) fn unauthenticated(detail: impl Into<String>) -> Self {
        let problem = Self::new(
            StatusCode::UNAUTHORIZED,
            "unauthenticated",
            "A valid key is needed",
            detail,
        );
        problem.header(
            header::WWW_AUTHENTICATE,
            HeaderValue::from_static("Bearer realm=\"accolade\""),
        )
    }

    /// Who asks may not.
    pub(crate) fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "forbidden",
            "This is not allowed",
            detail,
        )
    }

    /// There is nothing under this address.
    pub(crate) fn not_found() -> Self {
        let detail = "there is nothing under this address; /openapi.json lists what there is";
        Self::new(StatusCode::NOT_FOUND, "not-found", "Not found", detail)
    }

    /// There is no such player.
    pub(crate) fn unknown_player(player: &str) -> Self {
        let detail = format!("nothing is known of a player `{player}`");
        Self::new(
            StatusCode::NOT_FOUND,
            "unknown-player",
            "There is no such player",
            detail,
        )
    }

    /// There is no such thing.
    pub(crate) fn unknown(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "unknown",
            "There is no such thing",
            detail,
        )
    }

    /// It collides with what is there.
    pub(crate) fn conflict(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::CONFLICT,
            "conflict",
            "It collides with what is there",
            detail,
        )
    }

    /// There is more than is taken at once.
    pub(crate) fn too_large(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too-large",
            "There is too much of it",
            detail,
        )
    }

    /// Something broke here; what is in the log, not in the answer.
    pub(crate) fn internal(told: &dyn std::fmt::Display) -> Self {
        tracing::error!(error = %told, "a request failed");
        let detail = "something broke on this side; it is in the log. Sending it again with the same id does no harm";
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Something broke",
            detail,
        )
    }

    /// It can be done later.
    pub(crate) fn unavailable(kind: &str, detail: impl Into<String>) -> Self {
        let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, kind, "Not now", detail);
        problem.header(header::RETRY_AFTER, HeaderValue::from_static("1"))
    }

    /// The status.
    pub(crate) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// What was wrong, for people.
    pub(crate) fn detail(&self) -> &str {
        &self.detail
    }

    /// The kind in a few words.
    pub(crate) fn title(&self) -> &'static str {
        self.title
    }
}

impl From<Diagnostics> for Problem {
    fn from(found: Diagnostics) -> Self {
        let title = "The catalog is wrong";
        let problem = Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid-catalog",
            title,
            found.to_string(),
        );
        Self {
            diagnostics: PlacedError::all(&found),
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
                "The event is not valid",
            ),
            Rejection::Conflict { .. } => {
                of(StatusCode::CONFLICT, "conflict", "The id was used before")
            }
            Rejection::Refused(_) => of(
                StatusCode::UNPROCESSABLE_ENTITY,
                "refused",
                "The act cannot be done",
            ),
            Rejection::Merge(_) => of(
                StatusCode::CONFLICT,
                "merge",
                "The players cannot be joined or separated",
            ),
            Rejection::AlreadyRetracted
            | Rejection::NotRetracted
            | Rejection::NotRetractable { .. } => of(
                StatusCode::CONFLICT,
                "retraction",
                "The event cannot be taken back or given back",
            ),
            Rejection::Erased => of(StatusCode::GONE, "erased", "The player was erased"),
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let detail = error.to_string();
        match error {
            Error::Rejected(rejection) => rejection.into(),
            Error::Catalog(found) => found.into(),
            Error::Store(accolade::store::StoreError::Busy) => Self::unavailable("busy", detail),
            Error::Store(accolade::store::StoreError::Full) => Self::new(
                StatusCode::INSUFFICIENT_STORAGE,
                "full",
                "The disk is full",
                detail,
            ),
            Error::Closed => Self::unavailable("stopping", "the service is stopping; ask again"),
            Error::Overtaken { .. } | Error::Plan(_) => Self::new(
                StatusCode::CONFLICT,
                "overtaken",
                "Something else was published meanwhile",
                detail,
            ),
            Error::NoVersion(_) | Error::Unknown { .. } | Error::NoEntry { .. } => {
                Self::unknown(detail)
            }
            Error::Subject(_) | Error::Condition(_) => Self::invalid(detail),
            Error::FeedGone { .. } => Self::new(
                StatusCode::GONE,
                "feed-gone",
                "The feed no longer keeps this",
                detail,
            ),
            Error::Cancelled => Self::conflict(detail),
            Error::MissingCode(_) | Error::ReadOnly => Self::unavailable("unable", detail),
            other => Self::internal(&other),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(mut self) -> Response {
        let headers = std::mem::take(&mut self.headers);
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response =
            (self.status(), [(header::CONTENT_TYPE, MEDIA_TYPE)], body).into_response();
        response
            .headers_mut()
            .extend(headers.into_iter().map(|(name, value)| (Some(name), value)));
        response
    }
}
