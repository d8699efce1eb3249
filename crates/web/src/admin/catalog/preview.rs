//! Preview of the changes that publishing a catalog would make.

use std::collections::BTreeSet;
use std::sync::Arc;

use accolade::{Advice, AdviceRemedy, Plan, PlayerChange, Timestamp};
use axum::extract::Path;
use serde::Serialize;
use serde_json::Value;

use super::draft::CatalogDraft;
use super::editor;
use super::since::{NewRule, insert_since, list_new_rules};
use super::summary::RuleNames;
use crate::admin::forms::FormData;
use crate::admin::jobs::{self, JobLine};
use crate::admin::page::{AdminPage, AdminRequest, PageResult};
use crate::jobs::tasks;
use crate::problem::Problem;

/// Maximum number of player changes that a preview lists.
const MAX_CHANGES: usize = 1_000;

/// Preview page.
#[derive(Serialize)]
pub(in crate::admin) struct PreviewPage {
    pub(in crate::admin) job: JobLine,
    pub(in crate::admin) draft: CatalogDraft,
    /// The plan with its first changes, once the job is done.
    pub(in crate::admin) plan: Option<Arc<Value>>,
    /// Error message of a failed preview; empty otherwise.
    pub(in crate::admin) error: String,
}

impl AdminPage for PreviewPage {
    const TEMPLATE: &'static str = "admin/preview.html";
    const SECTION: &'static str = "catalog";

    fn list_players(&self) -> BTreeSet<String> {
        let plan = self.plan.as_deref();
        let players = plan.and_then(|plan| plan["by_player"].as_array());
        let ids = players
            .into_iter()
            .flatten()
            .filter_map(|one| one["player"].as_str());
        ids.map(str::to_owned).collect()
    }
}

/// `POST /admin/catalog/preview`: starts a preview of the submitted text or of an earlier version.
pub(in crate::admin) async fn start_preview(visit: AdminRequest, posted: FormData) -> PageResult {
    let engine = &visit.app().engine;
    let draft = match posted.get("version").parse() {
        Ok(version) => CatalogDraft {
            revoke: posted.get("awards") == "revoke",
            ..CatalogDraft::from_catalog(&engine.catalog().load_version(version).await?)
        },
        Err(_) => CatalogDraft::from_form(&posted),
    };
    let draft = limit_new_rules(draft, &posted, engine.now().round_up_to_second());
    let catalog = match draft.parse_catalog(&visit.app().engine).await? {
        Ok(catalog) => catalog,
        Err(found) => return editor::show_findings(&visit, draft, &found).await,
    };
    let published = engine.catalog().published();
    let names = RuleNames::new(&catalog, &published);
    let new_rules = match draft.format {
        "toml" => list_new_rules(&draft.text, &catalog, &published),
        _ => Vec::new(),
    };
    let begun = tasks::start_plan(
        visit.app(),
        &visit.administrator.actor_name(),
        catalog,
        draft.revoke,
        move |plan| build_page_plan(plan, &names, new_rules),
    );
    match begun {
        Ok(job) => {
            visit.app().admin.drafts.insert(&job.id, draft);
            visit.redirect_to(&JobLine::from_job(&job).path)
        }
        Err(problem) => editor::show_problem(&visit, draft, &problem).await,
    }
}

/// `GET /admin/catalog/previews/{job}`
pub(in crate::admin) async fn show_preview_page(
    visit: AdminRequest,
    Path(id): Path<String>,
) -> PageResult {
    let job = jobs::find_job(&visit, &id)?;
    // A plan started over the API has no draft to publish or edit, so it is shown as a job.
    let Some(draft) = visit.app().admin.drafts.get(&id) else {
        return jobs::render_job_page(&visit, &job).await;
    };
    let state = job.current_state();
    let error = state
        .problem
        .map(|problem| problem.detail().to_owned())
        .unwrap_or_default();
    visit
        .render_page(&PreviewPage {
            job: JobLine::from_job(&job),
            draft: (*draft).clone(),
            plan: state.result,
            error,
        })
        .await
}

