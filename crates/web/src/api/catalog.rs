//! Catalog: reading, checking, planning and publishing.

use accolade::core::catalog::Format;
use accolade::{Catalog, Error, PlanToken, PublishOptions};
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

/// Version of the catalog with its source.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CatalogDocument)]
pub(crate) struct Document {
    /// Version number, starting at 1.
    version: i64,
    /// Format: `toml` or `json`.
    format: &'static str,
    /// Source text, as published.
    source: String,
    /// Fingerprint; equal for catalogs with the same meaning.
    fingerprint: String,
}

/// Catalog as TOML text or as a JSON document.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(untagged, deny_unknown_fields)]
#[schema(as = CatalogSource)]
pub(crate) enum CatalogSent {
    /// Catalog in TOML.
    #[schema(title = "TOML")]
    Toml {
        /// The catalog as TOML text.
        toml: String,
    },
    /// Catalog in JSON.
    #[schema(title = "JSON")]
    Json {
        /// JSON document. Its schema is `docs/catalog.schema.json`.
        #[schema(value_type = Object)]
        json: serde_json::Map<String, serde_json::Value>,
    },
}

impl CatalogSent {
    /// Converts the catalog to text and its format.
    fn text(self) -> (String, Format) {
        match self {
            Self::Toml { toml } => (toml, Format::Toml),
            Self::Json { json } => {
                let text = serde_json::to_string_pretty(&json).expect("serializable");
                (text, Format::Json)
            }
        }
    }
}

async fn read(app: &App, sent: CatalogSent) -> Result<Catalog, Problem> {
    let (source, format) = sent.text();
    Ok(catalogs::read(app, source, format, |read| read).await??)
}

/// Get the published catalog.
///
/// Scope: `admin`.
#[utoipa::path(
    get, path = "/v1/catalog", tag = "catalog", operation_id = "get_catalog",
    responses((status = 200, description = "The catalog", body = Document)),
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

/// List all catalog versions.
///
/// Oldest first, with the changes of each version. Scope: `admin`.
#[utoipa::path(
    get, path = "/v1/catalog/versions",
    tag = "catalog", operation_id = "list_catalog_versions",
    responses((status = 200, description = "All versions", body = List<Version>)),
)]
pub(crate) async fn versions(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<List<Version>>, Problem> {
    caller.must(Scope::Admin)?;
    Ok(Json(List::whole(app.engine.history().await?)))
}

/// Get a catalog version.
///
/// Scope: `admin`.
#[utoipa::path(
    get, path = "/v1/catalog/versions/{version}",
    tag = "catalog", operation_id = "get_catalog_version",
    params(("version" = i64, Path, description = "Version number, starting at 1")),
    responses((status = 200, description = "The catalog", body = Document)),
)]
pub(crate) async fn version(
    State(app): State<App>,
    caller: Caller,
    At(version): At<i64>,
) -> Result<Json<Document>, Problem> {
    caller.must(Scope::Admin)?;
    document(&app, version).await
}

/// Result of checking a catalog.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CatalogCheck)]
pub(crate) struct Checked {
    /// True if the catalog has no errors.
    pub(crate) valid: bool,
    /// Errors, each with its location.
    pub(crate) diagnostics: Vec<PlacedError>,
    /// Results of the tests in the catalog.
    pub(crate) tests: Vec<Tested>,
}

/// Check a catalog.
///
/// Reports all errors at once, each with its location and a suggested fix, and runs the tests in
/// the catalog. Changes nothing. Scope: `admin`.
#[utoipa::path(
    post, path = "/v1/catalog/check", tag = "catalog", operation_id = "check_catalog",
    request_body(content = CatalogSent, content_type = "application/json"),
    responses((status = 200, description = "The result", body = Checked)),
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

/// Publication to plan.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PlanRequest)]
pub(crate) struct PlanSent {
    /// Catalog to publish.
    catalog: CatalogSent,
    /// True to simulate revoking awards that the catalog no longer earns. Default: keep them.
    #[serde(default)]
    revoke: bool,
}

/// Plan a publication.
///
/// A dry run that lists the changes for every player. Runs as a background job: poll `Location`.
/// The result contains a token with which you can publish exactly these changes. Scope: `admin`.
#[utoipa::path(
    post, path = "/v1/catalog/plans",
    tag = "catalog", operation_id = "plan_publication",
    request_body(content = PlanSent, content_type = "application/json"),
    responses((status = 202, description = "The job was started", body = JobView,
        headers(("Location" = String, description = "URL of the job")))),
)]
pub(crate) async fn plan(
    State(app): State<App>,
    caller: Caller,
    Sent(sent): Sent<PlanSent>,
) -> Result<Begun, Problem> {
    caller.must(Scope::Admin)?;
    let catalog = read(&app, sent.catalog).await?;
    let job = work::plan(&app, &caller.name(), catalog, sent.revoke, |plan| {
        work::result(&plan)
    })?;
    Ok(Begun::new(&app, &job))
}

/// Publication of a catalog. Requires either `catalog` or `version`.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PublicationRequest)]
pub(crate) struct PublishSent {
    /// Catalog to publish.
    catalog: Option<CatalogSent>,
    /// Earlier version to publish again.
    version: Option<i64>,
    /// True to revoke awards that the catalog no longer earns. Default: keep them.
    #[serde(default)]
    revoke: bool,
    /// Token of a plan: publish only if the changes are exactly the planned ones.
    plan: Option<String>,
    /// Publish only if this version is currently published.
    expected_version: Option<i64>,
}

/// Result of a publication.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Publication)]
pub(crate) struct PublishedView {
    /// Number of the published version.
    version: i64,
    /// True if the version is new. False if the catalog is identical to the published one.
    new: bool,
    /// Changes from the previous version, one line each.
    changes: Vec<String>,
}

/// Publish a catalog.
///
/// Takes effect immediately. A backfill in the background brings all players up to date. Players
/// keep awards that the catalog no longer earns, unless `revoke` is true. Idempotent. With a `plan`
/// and many players, the response may be a background job. Scope: `admin`.
#[utoipa::path(
    post, path = "/v1/catalog", tag = "catalog", operation_id = "publish_catalog",
    request_body(content = PublishSent, content_type = "application/json"),
    responses(
        (status = 200, description = "The catalog was already published", body = PublishedView),
        (status = 201, description = "The catalog was published", body = PublishedView),
        (status = 202, description = "The publication continues as a background job",
            body = JobView, headers(("Location" = String, description = "URL of the job"))),
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
        revoke: take_back,
        plan,
        expected_version: over,
    } = sent;
    let catalog = match (catalog, version) {
        (Some(catalog), None) => read(&app, catalog).await?,
        (None, Some(version)) => app.engine.version(version).await?,
        _ => {
            return Err(Problem::invalid("specify either `catalog` or `version`"));
        }
    };
    let how = if take_back {
        PublishOptions::default().revoke()
    } else {
        PublishOptions::default()
    };
    let how = over.into_iter().fold(how, PublishOptions::over);
    let how = match plan {
        None => how,
        Some(token) => {
            let token: PlanToken = token
                .parse()
                .map_err(|_| Problem::invalid("invalid `plan`; send the `token` of a plan"))?;
            how.plan(token)
        }
    };
    // Always a job, so that a long publication outlives the request.
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
