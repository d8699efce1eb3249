//! Health checks, status and metrics.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::{Caller, KeyScope};
use crate::models::{List, RuleErrorModel, StatusModel, TotalsModel};
use crate::problem::Problem;
use crate::state::AppState;

/// Result of a successful health check.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Health)]
pub(crate) struct HealthModel {
    /// Always `ok`.
    status: &'static str,
}

const HEALTHY: Json<HealthModel> = Json(HealthModel { status: "ok" });

/// Check liveness.
///
/// Succeeds while the process is running. It does not access the database. No API key required.
#[utoipa::path(
    get, path = "/healthz", tag = "service", operation_id = "check_liveness", security(()),
    responses((status = 200, description = "The process is running", body = HealthModel)),
)]
pub(crate) async fn check_liveness() -> Json<HealthModel> {
    // A database that is down is no reason to restart the process, so it is not asked.
    HEALTHY
}

/// Check readiness.
///
/// Reads the database. Returns 503 if that fails or the service is shutting down. No API key
/// required.
#[utoipa::path(
    get, path = "/readyz", tag = "service", operation_id = "check_readiness", security(()),
    responses((status = 200, description = "The service accepts requests", body = HealthModel)),
)]
pub(crate) async fn check_readiness(
    State(app): State<AppState>,
) -> Result<Json<HealthModel>, Problem> {
    // Load balancers stop sending requests before connections are closed.
    if *app.shutdown_signal().borrow() {
        return Err(Problem::service_unavailable(
            "stopping",
            "the service is shutting down",
        ));
    }
    // One cheap read proves that the database answers.
    match app.engine.feed().last_number().await {
        Ok(_) => Ok(HEALTHY),
        Err(error) => {
            tracing::error!(%error, "readiness check failed");
            Err(Problem::service_unavailable(
                "database",
                "cannot read the database; see the server log",
            ))
        }
    }
}

/// Get the metrics.
///
/// Returns Prometheus metrics in the OpenMetrics text format. Scope: `read`.
#[utoipa::path(
    get, path = "/metrics", tag = "service", operation_id = "get_metrics",
    responses((
        status = 200, description = "All metrics",
        body = String, content_type = "application/openmetrics-text",
    )),
)]
pub(crate) async fn get_metrics(
    State(app): State<AppState>,
    caller: Caller,
) -> Result<Response, Problem> {
    caller.require_scope(KeyScope::Read)?;
    let text = app
        .metrics
        .render_openmetrics()
        .map_err(|error| Problem::internal_error(&error))?;
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}

/// Get the status of the service.
///
/// Counts all records, which can take a while in a large database. Scope: `admin`.
#[utoipa::path(
    get, path = "/v1/status", tag = "service", operation_id = "get_status",
    responses((status = 200, description = "The status", body = StatusModel)),
)]
pub(crate) async fn get_status(
    State(app): State<AppState>,
    caller: Caller,
) -> Result<Json<StatusModel>, Problem> {
    caller.require_scope(KeyScope::Admin)?;
    let backfill = app.engine.catalog().backfill_progress().await?;
    Ok(Json(StatusModel {
        database: app.engine.database_url().to_owned(),
        catalog_version: app.engine.catalog().version(),
        backfill: backfill.is_some(),
        totals: TotalsModel::from(app.engine.maintenance().count_rows().await?),
        rule_errors: List::<RuleErrorModel>::single_page(
            app.engine.catalog().list_rule_errors().await?,
        )
        .items,
    }))
}