/// Limits the new rules that the form names to events from now on.
fn limit_new_rules(mut draft: CatalogDraft, posted: &FormData, now: Timestamp) -> CatalogDraft {
    for rule in posted.get_all("from_now") {
        let Some((kind, id)) = rule.split_once(':') else {
            continue;
        };
        if let Some(text) = insert_since(&draft.text, kind, id, now) {
            draft.text = text;
        }
    }
    draft
}

/// Converts a plan for its page: limits the changes and separates unchanged badges.
fn build_page_plan(
    mut plan: Plan,
    names: &RuleNames,
    mut new_rules: Vec<NewRule>,
) -> Result<Value, Problem> {
    let headlines = names.list_headlines(&plan.changes, &plan.currencies);
    // Only rules that apply to the past can be limited to the future.
    new_rules.retain(|rule| plan.advice.iter().any(|advice| rule.follows(advice)));
    let advice: Vec<AdviceNotice> = std::mem::take(&mut plan.advice)
        .iter()
        .map(|advice| AdviceNotice::new(advice, &new_rules))
        .collect();
    // The job stores its result in memory, so the list of changes must be bounded.
    let all = plan.changes.len();
    plan.changes.truncate(MAX_CHANGES);
    let left_out = all - plan.changes.len();
    let mut players = group_by_player(std::mem::take(&mut plan.changes));
    // Those with the most changes first. The sort is stable: then in order of id.
    players.sort_by_key(|player| std::cmp::Reverse(player.changes.len()));
    plan.badges.sort_by_key(|one| {
        let tier = one.tier.as_ref().map_or("", |tier| tier.as_str());
        let position = names.tier_position(one.badge.as_str(), tier);
        (one.badge.clone(), position)
    });
    let is_empty = plan.rule_changes.is_empty() && all == 0;
    let (changed, unchanged): (Vec<_>, Vec<_>) = std::mem::take(&mut plan.badges)
        .into_iter()
        .partition(|one| one.gained + one.kept + one.lost > 0);
    plan.badges = changed;
    plan.currencies
        .retain(|one| one.before != one.after || one.players > 0);
    plan.unlockables
        .retain(|one| one.opened + one.kept + one.closed > 0);
    let mut value = tasks::serialize_result(&plan)?;
    value["advice"] = tasks::serialize_result(&advice)?;
    value["headlines"] = tasks::serialize_result(&headlines)?;
    value["new_rules"] = tasks::serialize_result(&new_rules)?;
    value["names"] = tasks::serialize_result(names)?;
    value["by_player"] = tasks::serialize_result(&players)?;
    value["unchanged"] = tasks::serialize_result(&unchanged)?;
    value["left_out"] = left_out.into();
    value["is_empty"] = is_empty.into();
    Ok(value)
}

/// Advice on a rule.
#[derive(Serialize)]
struct AdviceNotice {
    text: String,
    /// Instruction; `None` if there is none, or if the button does it.
    remedy: Option<String>,
    /// Lines to add to the catalog for it.
    lines: Vec<String>,
}

impl AdviceNotice {
    fn new(advice: &Advice, new_rules: &[NewRule]) -> Self {
        let remedy = advice.remedy.as_ref();
        let remedy = remedy.filter(|_| !new_rules.iter().any(|rule| rule.follows(advice)));
        Self {
            text: advice.about(&advice.rule.name),
            remedy: remedy.map(|remedy| remedy.text.clone()),
            lines: remedy.map(AdviceRemedy::lines).unwrap_or_default(),
        }
    }
}

/// Changes of one player.
#[derive(Serialize)]
struct PlayerChanges {
    player: String,
    changes: Vec<PlayerChange>,
}

/// Groups changes by player. They must be sorted by player.
fn group_by_player(changes: Vec<PlayerChange>) -> Vec<PlayerChanges> {
    let mut players: Vec<PlayerChanges> = Vec::new();
    for change in changes {
        match players
            .last_mut()
            .filter(|last| last.player == change.player)
        {
            Some(last) => last.changes.push(change),
            None => players.push(PlayerChanges {
                player: change.player.to_string(),
                changes: vec![change],
            }),
        }
    }
    players
}
