//! Background job that undoes all awards of a list.

use accolade::{Action, Engine};
use axum::extract::Path;

use super::award_job::{BATCH_SIZE, BulkAwardResult, build_award_result};
use crate::admin::jobs::find_job;
use crate::admin::links;
use crate::admin::page::{AdminRequest, PageResult};
use crate::jobs::{JobHandle, JobKind, tasks};
use crate::problem::Problem;

/// `POST /admin/jobs/{job}/undo`: retracts all awards that a job made.
pub(in crate::admin) async fn start_undo(
    visit: AdminRequest,
    Path(id): Path<String>,
) -> PageResult {
    let job = find_job(&visit, &id)?;
    let result = job.current_state().result;
    let award = result
        .filter(|_| job.kind == JobKind::Award)
        .and_then(|result| serde_json::from_value::<BulkAwardResult>((*result).clone()).ok());
    let Some(award) = award else {
        let detail = format!("job `{id}` has made no awards that can be undone");
        return Err(Problem::conflict(detail).into());
    };
    let by = visit.administrator.actor_name();
    let (engine, author) = (visit.engine(), by.clone());
    let begun =
        visit
            .app()
            .jobs
            .start_job_about(JobKind::UndoAward, &job.subject, &by, move |handle| {
                undo_awards(engine, award, author, handle)
            });
    visit.redirect_to(&links::job_path(&begun?.id))
}

async fn undo_awards(
    engine: Engine,
    mut award: BulkAwardResult,
    by: String,
    handle: JobHandle,
) -> Result<serde_json::Value, Problem> {
    award.players.retain(|one| one.outcome != "refused");
    let total = award.players.len();
    let mut undone = Vec::with_capacity(total);
    for some in award.players.chunks(BATCH_SIZE) {
        handle.report_progress(undone.len() as u64, total as u64);
        if handle.cancellation_token().is_cancelled() {
            break;
        }
        // The ids are derived, so that a second click undoes nothing twice.
        let undo = |action: &str| format!("{action}-undo");
        let acts = some.iter().map(|one| {
            Action::retract(&*one.player, &*one.action)
                .id(undo(&one.action))
                .by(&by)
                .reason("undo of an award to several players")
        });
        let answers = engine.submit_actions(acts.collect()).await?;
        undone.extend(some.iter().zip(answers).map(|(one, answer)| {
            build_award_result(&one.player, one.name.clone(), undo(&one.action), answer)
        }));
    }
    handle.report_progress(undone.len() as u64, total as u64);
    tasks::serialize_result(&BulkAwardResult {
        not_reached: total - undone.len(),
        players: undone,
        ..award
    })
}
