//! Publication of a previewed catalog.

use accolade::{PlanToken, PublishOptions};

use super::draft::CatalogDraft;
use super::editor;
use crate::admin::forms::FormData;
use crate::admin::links;
use crate::admin::notice::Notice;
use crate::admin::page::{AdminRequest, PageResult};
use crate::jobs::{JobPhase, tasks};
use crate::problem::Problem;

/// `POST /admin/catalog/publish`
pub(in crate::admin) async fn publish_catalog(visit: AdminRequest, posted: FormData) -> PageResult {
    let draft = CatalogDraft::from_form(&posted);
    let catalog = match draft.parse_catalog(&visit.app().engine).await? {
        Ok(catalog) => catalog,
        Err(found) => return editor::show_findings(&visit, draft, &found).await,
    };
    // The token binds the publication to the changes that the administrator has seen.
    let token: PlanToken = match posted.get("plan").parse() {
        Ok(token) => token,
        Err(_) => {
            let problem = Problem::unprocessable_content(
                "the catalog was not previewed; preview the changes first",
            );
            return editor::show_problem(&visit, draft, &problem).await;
        }
    };
    let how = PublishOptions::default().plan(token);
    let how = if draft.revoke { how.revoke() } else { how };
    let how = how.note(posted.get("note"));
    let begun =
        tasks::start_publication(visit.app(), &visit.administrator.actor_name(), catalog, how);
    let job = match begun {
        Ok(job) => job,
        Err(problem) => return editor::show_problem(&visit, draft, &problem).await,
    };
    // Most publications finish within this time. Then the result is shown without the job page.
    let state = job.wait_until_finished(tasks::PUBLISH_WAIT).await;
    match (state.phase, state.problem, state.result) {
        (JobPhase::Failed, Some(problem), _) => editor::show_problem(&visit, draft, &problem).await,
        (JobPhase::Done, _, Some(published)) => {
            let is_new = published["is_new"].as_bool().unwrap_or(true);
            visit.redirect_with_notice(
                "/admin/catalog/history",
                if is_new {
                    Notice::Published
                } else {
                    Notice::NothingNew
                },
            )
        }
        _ => visit.redirect_to(&links::job_path(&job.id)),
    }
}
