//! The catalog: what is in force, what another one would change, and putting it in force.

use accolade::core::catalog::Format;
use accolade::{Catalog, Error, PlanToken, Publishing};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::extract::{At, Sent};
use super::jobs::{Begun, JobView};
use super::wire::{List, Version};
use crate::auth::{Caller, Scope};
use crate::catalogs::{self, Tested, word};
use crate::jobs::{Phase, work};
use crate::problem::{PlacedError, Problem};
use crate::site::App;

/// A catalog document.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Document {
    /// Its version, from 1.
    version: i64,
    /// `toml` or `json`.
    format: &'static str,
    /// The document, as written.
    source: String,
    /// What it comes to; equal for catalogs that say the same.
    fingerprint: String,
}

/// A catalog, as it is sent: a text, or, as JSON, the document itself.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(untagged, deny_unknown_fields)]
#[schema(as = Catalog)]
pub(crate) enum CatalogSent {
    /// The document of a catalog in TOML.
    #[schema(title = "TOML")]
    Toml {
        /// The text.
        toml: String,
    },
    /// The document of a catalog in JSON.
    #[schema(title = "JSON")]
    Json {
        /// The document, of the shape that `docs/catalog.schema.json` states.
        #[schema(value_type = Object)]
        json: serde_json::Map<String, serde_json::Value>,
    },
}

impl CatalogSent {
    /// Its text, and the language of that.
    fn text(self) -> (String, Format) {
        match self {
            Self::Toml { toml } => (toml, Format::Toml),
            Self::Json { json } => {
                let text = serde_json::to_string_pretty(&json).expect("it has only text as keys");
                (text, Format::Json)
            }
        }
    }
}

async fn read(app: &App, sent: CatalogSent) -> Result<Catalog, Problem> {
    let (source, format) = sent.text();
    Ok(catalogs::read(app, source, format, |read| read).await??)
}

/// Read the catalog in force.
///
/// Scope: `admin`.
#[utoipa::path(
    get, path = "/v1/catalog", tag = "catalog", operation_id = "get_catalog",
    responses((status = 200, description = "The catalog", body = Document))
)]
pub(crate) async fn current(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<Document>, Problem> {
    caller.must(Scope::Admin)?;
    document(&app, app.engine.catalog_version()).await
}

async fn document(app: &App, version: i64) -> Result<Json<Document>, Problem> {
    let catalog = app.engine.version(version).await?;
    let format = word(catalog.format());
    let (source, fingerprint) = (
        catalog.source().to_owned(),
        catalog.fingerprint().to_owned(),
    );
    Ok(Json(Document {
        version,
        format,
        source,
        fingerprint,
    }))
}

/// List the catalogs that were ever in force.
///
/// Oldest first, with what each changed. Scope: `admin`.
#[utoipa::path(
    get, path = "/v1/catalog/versions", tag = "catalog", operation_id = "list_catalog_versions",
    responses((status = 200, description = "All versions", body = List<Version>))
)]
pub(crate) async fn versions(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<List<Version>>, Problem> {
    caller.must(Scope::Admin)?;
    Ok(Json(List::whole(app.engine.history().await?)))
}

/// Read a catalog that is or was in force.
///
/// Scope: `admin`.
#[utoipa::path(
    get, path = "/v1/catalog/versions/{version}", tag = "catalog", operation_id = "get_catalog_version",
    params(("version" = i64, Path, description = "Its number, from 1")),
    responses((status = 200, description = "The catalog", body = Document))
)]
pub(crate) async fn version(
    State(app): State<App>,
    caller: Caller,
    At(version): At<i64>,
) -> Result<Json<Document>, Problem> {
    caller.must(Scope::Admin)?;
    document(&app, version).await
}

/// What is wrong with a catalog, and what its own tests said.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Checked {
    /// Whether it can be published.
    pub(crate) valid: bool,
    /// What is wrong, each at its place.
    pub(crate) diagnostics: Vec<PlacedError>,
    /// The catalog's own tests.
    pub(crate) tests: Vec<Tested>,
}

/// Check a catalog.
///
/// Tells everything that is wrong with it, each error at its place and with its mend, and runs its own tests. Nothing is
/// changed. Scope: `admin`.
#[utoipa::path(
    post, path = "/v1/catalog/check", tag = "catalog", operation_id = "check_catalog",
    request_body(content = CatalogSent, content_type = "application/json"),
    responses((status = 200, description = "What was found", body = Checked))
)]
pub(crate) async fn check(
    State(app): State<App>,
    caller: Caller,
    Sent(sent): Sent<CatalogSent>,
) -> Result<Json<Checked>, Problem> {
    caller.must(Scope::Admin)?;
    let (source, format) = sent.text();
    let checked = catalogs::read(&app, source, format, |read| match read {
        Ok(catalog) => Checked {
            valid: true,
            diagnostics: Vec::new(),
            tests: catalogs::test(&catalog),
        },
        Err(found) => Checked {
            valid: false,
            diagnostics: PlacedError::all(&found),
            tests: Vec::new(),
        },
    });
    checked.await.map(Json)
}

