//! Overview page: totals, charts and live activity.

use accolade::{Audience, BackfillProgress};
use axum::extract::Query;
use serde::Serialize;

use super::activity_charts::{ActivityCharts, ChartSpan};
use super::forms::FormData;
use super::health::{load_backfill_progress, load_rule_errors};
use super::page::{AdminPage, AdminRequest, PageResult};
use crate::models::OutcomeModel;

/// Number of outcomes shown.
const OUTCOME_COUNT: usize = 20;

/// Overview page.
#[derive(Default, Serialize)]
pub(super) struct OverviewPage {
    pub(super) totals: TotalsView,
    pub(super) spans: Vec<SpanChoice>,
    /// Charts; `None` until they have been computed for the first time.
    pub(super) activity: Option<ActivityCharts>,
    /// Number of failed rule evaluations.
    pub(super) rule_errors: u64,
    /// Progress of the running backfill, if there is one.
    pub(super) backfill: Option<BackfillProgress>,
    /// Latest outcomes, newest first.
    pub(super) outcomes: Vec<OutcomeModel>,
}

/// Totals of the database.
#[derive(Default, Serialize)]
pub(super) struct TotalsView {
    pub(super) players: u64,
    pub(super) events: u64,
    pub(super) awards: u64,
    pub(super) ledger: u64,
}

/// Link to a time range of the charts.
#[derive(Serialize)]
pub(super) struct SpanChoice {
    pub(super) value: &'static str,
    pub(super) name: &'static str,
    pub(super) chosen: bool,
}

impl AdminPage for OverviewPage {
    const TEMPLATE: &'static str = "admin/overview.html";
    const SECTION: &'static str = "overview";
}

/// `GET /admin`
pub(super) async fn show_overview_page(
    visit: AdminRequest,
    query: Query<Vec<(String, String)>>,
) -> PageResult {
    let chosen = ChartSpan::parse_or_default(FormData::from_query(query).get("span"));
    let app = visit.app();
    let totals = app.engine.maintenance().count_rows().await?;
    let pictures = app.picture_urls();
    let outcomes = app
        .engine
        .feed()
        .list_latest(Audience::Admin, None, OUTCOME_COUNT)
        .await?
        .items
        .into_iter()
        .map(|outcome| OutcomeModel::from_outcome(outcome, &pictures))
        .collect();
    let page = OverviewPage {
        totals: TotalsView {
            players: totals.players,
            events: totals.events,
            awards: totals.awards,
            ledger: totals.ledger,
        },
        spans: build_span_choices(chosen),
        activity: app.admin.charts.load_charts(&app.engine, chosen).await,
        rule_errors: load_rule_errors(&app.engine)
            .await?
            .iter()
            .map(|error| error.count)
            .sum(),
        backfill: load_backfill_progress(&app.engine).await?,
        outcomes,
    };
    visit.render_page(&page)
}

fn build_span_choices(chosen: ChartSpan) -> Vec<SpanChoice> {
    let choice = |span: ChartSpan| SpanChoice {
        value: span.as_str(),
        name: span.label(),
        chosen: span == chosen,
    };
    ChartSpan::ALL.into_iter().map(choice).collect()
}
