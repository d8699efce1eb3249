//! Extractors that reject invalid requests with problem details.

use accolade::{Audience, Timestamp};
use accolade_core::time::TimestampError;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::{IntoParams, ToSchema};

use crate::auth::KeyScope;
use crate::problem::Problem;
use crate::state::AppState;

/// Extractor of path parameters.
pub(crate) struct PathParams<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<AppState> for PathParams<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        let path = Path::<T>::from_request_parts(parts, app).await;
        path.map(|Path(path)| Self(path))
            .map_err(|error| Problem::bad_request(error.body_text()))
    }
}

/// Extractor of query parameters.
pub(crate) struct QueryParams<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<AppState> for QueryParams<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        let query = Query::<T>::from_request_parts(parts, app).await;
        query
            .map(|Query(query)| Self(query))
            .map_err(|error| Problem::bad_request(error.body_text()))
    }
}

/// Parses an RFC 3339 timestamp.
pub(crate) fn parse_timestamp(text: &str) -> Result<Timestamp, Problem> {
    text.parse()
        .map_err(|error: TimestampError| Problem::unprocessable_content(error.to_string()))
}

/// Extractor of a raw body within the size limit.
pub(crate) struct RawBody(pub(crate) Bytes);

impl FromRequest<AppState> for RawBody {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &AppState) -> Result<Self, Problem> {
        let limit = app.settings.limits.body_bytes;
        match Bytes::from_request(request, app).await {
            Ok(bytes) => Ok(Self(bytes)),
            Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Err(Problem::payload_too_large(format!(
                    "the body exceeds {limit} bytes; split it into several requests"
                )))
            }
            Err(error) => Err(Problem::bad_request(error.body_text())),
        }
    }
}

/// Extractor of a JSON body.
pub(crate) struct JsonBody<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<AppState> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &AppState) -> Result<Self, Problem> {
        require_media_type(&request, "application/json")?;
        let RawBody(bytes) = RawBody::from_request(request, app).await?;
        serde_json::from_slice(&bytes)
            .map(Self)
            .map_err(|error| Problem::bad_request(format!("invalid body: {error}")))
    }
}

/// Returns an error unless a request has this media type and is not compressed.
pub(crate) fn require_media_type(request: &Request, kind: &str) -> Result<(), Problem> {
    let mut codings = request.headers().get_all(header::CONTENT_ENCODING).iter();
    if let Some(coding) = codings.find(|coding| !is_identity(coding)) {
        let coding = String::from_utf8_lossy(coding.as_bytes()).into_owned();
        let detail = format!("unsupported content encoding `{coding}`; send the body uncompressed");
        return Err(unsupported_media_type(detail).with_header(
            header::ACCEPT_ENCODING,
            HeaderValue::from_static("identity"),
        ));
    }
    let given = media_type(request);
    if given.is_some_and(|given| given.eq_ignore_ascii_case(kind)) {
        return Ok(());
    }
    Err(unsupported_media_type(match given {
        Some(given) => format!("unsupported content type `{given}`; send `{kind}`"),
        None => format!("missing content type; send `{kind}`"),
    }))
}

fn unsupported_media_type(detail: String) -> Problem {
    let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
    let title = "Unsupported media type";
    Problem::new(status, "unsupported-media-type", title, detail)
}

/// True if a value of `Content-Encoding` leaves the body as it is.
fn is_identity(coding: &HeaderValue) -> bool {
    let coding = coding.as_bytes().trim_ascii();
    coding.is_empty() || coding.eq_ignore_ascii_case(b"identity")
}

fn media_type(request: &Request) -> Option<&str> {
    let value = request.headers().get(header::CONTENT_TYPE)?.to_str().ok()?;
    // Parameters are ignored: JSON is always UTF-8 (RFC 8259, 8.1).
    Some(value.split(';').next().unwrap_or_default().trim())
}

/// Extractor of the `Idempotency-Key` header, which makes retries safe.
#[derive(Debug, Clone)]
pub(crate) struct IdempotencyKey(pub(crate) Option<String>);

/// Name of the header.
pub(crate) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

impl FromRequestParts<AppState> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get(IDEMPOTENCY_KEY) else {
            return Ok(Self(None));
        };
        // The IETF draft defines a quoted string, but most clients send the bare value.
        let text = value
            .to_str()
            .ok()
            .map(|text| text.trim().trim_matches('"').to_owned());
        // The key becomes the id of an event or action, so it has the same limit.
        match text.filter(|text| !text.is_empty() && text.len() <= accolade_core::limits::ID_BYTES)
        {
            Some(text) => Ok(Self(Some(text))),
            None => Err(Problem::bad_request(
                "invalid `Idempotency-Key`; use 1 to 255 printable ASCII characters",
            )),
        }
    }
}

impl IdempotencyKey {
    /// Returns the key. It is an error if the request has none.
    pub(crate) fn require_key(self) -> Result<String, Problem> {
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
pub(crate) enum AudienceParam {
    /// The player: secret badges are masked and invisible ones omitted until they are earned.
    #[default]
    Player,
    /// Other players: earned badges only, secret ones masked, invisible ones omitted.
    Others,
    /// Administrators: everything is shown.
    Admin,
}

impl AudienceParam {
    /// Returns the scope that a key needs to read as this audience.
    pub(crate) fn required_scope(self) -> KeyScope {
        match self {
            Self::Player | Self::Others => KeyScope::Read,
            Self::Admin => KeyScope::Admin,
        }
    }
}

impl From<AudienceParam> for Audience {
    fn from(shown: AudienceParam) -> Self {
        match shown {
            AudienceParam::Player => Self::Player,
            AudienceParam::Others => Self::Others,
            AudienceParam::Admin => Self::Admin,
        }
    }
}

/// Query parameter that selects the audience.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AudienceQuery {
    /// Audience, which determines how secret and invisible badges are shown.
    #[serde(default, rename = "as")]
    #[param(inline, required = false)]
    pub(crate) audience: AudienceParam,
}

/// Query parameters of a paginated list.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// Cursor: the `next` value of the previous page.
    pub(crate) after: Option<String>,
    /// Maximum number of items. The service may return fewer.
    #[param(minimum = 1, maximum = 1000)]
    pub(crate) limit: Option<usize>,
}

/// Default page size.
const DEFAULT_LIMIT: usize = 50;
/// Maximum page size that a request may specify.
const MAX_LIMIT: usize = 1_000;

impl PageQuery {
    /// Returns the page size.
    pub(crate) fn page_size(&self, app: &AppState) -> Result<usize, Problem> {
        check_limit(self.limit, app)
    }
}

/// Validates a requested page size and caps it at the limit in the settings.
pub(crate) fn check_limit(asked: Option<usize>, app: &AppState) -> Result<usize, Problem> {
    match asked {
        None => Ok(DEFAULT_LIMIT.min(app.settings.limits.page_items)),
        // Capped, not rejected, so that a client works with any `limits.page_items`.
        Some(1..=MAX_LIMIT) => Ok(asked
            .unwrap_or(DEFAULT_LIMIT)
            .min(app.settings.limits.page_items)),
        Some(other) => Err(Problem::bad_request(format!(
            "invalid limit {other}; use 1 to {MAX_LIMIT}"
        ))),
    }
}
