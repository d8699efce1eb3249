//! Overview page: totals, charts and live activity.

use accolade::{Audience, Outcome, SweepProgress};
use axum::extract::Query;
use serde::Serialize;

use super::figures::{Counted, Figures, Span};
use super::forms::Posted;
use super::health::{errors, sweep};
use super::page::{Answer, Page, Visit};

/// Number of outcomes shown.
const OUTCOMES: usize = 20;

/// Overview page.
#[derive(Default, Serialize)]
pub(super) struct OverviewPage {
    pub(super) totals: TotalsView,
    pub(super) spans: Vec<SpanChoice>,
    /// Charts; `None` until they have been computed for the first time.
    pub(super) counted: Option<Counted>,
    /// Number of failed rule evaluations.
    pub(super) rule_errors: u64,
    /// Progress of the running backfill, if there is one.
    pub(super) sweep: Option<SweepProgress>,
    /// Latest outcomes, newest first.
    pub(super) outcomes: Vec<Outcome>,
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
    pub(super) word: &'static str,
    pub(super) name: &'static str,
    pub(super) chosen: bool,
}

impl Page for OverviewPage {
    const TEMPLATE: &'static str = "admin/overview.html";
    const SECTION: &'static str = "overview";
}

/// `GET /admin`
pub(super) async fn get(visit: Visit, query: Query<Vec<(String, String)>>) -> Answer {
    let chosen = Span::of(Posted::of_query(query).get("span"));
    let app = visit.app();
    let totals = app.engine.totals().await?;
    let outcomes = app
        .engine
        .latest_outcomes(Audience::Admin, None, OUTCOMES)
        .await?
        .items;
    let page = OverviewPage {
        totals: TotalsView {
            players: totals.players,
            events: totals.events,
            awards: totals.awards,
            ledger: totals.ledger,
        },
        spans: spans(chosen),
        counted: Figures::get(app, chosen).await,
        rule_errors: errors(&app.engine)
            .await?
            .iter()
            .map(|error| error.count)
            .sum(),
        sweep: sweep(&app.engine).await?,
        outcomes,
    };
    visit.show(&page)
}

fn spans(chosen: Span) -> Vec<SpanChoice> {
    let choice = |span: Span| SpanChoice {
        word: span.word(),
        name: span.name(),
        chosen: span == chosen,
    };
    Span::ALL.into_iter().map(choice).collect()
}
