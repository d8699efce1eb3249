//! Publication of a previewed catalog.

use accolade::{PlanToken, PublishOptions};

use super::draft::Draft;
use super::editor;
use super::findings::findings;
use crate::admin::forms::Posted;
use crate::admin::links;
use crate::admin::notice::Notice;
use crate::admin::page::{Answer, Visit};
use crate::jobs::{JobPhase, work};
use crate::problem::Problem;

/// `POST /admin/catalog/publish`
pub(in crate::admin) async fn post(visit: Visit, posted: Posted) -> Answer {
    let draft = Draft::posted(&posted);
    let catalog = match draft.read(visit.app()).await? {
        Ok(catalog) => catalog,
        Err(found) => return editor::wrong(&visit, draft, findings(&found)),
    };
    let token: PlanToken = match posted.get("plan").parse() {
        Ok(token) => token,
        Err(_) => {
            let problem = Problem::unprocessable_content(
                "the catalog was not previewed; preview the changes first",
            );
            return editor::refused(&visit, draft, &problem);
        }
    };
    let how = PublishOptions::default().plan(token);
    let how = if draft.revoke { how.revoke() } else { how };
    let begun =
        work::start_publication(visit.app(), &visit.administrator.actor_name(), catalog, how);
    let job = match begun {
        Ok(job) => job,
        Err(problem) => return editor::refused(&visit, draft, &problem),
    };
    // Most publications finish within this time. Then the result is shown without the job page.
    let state = job.wait_until_finished(work::PUBLISH_WAIT).await;
    match (state.phase, state.problem, state.result) {
        (JobPhase::Failed, Some(problem), _) => editor::refused(&visit, draft, &problem),
        (JobPhase::Done, _, Some(published)) => {
            let is_new = published["new"].as_bool().unwrap_or(true);
            visit.done(
                "/admin/catalog/history",
                if is_new {
                    Notice::Published
                } else {
                    Notice::NothingNew
                },
            )
        }
        _ => visit.go(&links::job(&job.id)),
    }
}