/// What is to be planned.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlanSent {
    /// The catalog.
    catalog: CatalogSent,
    /// As if awards that it does not earn were taken back, not kept.
    #[serde(default)]
    take_back: bool,
}

/// Plan a publication.
///
/// Says what publishing a catalog would change for every player, as a job: ask for it until it is done. Its result has a
/// token with which exactly this can be published. Nothing is changed. Scope: `admin`.
#[utoipa::path(
    post, path = "/v1/catalog/plans", tag = "catalog", operation_id = "plan_catalog",
    request_body(content = PlanSent, content_type = "application/json"),
    responses((status = 202, description = "The plan is being made", body = JobView,
        headers(("Location" = String, description = "Where the job is"))))
)]
pub(crate) async fn plan(
    State(app): State<App>,
    caller: Caller,
    Sent(sent): Sent<PlanSent>,
) -> Result<Begun, Problem> {
    caller.must(Scope::Admin)?;
    let catalog = read(&app, sent.catalog).await?;
    let job = work::plan(&app, &caller.name(), catalog, sent.take_back, |plan| {
        work::result(&plan)
    })?;
    Ok(Begun::new(&app, &job))
}

/// What is to be published.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PublishSent {
    /// The catalog; else `version`.
    catalog: Option<CatalogSent>,
    /// An earlier version, to go back to it; else `catalog`.
    version: Option<i64>,
    /// Take awards away that it does not earn, instead of keeping them.
    #[serde(default)]
    take_back: bool,
    /// Publish only if it does what was planned: the plan's token.
    plan: Option<String>,
    /// Publish only if this version is still in force.
    over: Option<i64>,
}

/// What publishing came to.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct PublishedView {
    /// The version in force.
    version: i64,
    /// Whether it is new. A catalog that says the same as the one in force is not published again.
    new: bool,
    /// What differs from the version before, a line each.
    changes: Vec<String>,
}

/// Publish a catalog.
///
/// It is in force at once. Players are brought up to date when they are touched, and by a sweep in the background. What it
/// no longer earns is kept, unless `take_back` says otherwise. Sending it again publishes nothing new. Where it is held to
/// a `plan` and there are many players, the answer may be a job. Scope: `admin`.
#[utoipa::path(
    post, path = "/v1/catalog", tag = "catalog", operation_id = "publish_catalog",
    request_body(content = PublishSent, content_type = "application/json"),
    responses(
        (status = 200, description = "It was in force already", body = PublishedView),
        (status = 201, description = "It is in force", body = PublishedView),
        (status = 202, description = "Everybody is still being looked at, as a job whose result is the same", body = JobView,
            headers(("Location" = String, description = "Where the job is"))),
    )
)]
pub(crate) async fn publish(
    State(app): State<App>,
    caller: Caller,
    Sent(sent): Sent<PublishSent>,
) -> Result<Response, Problem> {
    caller.must(Scope::Admin)?;
    let PublishSent {
        catalog,
        version,
        take_back,
        plan,
        over,
    } = sent;
    let catalog = match (catalog, version) {
        (Some(catalog), None) => read(&app, catalog).await?,
        (None, Some(version)) => app.engine.version(version).await?,
        _ => {
            return Err(Problem::invalid(
                "publishing needs either a `catalog` or the number of a `version`",
            ));
        }
    };
    let how = if take_back {
        Publishing::default().take_back()
    } else {
        Publishing::default()
    };
    let how = over.into_iter().fold(how, Publishing::over);
    let how = match plan {
        None => how,
        Some(token) => {
            let token: PlanToken = token
                .parse()
                .map_err(|_| Problem::invalid("`plan` is no token of a plan"))?;
            how.plan(token)
        }
    };
    let job = work::publish(&app, &caller.name(), catalog, how)?;
    let state = job.wait(work::PATIENCE).await;
    match (state.phase, state.problem, state.result) {
        (Phase::Done, _, Some(published)) => {
            let status = if published["new"] == true {
                StatusCode::CREATED
            } else {
                StatusCode::OK
            };
            Ok((status, Json(published)).into_response())
        }
        (Phase::Failed, Some(problem), _) => Err(problem),
        (Phase::Cancelled, ..) => Err(Error::Cancelled.into()),
        _ => Ok(Begun::new(&app, &job).into_response()),
    }
}
