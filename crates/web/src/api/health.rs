//! Whether the service is there, can work, and how it does.

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

/// That all is well.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Well {
    /// `ok`.
    status: &'static str,
}

const WELL: Json<Well> = Json(Well { status: "ok" });

/// Ask whether the process lives.
///
/// Needs no key, and touches nothing.
#[utoipa::path(
    get, path = "/healthz", tag = "running", operation_id = "is_alive", security(()),
    responses((status = 200, description = "It does", body = Well))
)]
pub(crate) async fn live() -> Json<Well> {
    WELL
}

/// Ask whether requests can be served.
///
/// Needs no key. Reads the database; answers 503 where that fails, or the service is stopping.
#[utoipa::path(
    get, path = "/readyz", tag = "running", operation_id = "is_ready", security(()),
    responses((status = 200, description = "They can", body = Well))
)]
pub(crate) async fn ready(State(app): State<App>) -> Result<Json<Well>, Problem> {
    if *app.stopping().borrow() {
        return Err(Problem::unavailable("stopping", "the service is stopping"));
    }
    match app.engine.last_outcome().await {
        Ok(_) => Ok(WELL),
        Err(error) => {
            tracing::error!(%error, "the database cannot be read");
            Err(Problem::unavailable(
                "database",
                "the database cannot be read; the log says why",
            ))
        }
    }
}

/// Read the metrics.
///
/// As Prometheus and OpenMetrics have them. Scope: `read`.
#[utoipa::path(
    get, path = "/metrics", tag = "running", operation_id = "get_metrics",
    responses((status = 200, description = "All figures", body = String, content_type = "application/openmetrics-text"))
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

/// Ask how the service is.
///
/// How much there is is counted, which takes long in a large database. Scope: `admin`.
#[utoipa::path(
    get, path = "/v1/status", tag = "running", operation_id = "get_status",
    responses((status = 200, description = "How it is", body = Status))
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
        sweeping: sweep.is_some(),
        totals: Totals::from(app.engine.totals().await?),
        rule_errors: List::<RuleError>::whole(app.engine.rule_errors().await?).items,
    }))
}
