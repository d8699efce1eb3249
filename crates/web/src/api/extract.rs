//! Reading requests, so that what cannot be read is told as a problem like everything else.

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

/// The parts of the path.
pub(crate) struct At<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for At<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let path = Path::<T>::from_request_parts(parts, app).await;
        path.map(|Path(path)| Self(path))
            .map_err(|error| Problem::malformed(error.body_text()))
    }
}

/// What is asked behind the question mark.
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

/// An instant, as RFC 3339 writes it.
pub(crate) fn instant(text: &str) -> Result<Timestamp, Problem> {
    text.parse()
        .map_err(|error: TimestampError| Problem::invalid(error.to_string()))
}

/// A body as it came, within the limit.
pub(crate) struct Whole(pub(crate) Bytes);

impl FromRequest<App> for Whole {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let limit = app.settings.limits.body_bytes;
        match Bytes::from_request(request, app).await {
            Ok(bytes) => Ok(Self(bytes)),
            Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Err(Problem::too_large(format!(
                    "the body has more than {limit} bytes; send less at once"
                )))
            }
            Err(error) => Err(Problem::malformed(error.body_text())),
        }
    }
}

/// A body of JSON. Fields that nobody knows are errors.
pub(crate) struct Sent<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<App> for Sent<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        must_be(&request, "application/json")?;
        let Whole(bytes) = Whole::from_request(request, app).await?;
        serde_json::from_slice(&bytes)
            .map(Self)
            .map_err(|error| Problem::malformed(format!("the body: {error}")))
    }
}

/// Refuses another kind of body than this one.
pub(crate) fn must_be(request: &Request, kind: &str) -> Result<(), Problem> {
    let given = media_type(request);
    if given.is_some_and(|given| given.eq_ignore_ascii_case(kind)) {
        return Ok(());
    }
    let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
    let given = given.unwrap_or("nothing");
    let detail = format!("the content type is {given}; send {kind}");
    Err(Problem::new(
        status,
        "unsupported-media-type",
        "Another kind of body is needed",
        detail,
    ))
}

fn media_type(request: &Request) -> Option<&str> {
    let value = request.headers().get(header::CONTENT_TYPE)?.to_str().ok()?;
    Some(value.split(';').next().unwrap_or_default().trim())
}

/// `Idempotency-Key`, which makes sending the same request again harmless.
#[derive(Debug, Clone)]
pub(crate) struct Idempotency(pub(crate) Option<String>);

/// The header's name.
pub(crate) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

impl FromRequestParts<App> for Idempotency {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get(IDEMPOTENCY_KEY) else {
            return Ok(Self(None));
        };
        let text = value
            .to_str()
            .ok()
            .map(|text| text.trim().trim_matches('"').to_owned());
        match text.filter(|text| !text.is_empty() && text.len() <= accolade_core::limits::ID_BYTES)
        {
            Some(text) => Ok(Self(Some(text))),
            None => Err(Problem::malformed(
                "Idempotency-Key is no text of 1 to 255 letters, digits and signs",
            )),
        }
    }
}

impl Idempotency {
    /// The key, of a request that needs one.
    pub(crate) fn must(self) -> Result<String, Problem> {
        let told = "acts need an Idempotency-Key: any text that is new for each act, and the same when it is sent again";
        self.0.ok_or_else(|| {
            Problem::new(
                StatusCode::BAD_REQUEST,
                "idempotency-key",
                "An Idempotency-Key is needed",
                told,
            )
        })
    }
}

/// Who is to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum As {
    /// The player: secret badges are masked and invisible ones left out until they are earned.
    #[default]
    Player,
    /// Other players: earned badges only, secret ones masked, invisible ones left out.
    Others,
    /// An administrator: everything.
    Everything,
}

impl From<As> for Audience {
    fn from(shown: As) -> Self {
        match shown {
            As::Player => Self::Player,
            As::Others => Self::Others,
            As::Everything => Self::Everything,
        }
    }
}

/// Through whose eyes.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Eyes {
    /// Through whose eyes: secret and invisible badges show to those who may see them.
    #[serde(default, rename = "as")]
    #[param(inline, required = false)]
    pub(crate) shown: As,
}

/// Which page of a list.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageOf {
    /// Where to go on: what the page before said as `next`.
    pub(crate) after: Option<String>,
    /// Items on a page, at the most; less where the service allows less.
    #[param(minimum = 1, maximum = 1000)]
    pub(crate) limit: Option<usize>,
}

/// Items on a page that does not say how many.
const PAGE: usize = 50;
/// Items on a page that may be asked for.
const MOST: usize = 1_000;

impl PageOf {
    /// How many items.
    pub(crate) fn limit(&self, app: &App) -> Result<usize, Problem> {
        limit(self.limit, app)
    }
}

/// How many items, where somebody asks for so many.
pub(crate) fn limit(asked: Option<usize>, app: &App) -> Result<usize, Problem> {
    match asked {
        None => Ok(PAGE.min(app.settings.limits.page_items)),
        Some(1..=MOST) => Ok(asked.unwrap_or(PAGE).min(app.settings.limits.page_items)),
        Some(other) => Err(Problem::malformed(format!(
            "limit is {other}; it lies between 1 and {MOST}"
        ))),
    }
}
