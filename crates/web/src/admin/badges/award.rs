//! Page that awards a badge to several players.

use accolade::{Act, Engine, Receipt, Rejection, Status};
use axum::extract::Path;
use axum::http::StatusCode;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::admin::forms::{Choice, Posted, draw_form_id};
use crate::admin::links;
use crate::admin::page::{Answer, Page, Visit};
use crate::admin::players::act::split;
use crate::admin::players::act_form::badges;
use crate::jobs::{JobHandle, work};
use crate::problem::Problem;

/// Limit of players in a list.
const PLAYERS: usize = 10_000;
/// Actions per batch. Progress and cancellation are handled between batches.
const AT_ONCE: usize = 100;

/// Award form.
#[derive(Default, Serialize)]
pub(in crate::admin) struct AwardPage {
    pub(in crate::admin) badge: String,
    /// Tiers of the badge, as `badge:tier`.
    pub(in crate::admin) choices: Vec<Choice>,
    /// Chosen tier.
    pub(in crate::admin) award: String,
    pub(in crate::admin) key: String,
    pub(in crate::admin) players: String,
    pub(in crate::admin) reason: String,
    pub(in crate::admin) form: String,
    pub(in crate::admin) error: String,
}

impl Page for AwardPage {
    const TEMPLATE: &'static str = "admin/award.html";
    const SECTION: &'static str = "badges";
}

/// Result for one player.
#[derive(Serialize)]
struct Given {
    player: String,
    /// `done`, `before` or `refused`.
    outcome: &'static str,
    /// Reason why the award was refused; empty otherwise.
    message: String,
}

/// `GET /admin/badges/{badge}/award`
pub(in crate::admin) async fn get(visit: Visit, Path(badge): Path<String>) -> Answer {
    visit.show(&page(&visit, badge, &Posted::default(), draw_form_id()))
}

/// `POST /admin/badges/{badge}/award`
pub(in crate::admin) async fn post(
    visit: Visit,
    Path(badge): Path<String>,
    posted: Posted,
) -> Answer {
    let form = posted.form_id()?;
    match check(&badge, &posted) {
        Ok(players) => {
            let by = visit.administrator.actor_name();
            let award = Award {
                award: posted.get("award").to_owned(),
                key: posted.trimmed("key").to_owned(),
                reason: posted.trimmed("reason").to_owned(),
                by: by.clone(),
                form,
            };
            // The job runs without the request, but must act under the administrator's name.
            let engine = visit.engine();
            let begun = visit.app().jobs.start_job("award", &by, move |handle| {
                give(engine, award, players, handle)
            });
            visit.go(&links::job(&begun?.id))
        }
        Err(error) => {
            let page = AwardPage {
                error,
                ..page(&visit, badge, &posted, form)
            };
            visit.show_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

fn page(visit: &Visit, badge: String, posted: &Posted, form: String) -> AwardPage {
    let own = |choice: &Choice| split(&choice.value).0 == badge;
    AwardPage {
        choices: badges(&visit.app().engine)
            .into_iter()
            .filter(own)
            .collect(),
        award: posted.get("award").to_owned(),
        key: posted.get("key").to_owned(),
        players: posted.lines("players"),
        reason: posted.get("reason").to_owned(),
        form,
        badge,
        error: String::new(),
    }
}

/// Validates the form. Returns the distinct players of the list.
fn check(badge: &str, posted: &Posted) -> Result<Vec<String>, String> {
    // A modified form must not award other badges than the page shows.
    if split(posted.get("award")).0 != badge {
        return Err("choose a badge".to_owned());
    }
    if posted.trimmed("reason").is_empty() {
        return Err("enter a reason".to_owned());
    }
    // A repeated id would be reported as already awarded, so duplicates are dropped first.
    let mut seen = std::collections::HashSet::new();
    let lines = posted.lines("players");
    let players = lines
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && seen.insert(*line));
    let players: Vec<String> = players.map(str::to_owned).collect();
    match players.len() {
        0 => Err("enter at least one player id, one per line".to_owned()),
        PLAYERS.. => Err(format!(
            "the list is too long; split it into lists of fewer than {PLAYERS} players"
        )),
        _ => Ok(players),
    }
}

/// Parameters of all awards of a list.
struct Award {
    award: String,
    key: String,
    reason: String,
    by: String,
    form: String,
}

impl Award {
    fn act(&self, player: &str) -> Act {
        let (badge, tier) = split(&self.award);
        let act = Act::award(player, badge)
            .id(self.id(player))
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
    fn id(&self, player: &str) -> String {
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

async fn give(
    engine: Engine,
    award: Award,
    players: Vec<String>,
    handle: JobHandle,
) -> Result<serde_json::Value, Problem> {
    let total = players.len() as u64;
    let mut given = Vec::new();
    for some in players.chunks(AT_ONCE) {
        handle.report_progress(given.len() as u64, total);
        if handle.cancellation_token().is_cancelled() {
            break;
        }
        let answers = engine
            .act_many(some.iter().map(|player| award.act(player)).collect())
            .await?;
        given.extend(
            some.iter()
                .zip(answers)
                .map(|(player, answer)| outcome(player, answer)),
        );
    }
    handle.report_progress(given.len() as u64, total);
    let skipped = players.len() - given.len();
    work::serialize_result(
        &serde_json::json!({ "award": award.award, "players": work::serialize_result(&given)?, "not_reached": skipped }),
    )
}

fn outcome(player: &str, answer: Result<Receipt, Rejection>) -> Given {
    let (outcome, message) = match answer {
        Ok(receipt) if receipt.status == Status::Duplicate => ("before", String::new()),
        Ok(_) => ("done", String::new()),
        Err(rejection) => ("refused", rejection.to_string()),
    };
    Given {
        player: player.to_owned(),
        outcome,
        message,
    }
}
