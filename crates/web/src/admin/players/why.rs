//! Page that explains a player's badge, balance, unlockable or ledger entry.

use accolade::PlayerExplanation;
use accolade::explanation::{Explanation, NearMiss, NearMissGroup, group_near_misses};
use axum::extract::{Path, Query};
use serde::Serialize;

use super::why_subjects::{NamedSubject, SubjectGroup, SubjectLookup, find_subject, list_subjects};
use crate::admin::forms::FormData;
use crate::admin::page::{AdminPage, AdminRequest, PageResult};
use crate::models::PlayerExplanationModel;
use crate::problem::Problem;

/// Explanation page.
#[derive(Serialize)]
pub(in crate::admin) struct WhyPage {
    pub(in crate::admin) player: String,
    /// Display name; the id if there is none.
    pub(in crate::admin) name: String,
    /// Subject or name as it was typed.
    pub(in crate::admin) about: String,
    /// Everything that can be explained.
    pub(in crate::admin) groups: Vec<SubjectGroup>,
    /// Subjects that are similar to an unknown one.
    pub(in crate::admin) suggestions: Vec<NamedSubject>,
    /// The answer in one sentence; empty if there is none.
    pub(in crate::admin) sentence: String,
    /// Near misses by reason, the largest group first.
    pub(in crate::admin) near: Vec<NearGroup>,
    pub(in crate::admin) why: Option<PlayerExplanationModel>,
    /// Error message if the subject cannot be explained; empty otherwise.
    pub(in crate::admin) error: String,
}

/// Near misses that have the same reason.
#[derive(Debug, Serialize)]
pub(in crate::admin) struct NearGroup {
    /// Number and name of the events, such as `81 votes`.
    count: String,
    /// True for a single event.
    is_single: bool,
    /// Part of the criterion, if there are several.
    part: Option<String>,
    /// Reason in words.
    reason: String,
    /// Events, newest first.
    events: Vec<NearMiss>,
}

impl AdminPage for WhyPage {
    const TEMPLATE: &'static str = "admin/why.html";
    const SECTION: &'static str = "players";
}

impl WhyPage {
    pub(in crate::admin) fn new(
        player: String,
        name: String,
        about: String,
        groups: Vec<SubjectGroup>,
    ) -> Self {
        Self {
            player,
            name,
            about,
            groups,
            suggestions: Vec::new(),
            sentence: String::new(),
            near: Vec::new(),
            why: None,
            error: String::new(),
        }
    }

    /// Adds an explanation: the sentence first, then the groups.
    pub(in crate::admin) fn with_explanation(self, why: PlayerExplanation) -> Self {
        let explanation = why.explanation.as_ref();
        let sentence = explanation.map(|one| one.summary().about_player(&self.name));
        let near = match explanation {
            Some(Explanation::Badge(badge)) => Some(&badge.evidence.near_misses),
            Some(Explanation::Unlockable(one)) => Some(&one.evidence.near_misses),
            Some(Explanation::Currency(currency)) => Some(&currency.near_misses),
            _ => None,
        };
        let groups = near.map(group_near_misses).unwrap_or_default();
        Self {
            sentence: sentence.unwrap_or_default(),
            near: groups.iter().map(NearGroup::from_group).collect(),
            why: Some(why.into()),
            ..self
        }
    }
}

impl NearGroup {
    fn from_group(group: &NearMissGroup<'_>) -> Self {
        Self {
            count: group.count_in_words(),
            is_single: group.events.len() == 1,
            part: group.part.map(str::to_owned),
            reason: group.reason_in_words(),
            events: group.events.iter().copied().cloned().collect(),
        }
    }
}

/// `GET /admin/players/{player}/why`
pub(in crate::admin) async fn show_why_page(
    visit: AdminRequest,
    Path(player): Path<String>,
    query: Query<Vec<(String, String)>>,
) -> PageResult {
    let about = FormData::from_query(query).get_trimmed("about").to_owned();
    let groups = list_subjects(visit.app()).await?;
    let players = visit.app().engine.players();
    let names = players.display_names(vec![player.as_str().into()]).await?;
    let name = names.into_iter().next().flatten();
    let name = name.unwrap_or_else(|| player.clone());
    if about.is_empty() {
        return visit
            .render_page(&WhyPage::new(player, name, about, groups))
            .await;
    }
    let (subject, similar) = match find_subject(&groups, &about) {
        SubjectLookup::Found(subject) => (subject.to_owned(), Vec::new()),
        SubjectLookup::NotFound(similar) => (about.clone(), similar),
    };
    match players.why(&player, &subject).await {
        Ok(Some(why)) => {
            let page = WhyPage::new(player, name, about, groups);
            visit.render_page(&page.with_explanation(why)).await
        }
        Ok(None) => Err(Problem::player_not_found(&player).into()),
        Err(error) => {
            let problem = Problem::from(error);
            let page = WhyPage {
                suggestions: similar,
                error: problem.detail().to_owned(),
                ..WhyPage::new(player, name, about, groups)
            };
            visit
                .render_page_with_status(problem.status_code(), &page)
                .await
        }
    }
}
