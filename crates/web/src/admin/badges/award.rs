//! Page that awards a badge to several players: a list, a check of the list, and the result.

use accolade::RepeatMode;
use axum::extract::Path;
use axum::http::StatusCode;
use serde::Serialize;

use super::award_job::{AwardedPlayer, BulkAward, award_players};
use super::award_list::{AwardRow, ListedAward, check_list, list_entries, list_ticked};
use crate::admin::forms::{FormData, generate_form_id};
use crate::admin::jobs::{JobLine, list_jobs_about};
use crate::admin::links;
use crate::admin::page::{AdminPage, AdminRequest, PageError, PageResult};
use crate::admin::players::action_form::REASON_OF_AWARD;
use crate::jobs::JobKind;
use crate::problem::Problem;

/// Limit of players in a list.
pub(super) const PLAYER_LIMIT: usize = 10_000;

/// Award form: the list of players or, with rows, its check.
#[derive(Default, Serialize)]
pub(in crate::admin) struct AwardPage {
    /// Id of the badge.
    pub(in crate::admin) badge: String,
    pub(in crate::admin) badge_name: String,
    /// Tiers that can be awarded, lowest first. Empty for a badge without tiers.
    pub(in crate::admin) tiers: Vec<String>,
    /// True if the badge is earned per key.
    pub(in crate::admin) is_keyed: bool,
    /// Chosen tier.
    pub(in crate::admin) tier: String,
    pub(in crate::admin) key: String,
    /// Submitted list.
    pub(in crate::admin) players: String,
    pub(in crate::admin) reason: String,
    pub(in crate::admin) reason_hint: &'static str,
    pub(in crate::admin) form: String,
    pub(in crate::admin) error: String,
    /// Entries of the list with the players that they stand for. Empty before the check.
    pub(in crate::admin) rows: Vec<AwardRow>,
    /// Number of players that are ticked.
    pub(in crate::admin) ticked: usize,
    /// Earlier awards of the badge to several players, and their undos.
    pub(in crate::admin) jobs: Vec<JobLine>,
}

impl AdminPage for AwardPage {
    const TEMPLATE: &'static str = "admin/award.html";
    const SECTION: &'static str = "badges";
}

impl AwardPage {
    fn listed_award(&self) -> ListedAward<'_> {
        ListedAward {
            badge: &self.badge,
            tier: &self.tier,
            key: &self.key,
            players: &self.players,
        }
    }
}

/// `GET /admin/badges/{badge}/award`
pub(in crate::admin) async fn show_award_page(
    visit: AdminRequest,
    Path(badge): Path<String>,
) -> PageResult {
    let page = build_award_page(&visit, badge, &FormData::default(), generate_form_id())?;
    visit.render_page(&page).await
}

/// `POST /admin/badges/{badge}/award`: checks the list or, in the second step, awards.
pub(in crate::admin) async fn submit_award_form(
    visit: AdminRequest,
    Path(badge): Path<String>,
    posted: FormData,
) -> PageResult {
    let form = posted.form_id()?;
    let mut page = build_award_page(&visit, badge, &posted, form)?;
    if posted.get("step") == "edit" {
        return visit.render_page(&page).await;
    }
    if let Err(error) = check_award_form(&page) {
        page.error = error;
        return visit
            .render_page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &page)
            .await;
    }
    if posted.get("step") != "award" {
        page.rows = check_list(&visit, &page.listed_award(), None).await?;
        page.ticked = count_ticked(&page.rows);
        return visit.render_page(&page).await;
    }
    let players = list_ticked(&posted);
    if players.is_empty() {
        page.error = "choose at least one player".to_owned();
        page.rows = check_list(&visit, &page.listed_award(), Some(&posted)).await?;
        return visit
            .render_page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &page)
            .await;
    }
    start_awards(&visit, page, players)
}

fn start_awards(visit: &AdminRequest, page: AwardPage, players: Vec<AwardedPlayer>) -> PageResult {
    let by = visit.administrator.actor_name();
    let award = BulkAward {
        badge: page.badge,
        badge_name: page.badge_name,
        tier: page.tier,
        key: page.key,
        reason: page.reason,
        by: by.clone(),
        form: page.form,
    };
    // The job runs without the request, but must act under the administrator's name.
    let engine = visit.engine();
    let (jobs, badge) = (&visit.app().jobs, award.badge.clone());
    let begun = jobs.start_job_about(JobKind::Award, &badge, &by, move |handle| {
        award_players(engine, award, players, handle)
    });
    visit.redirect_to(&links::job_path(&begun?.id))
}

fn build_award_page(
    visit: &AdminRequest,
    id: String,
    posted: &FormData,
    form: String,
) -> Result<AwardPage, PageError> {
    let catalog = visit.app().engine.catalog().published();
    let rules = catalog.rules();
    let badge = rules
        .badge_position(&id)
        .map(|index| &rules.badges[index])
        .filter(|badge| !badge.retired);
    let Some(badge) = badge else {
        return Err(Problem::resource_not_found(format!("badge `{id}` not found")).into());
    };
    let tiers = badge.tiers.iter().filter(|tier| !tier.retired);
    Ok(AwardPage {
        badge_name: badge.display.name.clone(),
        tiers: tiers
            .filter(|tier| !tier.id.is_empty())
            .map(|tier| tier.id.clone())
            .collect(),
        is_keyed: badge.repeat == RepeatMode::PerKey,
        tier: posted.get("tier").to_owned(),
        key: posted.get_trimmed("key").to_owned(),
        players: posted.get_lines("players"),
        reason: posted.get_trimmed("reason").to_owned(),
        reason_hint: REASON_OF_AWARD,
        jobs: list_jobs_about(visit, &id),
        form,
        badge: id,
        ..AwardPage::default()
    })
}

/// Validates the fields of the form.
fn check_award_form(page: &AwardPage) -> Result<(), String> {
    let is_valid = match page.tiers.is_empty() {
        true => page.tier.is_empty(),
        false => page.tiers.contains(&page.tier),
    };
    // A modified form must not award other tiers than the page shows.
    if !is_valid {
        return Err("choose a tier".to_owned());
    }
    if page.is_keyed == page.key.is_empty() {
        return Err("enter the key that the award is for".to_owned());
    }
    if page.reason.is_empty() {
        return Err("enter a reason".to_owned());
    }
    match list_entries(&page.players).len() {
        0 => Err("enter at least one player, one per line".to_owned()),
        PLAYER_LIMIT.. => Err(format!(
            "the list is too long; split it into lists of fewer than {PLAYER_LIMIT} players"
        )),
        _ => Ok(()),
    }
}

fn count_ticked(rows: &[AwardRow]) -> usize {
    let ticks = rows
        .iter()
        .flat_map(|row| &row.candidates)
        .filter(|one| one.ticked);
    ticks.count()
}
