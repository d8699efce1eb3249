//! Activity page: the latest changes in what players hold.

use std::collections::BTreeSet;

use accolade::{Audience, Error};
use serde::Serialize;

use super::page::{AdminPage, AdminRequest, PageResult};
use crate::models::OutcomeModel;

/// Number of outcomes shown.
const OUTCOME_COUNT: usize = 50;

/// Latest outcomes of all players.
///
/// A script replaces the list of a page by the one of this page whenever something happens.
#[derive(Default, Serialize)]
pub(super) struct ActivityPage {
    /// Newest first.
    pub(super) outcomes: Vec<OutcomeModel>,
}

impl AdminPage for ActivityPage {
    const TEMPLATE: &'static str = "admin/activity.html";
    const SECTION: &'static str = "activity";

    fn list_players(&self) -> BTreeSet<String> {
        list_outcome_players(&self.outcomes)
    }
}

/// `GET /admin/activity`
pub(super) async fn show_activity_page(visit: AdminRequest) -> PageResult {
    let outcomes = load_latest_outcomes(&visit, OUTCOME_COUNT).await?;
    visit.render_page(&ActivityPage { outcomes }).await
}

/// Loads the latest outcomes of all players, newest first.
pub(super) async fn load_latest_outcomes(
    visit: &AdminRequest,
    count: usize,
) -> Result<Vec<OutcomeModel>, Error> {
    let feed = visit.app().engine.feed();
    let page = feed.list_latest(Audience::Admin, None, count).await?;
    let pictures = visit.app().picture_urls();
    let outcomes = page.items.into_iter();
    Ok(outcomes
        .map(|outcome| OutcomeModel::from_outcome(outcome, &pictures))
        .collect())
}

/// Lists the players of some outcomes.
pub(super) fn list_outcome_players(outcomes: &[OutcomeModel]) -> BTreeSet<String> {
    let players = outcomes.iter().map(|outcome| outcome.player().to_owned());
    players.collect()
}
