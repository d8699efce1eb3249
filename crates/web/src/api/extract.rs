//! Extractors that reject invalid requests with problem details.

use accolade::{Audience, Timestamp};
use accolade_core::time::TimestampError;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderName, StatusCode, header};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::{IntoParams, ToSchema};

use crate::problem::Problem;
use crate::site::App;

/// Extractor of path parameters.
pub(crate) struct At<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for At<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let path = Path::<T>::from_request_parts(parts, app).await;
        path.map(|Path(path)| Self(path))
            .map_err(|error| Problem::malformed(error.body_text()))
    }
}

/// Extractor of query parameters.
pub(crate) struct Asked<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let query = Query::<T>::from_request_parts(parts, app).await;
        query
            .map(|Query(query)| Self(query))
            .map_err(|error| Problem::malformed(error.body_text()))
    }
}

/// Parses an RFC 3339 timestamp.
pub(crate) fn instant(text: &str) -> Result<Timestamp, Problem> {
    text.parse()
        .map_err(|error: TimestampError| Problem::invalid(error.to_string()))
}

/// Extractor of a raw body within the size limit.
pub(crate) struct Whole(pub(crate) Bytes);

impl FromRequest<App> for Whole {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let limit = app.settings.limits.body_bytes;
        match Bytes::from_request(request, app).await {
            Ok(bytes) => Ok(Self(bytes)),
            Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Err(Problem::too_large(format!(
                    "the body exceeds {limit} bytes; split it into several requests"
                )))
            }
            Err(error) => Err(Problem::malformed(error.body_text())),
        }
    }
}

/// Extractor of a JSON body.
pub(crate) struct Sent<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<App> for Sent<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        must_be(&request, "application/json")?;
        let Whole(bytes) = Whole::from_request(request, app).await?;
        serde_json::from_slice(&bytes)
            .map(Self)
            .map_err(|error| Problem::malformed(format!("invalid body: {error}")))
    }
}

/// Returns an error unless a request has this media type.
pub(crate) fn must_be(request: &Request, kind: &str) -> Result<(), Problem> {
    let given = media_type(request);
    if given.is_some_and(|given| given.eq_ignore_ascii_case(kind)) {
        return Ok(());
    }
    let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
    let detail = match given {
        Some(given) => format!("unsupported content type `{given}`; send `{kind}`"),
        None => format!("missing content type; send `{kind}`"),
    };
    Err(Problem::new(
        status,
        "unsupported-media-type",
        "Unsupported media type",
        detail,
    ))
}

fn media_type(request: &Request) -> Option<&str> {
    let value = request.headers().get(header::CONTENT_TYPE)?.to_str().ok()?;
    Some(value.split(';').next().unwrap_or_default().trim())
}

/// Extractor of the `Idempotency-Key` header, which makes retries safe.
#[derive(Debug, Clone)]
pub(crate) struct Idempotency(pub(crate) Option<String>);

/// Name of the header.
pub(crate) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

impl FromRequestParts<App> for Idempotency {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get(IDEMPOTENCY_KEY) else {
            return Ok(Self(None));
        };
        // The IETF draft defines a quoted string, but most clients send the bare value.
        let text = value
            .to_str()
            .ok()
            .map(|text| text.trim().trim_matches('"').to_owned());
        match text.filter(|text| !text.is_empty() && text.len() <= accolade_core::limits::ID_BYTES)
        {
            Some(text) => Ok(Self(Some(text))),
            None => Err(Problem::malformed(
                "invalid `Idempotency-Key`; use 1 to 255 printable ASCII characters",
            )),
        }
    }
}

impl Idempotency {
    /// Returns the key. It is an error if the request has none.
    pub(crate) fn must(self) -> Result<String, Problem> {
        let detail = "missing `Idempotency-Key` header; send a new value for each request and the \
            same value in retries";
        self.0.ok_or_else(|| {
            Problem::new(
                StatusCode::BAD_REQUEST,
                "idempotency-key",
                "Idempotency key required",
                detail,
            )
        })
    }
}

/// Audience of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum As {
    /// The player: secret badges are masked and invisible ones omitted until they are earned.
    #[default]
    Player,
    /// Other players: earned badges only, secret ones masked, invisible ones omitted.
    Others,
    /// Administrators: everything is shown.
    Admin,
}

impl From<As> for Audience {
    fn from(shown: As) -> Self {
        match shown {
            As::Player => Self::Player,
            As::Others => Self::Others,
            As::Admin => Self::Admin,
        }
    }
}

/// Query parameter that selects the audience.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Eyes {
    /// Audience, which determines how secret and invisible badges are shown.
    #[serde(default, rename = "as")]
    #[param(inline, required = false)]
    pub(crate) shown: As,
}

/// Query parameters of a paginated list.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageOf {
    /// Cursor: the `next` value of the previous page.
    pub(crate) after: Option<String>,
    /// Maximum number of items. The service may return fewer.
    #[param(minimum = 1, maximum = 1000)]
    pub(crate) limit: Option<usize>,
}

/// Default page size.
const PAGE: usize = 50;
/// Maximum page size that a request may specify.
const MOST: usize = 1_000;

impl PageOf {
    /// Returns the page size.
    pub(crate) fn limit(&self, app: &App) -> Result<usize, Problem> {
        limit(self.limit, app)
    }
}

/// Validates a requested page size and caps it at the limit in the settings.
pub(crate) fn limit(asked: Option<usize>, app: &App) -> Result<usize, Problem> {
    match asked {
        None => Ok(PAGE.min(app.settings.limits.page_items)),
        // Capped, not rejected, so that a client works with any `limits.page_items`.
        Some(1..=MOST) => Ok(asked.unwrap_or(PAGE).min(app.settings.limits.page_items)),
        Some(other) => Err(Problem::malformed(format!(
            "invalid limit {other}; use 1 to {MOST}"
        ))),
    }
}
