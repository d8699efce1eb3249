//! Catalog: reading, checking, planning and publishing.

use accolade::{Catalog, Error, PlanToken, PublishOptions};
use accolade_core::catalog::CatalogFormat;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::extract::{JsonBody, PathParams};
use super::jobs::{JobModel, StartedJob};
use crate::auth::{Caller, KeyScope};
use crate::catalogs::{self, CatalogTestResult, format_name};
use crate::jobs::{JobPhase, tasks};
use crate::models::{CatalogFormatNames, CatalogVersionModel, List, PublicationModel};
use crate::problem::{CatalogDiagnosticModel, Problem};
use crate::state::AppState;

/// Version of the catalog with its source.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CatalogDocument)]
pub(crate) struct CatalogModel {
    /// Version number, starting at 1.
    version: i64,
    /// Format of the source.
    #[schema(value_type = CatalogFormatNames)]
    format: &'static str,
    /// Source text, as published.
    source: String,
    /// Fingerprint; equal for catalogs with the same meaning.
    fingerprint: String,
}

/// Catalog as TOML text or as a JSON document.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(tag = "format", rename_all = "lowercase", deny_unknown_fields)]
#[schema(as = CatalogSource)]
pub(crate) enum CatalogRequest {
    /// Catalog in TOML.
    Toml {
        /// The catalog as TOML text.
        source: String,
    },
    /// Catalog in JSON.
    Json {
        /// The catalog as a JSON object. Its schema is `docs/catalog.schema.json`.
        #[schema(value_type = Object)]
        source: serde_json::Map<String, serde_json::Value>,
    },
}

impl CatalogRequest {
    /// Converts the catalog to text and its format.
    fn into_source(self) -> (String, CatalogFormat) {
        match self {
            Self::Toml { source } => (source, CatalogFormat::Toml),
            Self::Json { source } => {
                // On several lines, because diagnostics name lines and the editor shows the text.
                let text = serde_json::to_string_pretty(&source).expect("serializable");
                (text, CatalogFormat::Json)
            }
        }
    }
}

async fn parse_request(app: &AppState, sent: CatalogRequest) -> Result<Catalog, Problem> {
    let (source, format) = sent.into_source();
    Ok(catalogs::parse_catalog(&app.engine, source, format, |read| read).await??)
}

/// Get the published catalog.
///
/// Scope: `admin`.
#[utoipa::path(
    get, path = "/v1/catalog", tag = "catalog", operation_id = "get_catalog",
    responses((status = 200, description = "The catalog", body = CatalogModel)),
)]
pub(crate) async fn get_catalog(
    State(app): State<AppState>,
    caller: Caller,
) -> Result<Json<CatalogModel>, Problem> {
    caller.require_scope(KeyScope::Admin)?;
    load_catalog(&app, app.engine.catalog().version()).await
}

async fn load_catalog(app: &AppState, version: i64) -> Result<Json<CatalogModel>, Problem> {
    let catalog = app.engine.catalog().load_version(version).await?;
    let format = format_name(catalog.format());
    let (source, fingerprint) = (
        catalog.source().to_owned(),
        catalog.fingerprint().to_owned(),
    );
    Ok(Json(CatalogModel {
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
    responses((status = 200, description = "All versions", body = List<CatalogVersionModel>)),
)]
pub(crate) async fn list_catalog_versions(
    State(app): State<AppState>,
    caller: Caller,
) -> Result<Json<List<CatalogVersionModel>>, Problem> {
    caller.require_scope(KeyScope::Admin)?;
    Ok(Json(List::single_page(
        app.engine.catalog().list_versions().await?,
    )))
}

/// Get a catalog version.
///
/// Scope: `admin`.
#[utoipa::path(
    get, path = "/v1/catalog/versions/{version}",
    tag = "catalog", operation_id = "get_catalog_version",
    params(("version" = i64, Path, description = "Version number, starting at 1")),
    responses((status = 200, description = "The catalog", body = CatalogModel)),
)]
pub(crate) async fn get_catalog_version(
    State(app): State<AppState>,
    caller: Caller,
    PathParams(version): PathParams<i64>,
) -> Result<Json<CatalogModel>, Problem> {
    caller.require_scope(KeyScope::Admin)?;
    load_catalog(&app, version).await
}

/// Result of checking a catalog.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CatalogCheck)]
pub(crate) struct CheckCatalogResponse {
    /// True if the catalog has no errors.
    pub(crate) valid: bool,
    /// Number of errors.
    pub(crate) error_count: usize,
    /// Errors, each with its location; the first 200.
    pub(crate) diagnostics: Vec<CatalogDiagnosticModel>,
    /// Probable mistakes in a catalog without errors: rules that can never apply, limits that can
    /// never bind, and unused definitions.
    pub(crate) warnings: Vec<CatalogDiagnosticModel>,
    /// Results of the tests in the catalog.
    pub(crate) tests: Vec<CatalogTestResult>,
}

