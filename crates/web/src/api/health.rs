//! Health checks, status and metrics.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::wire::{List, RuleError, Status, Totals};
use crate::auth::{Caller, Scope};
use crate::problem::Problem;
use crate::site::App;

/// Result of a successful health check.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Health)]
pub(crate) struct Well {
    /// Always `ok`.
    status: &'static str,
}

const WELL: Json<Well> = Json(Well { status: "ok" });

/// Check liveness.
///
/// Succeeds while the process is running. It does not access the database. No API key required.
#[utoipa::path(
    get, path = "/healthz", tag = "service", operation_id = "check_liveness", security(()),
    responses((status = 200, description = "The process is running", body = Well)),
)]
pub(crate) async fn live() -> Json<Well> {
    WELL
}

/// Check readiness.
///
/// Reads the database. Returns 503 if that fails or the service is shutting down. No API key
/// required.
#[utoipa::path(
    get, path = "/readyz", tag = "service", operation_id = "check_readiness", security(()),
    responses((status = 200, description = "The service accepts requests", body = Well)),
)]
pub(crate) async fn ready(State(app): State<App>) -> Result<Json<Well>, Problem> {
    if *app.stopping().borrow() {
        return Err(Problem::unavailable(
            "stopping",
            "the service is shutting down",
        ));
    }
    match app.engine.last_outcome().await {
        Ok(_) => Ok(WELL),
        Err(error) => {
            tracing::error!(%error, "readiness check failed");
            Err(Problem::unavailable(
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
pub(crate) async fn metrics(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    caller.must(Scope::Read)?;
    let text = app
        .metrics
        .write()
        .map_err(|error| Problem::internal(&error))?;
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}

/// Get the status of the service.
///
/// Counts all records, which can take a while in a large database. Scope: `admin`.
#[utoipa::path(
    get, path = "/v1/status", tag = "service", operation_id = "get_status",
    responses((status = 200, description = "The status", body = Status)),
)]
pub(crate) async fn status(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<Status>, Problem> {
    caller.must(Scope::Admin)?;
    let sweep = app.engine.read(accolade::SweepProgress::under_way).await?;
    Ok(Json(Status {
        database: app.engine.location().to_owned(),
        catalog_version: app.engine.catalog_version(),
        backfill: sweep.is_some(),
        totals: Totals::from(app.engine.totals().await?),
        rule_errors: List::<RuleError>::whole(app.engine.rule_errors().await?).items,
    }))
}
