//! Page that awards a badge to several players.

use accolade::{Action, Engine, Receipt, ReceiptStatus, Rejection};
use axum::extract::Path;
use axum::http::StatusCode;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::admin::forms::{FieldChoice, FormData, generate_form_id};
use crate::admin::links;
use crate::admin::page::{AdminPage, AdminRequest, PageResult};
use crate::admin::players::action::split_tier;
use crate::admin::players::action_form::badge_choices;
use crate::jobs::{JobHandle, tasks};
use crate::problem::Problem;

/// Limit of players in a list.
const PLAYER_LIMIT: usize = 10_000;
/// Actions per batch. Progress and cancellation are handled between batches.
const BATCH_SIZE: usize = 100;

/// Award form.
#[derive(Default, Serialize)]
pub(in crate::admin) struct AwardPage {
    pub(in crate::admin) badge: String,
    /// Tiers of the badge, as `badge:tier`.
    pub(in crate::admin) choices: Vec<FieldChoice>,
    /// Chosen tier.
    pub(in crate::admin) award: String,
    pub(in crate::admin) key: String,
    pub(in crate::admin) players: String,
    pub(in crate::admin) reason: String,
    pub(in crate::admin) form: String,
    pub(in crate::admin) error: String,
}

impl AdminPage for AwardPage {
    const TEMPLATE: &'static str = "admin/award.html";
    const SECTION: &'static str = "badges";
}

/// Result for one player.
#[derive(Serialize)]
struct AwardResult {
    player: String,
    /// `done`, `before` or `refused`.
    outcome: &'static str,
    /// Reason why the award was refused; empty otherwise.
    message: String,
}

/// `GET /admin/badges/{badge}/award`
pub(in crate::admin) async fn show_award_page(
    visit: AdminRequest,
    Path(badge): Path<String>,
) -> PageResult {
    visit.render_page(&build_award_page(
        &visit,
        badge,
        &FormData::default(),
        generate_form_id(),
    ))
}

/// `POST /admin/badges/{badge}/award`
pub(in crate::admin) async fn submit_award_form(
    visit: AdminRequest,
    Path(badge): Path<String>,
    posted: FormData,
) -> PageResult {
    let form = posted.form_id()?;
    match check_award_form(&badge, &posted) {
        Ok(players) => {
            let by = visit.administrator.actor_name();
            let award = BulkAward {
                award: posted.get("award").to_owned(),
                key: posted.get_trimmed("key").to_owned(),
                reason: posted.get_trimmed("reason").to_owned(),
                by: by.clone(),
                form,
            };
            // The job runs without the request, but must act under the administrator's name.
            let engine = visit.engine();
            let begun = visit.app().jobs.start_job("award", &by, move |handle| {
                award_players(engine, award, players, handle)
            });
            visit.redirect_to(&links::job_path(&begun?.id))
        }
        Err(error) => {
            let page = AwardPage {
                error,
                ..build_award_page(&visit, badge, &posted, form)
            };
            visit.render_page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

fn build_award_page(
    visit: &AdminRequest,
    badge: String,
    posted: &FormData,
    form: String,
) -> AwardPage {
    let own = |choice: &FieldChoice| split_tier(&choice.value).0 == badge;
    AwardPage {
        choices: badge_choices(&visit.app().engine)
            .into_iter()
            .filter(own)
            .collect(),
        award: posted.get("award").to_owned(),
        key: posted.get("key").to_owned(),
        players: posted.get_lines("players"),
        reason: posted.get("reason").to_owned(),
        form,
        badge,
        error: String::new(),
    }
}

/// Validates the form. Returns the distinct players of the list.
fn check_award_form(badge: &str, posted: &FormData) -> Result<Vec<String>, String> {
    // A modified form must not award other badges than the page shows.
    if split_tier(posted.get("award")).0 != badge {
        return Err("choose a badge".to_owned());
    }
    if posted.get_trimmed("reason").is_empty() {
        return Err("enter a reason".to_owned());
    }
    // A repeated id would be reported as already awarded, so duplicates are dropped first.
    let mut seen = std::collections::HashSet::new();
    let lines = posted.get_lines("players");
    let players = lines
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && seen.insert(*line));
    let players: Vec<String> = players.map(str::to_owned).collect();
    match players.len() {
        0 => Err("enter at least one player id, one per line".to_owned()),
        PLAYER_LIMIT.. => Err(format!(
            "the list is too long; split it into lists of fewer than {PLAYER_LIMIT} players"
        )),
        _ => Ok(players),
    }
}

/// Parameters of all awards of a list.
struct BulkAward {
    award: String,
    key: String,
    reason: String,
    by: String,
    form: String,
}

impl BulkAward {
    fn build_action(&self, player: &str) -> Action {
        let (badge, tier) = split_tier(&self.award);
        let act = Action::award(player, badge)
            .id(self.action_id(player))
            .by(&self.by)
            .reason(&self.reason);
        let act = if tier.is_empty() { act } else { act.tier(tier) };
        if self.key.is_empty() {
            act
        } else {
            act.key(&self.key)
        }
    }

    /// Derives the id of a player's award from the form id and the player.
    ///
    /// It does not depend on the rest of the list, so a corrected list can be submitted again
    /// without awarding twice.
    fn action_id(&self, player: &str) -> String {
        // Player ids can be too long for an event id. 96 bits of their hash make collisions
        // negligible.
        let hash = Sha256::digest(player.as_bytes());
        let hash: String = hash[..12]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        format!("{}-{hash}", self.form)
    }
}

async fn award_players(
    engine: Engine,
    award: BulkAward,
    players: Vec<String>,
    handle: JobHandle,
) -> Result<serde_json::Value, Problem> {
    let total = players.len() as u64;
    let mut given = Vec::new();
    for some in players.chunks(BATCH_SIZE) {
        handle.report_progress(given.len() as u64, total);
        if handle.cancellation_token().is_cancelled() {
            // Not an error: the result lists the players that were reached.
            break;
        }
        let answers = engine
            .submit_actions(
                some.iter()
                    .map(|player| award.build_action(player))
                    .collect(),
            )
            .await?;
        given.extend(
            some.iter()
                .zip(answers)
                .map(|(player, answer)| build_award_result(player, answer)),
        );
    }
    handle.report_progress(given.len() as u64, total);
    let skipped = players.len() - given.len();
    tasks::serialize_result(
        &serde_json::json!({ "award": award.award, "players": tasks::serialize_result(&given)?, "not_reached": skipped }),
    )
}

fn build_award_result(player: &str, answer: Result<Receipt, Rejection>) -> AwardResult {
    let (outcome, message) = match answer {
        Ok(receipt) if receipt.status == ReceiptStatus::Duplicate => ("before", String::new()),
        Ok(_) => ("done", String::new()),
        Err(rejection) => ("refused", rejection.to_string()),
    };
    AwardResult {
        player: player.to_owned(),
        outcome,
        message,
    }
}