/// Check a catalog.
///
/// Reports the first 200 errors at once, each with its location and a suggested fix, and their
/// total. Lists the warnings about a catalog without errors and runs
/// its tests. Changes nothing. Scope: `admin`.
#[utoipa::path(
    post, path = "/v1/catalog/check", tag = "catalog", operation_id = "check_catalog",
    request_body(content = CatalogRequest, content_type = "application/json"),
    responses((status = 200, description = "The result", body = CheckCatalogResponse)),
)]
pub(crate) async fn check_catalog(
    State(app): State<AppState>,
    caller: Caller,
    JsonBody(sent): JsonBody<CatalogRequest>,
) -> Result<Json<CheckCatalogResponse>, Problem> {
    caller.require_scope(KeyScope::Admin)?;
    let (source, format) = sent.into_source();
    let checked = catalogs::parse_catalog(&app.engine, source, format, |read| match read {
        Ok(catalog) => CheckCatalogResponse {
            valid: true,
            error_count: 0,
            diagnostics: Vec::new(),
            warnings: CatalogDiagnosticModel::from_warnings(&catalog),
            tests: catalogs::run_tests(&catalog),
        },
        Err(found) => CheckCatalogResponse {
            valid: false,
            error_count: found.total_count(),
            diagnostics: CatalogDiagnosticModel::from_diagnostics(&found),
            warnings: Vec::new(),
            tests: Vec::new(),
        },
    });
    checked.await.map(Json)
}

/// Publication to plan.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PlanRequest)]
pub(crate) struct PlanPublicationRequest {
    /// Catalog to publish.
    catalog: CatalogRequest,
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
    request_body(content = PlanPublicationRequest, content_type = "application/json"),
    responses((status = 202, description = "The job was started", body = JobModel,
        headers(("Location" = String, description = "URL of the job")))),
)]
pub(crate) async fn plan_publication(
    State(app): State<AppState>,
    caller: Caller,
    JsonBody(sent): JsonBody<PlanPublicationRequest>,
) -> Result<StartedJob, Problem> {
    caller.require_scope(KeyScope::Admin)?;
    let catalog = parse_request(&app, sent.catalog).await?;
    let job = tasks::start_plan(&app, &caller.actor_name(), catalog, sent.revoke, |plan| {
        tasks::serialize_result(&plan)
    })?;
    Ok(StartedJob::new(&app, &job))
}

/// Publication of a catalog. Requires either `catalog` or `version`.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PublicationRequest)]
pub(crate) struct PublishCatalogRequest {
    /// Catalog to publish.
    catalog: Option<CatalogRequest>,
    /// Earlier version to publish again.
    version: Option<i64>,
    /// True to revoke awards that the catalog no longer earns. Default: keep them.
    #[serde(default)]
    revoke: bool,
    /// Token of a plan: publish only if the changes are exactly the planned ones.
    plan: Option<String>,
    /// Publish only if this version is currently published.
    expected_version: Option<i64>,
    /// Note to store with the version, such as the reason for the change.
    note: Option<String>,
}

/// Publish a catalog.
///
/// Takes effect immediately. A backfill in the background brings all players up to date. Players
/// keep awards that the catalog no longer earns, unless `revoke` is true. Idempotent. With a `plan`
/// and many players, the response may be a background job. Scope: `admin`.
#[utoipa::path(
    post, path = "/v1/catalog", tag = "catalog", operation_id = "publish_catalog",
    request_body(content = PublishCatalogRequest, content_type = "application/json"),
    responses(
        (status = 200, description = "The catalog was already published", body = PublicationModel),
        (status = 201, description = "The catalog was published", body = PublicationModel),
        (status = 202, description = "The publication continues as a background job",
            body = JobModel, headers(("Location" = String, description = "URL of the job"))),
    )
)]
pub(crate) async fn publish_catalog(
    State(app): State<AppState>,
    caller: Caller,
    JsonBody(sent): JsonBody<PublishCatalogRequest>,
) -> Result<Response, Problem> {
    caller.require_scope(KeyScope::Admin)?;
    let PublishCatalogRequest {
        catalog,
        version,
        revoke: take_back,
        plan,
        expected_version: over,
        note,
    } = sent;
    let catalog = match (catalog, version) {
        (Some(catalog), None) => parse_request(&app, catalog).await?,
        (None, Some(version)) => app.engine.catalog().load_version(version).await?,
        _ => {
            return Err(Problem::unprocessable_content(
                "specify either `catalog` or `version`",
            ));
        }
    };
    let how = if take_back {
        PublishOptions::default().revoke()
    } else {
        PublishOptions::default()
    };
    let how = note.iter().fold(how, |how, note| how.note(note));
    let how = over.into_iter().fold(how, PublishOptions::expected_version);
    let how = match plan {
        None => how,
        Some(token) => {
            let token: PlanToken = token.parse().map_err(|_| {
                Problem::unprocessable_content("invalid `plan`; send the `token` of a plan")
            })?;
            how.plan(token)
        }
    };
    // Always a job, so that a long publication outlives the request.
    let job = tasks::start_publication(&app, &caller.actor_name(), catalog, how)?;
    let state = job.wait_until_finished(tasks::PUBLISH_WAIT).await;
    match (state.phase, state.problem, state.result) {
        (JobPhase::Done, _, Some(published)) => {
            let status = if published["is_new"] == true {
                StatusCode::CREATED
            } else {
                StatusCode::OK
            };
            Ok((status, Json(published)).into_response())
        }
        (JobPhase::Failed, Some(problem), _) => Err(problem),
        (JobPhase::Cancelled, ..) => Err(Error::Cancelled.into()),
        _ => Ok(StartedJob::new(&app, &job).into_response()),
    }
}
