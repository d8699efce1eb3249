//! Page that explains a player's badge, balance, unlockable or ledger entry.

use axum::extract::{Path, Query};
use serde::Serialize;

use crate::admin::forms::FormData;
use crate::admin::page::{AdminPage, AdminRequest, PageResult};
use crate::models::PlayerExplanationModel;
use crate::problem::Problem;

/// Explanation page.
#[derive(Serialize)]
pub(in crate::admin) struct WhyPage {
    pub(in crate::admin) player: String,
    /// Subject, such as `nice-answer:gold@7`, `currency:xp`, `unlockable:edit` or `entry:12`.
    pub(in crate::admin) about: String,
    pub(in crate::admin) why: Option<PlayerExplanationModel>,
    /// Error message if the subject cannot be explained; empty otherwise.
    pub(in crate::admin) error: String,
}

impl AdminPage for WhyPage {
    const TEMPLATE: &'static str = "admin/why.html";
    const SECTION: &'static str = "players";
}

/// `GET /admin/players/{player}/why`
pub(in crate::admin) async fn show_why_page(
    visit: AdminRequest,
    Path(player): Path<String>,
    query: Query<Vec<(String, String)>>,
) -> PageResult {
    let about = FormData::from_query(query).get_trimmed("about").to_owned();
    if about.is_empty() {
        return visit
            .render_page(&WhyPage {
                player,
                about,
                why: None,
                error: String::new(),
            })
            .await;
    }
    match visit.app().engine.players().why(&player, &about).await {
        Ok(Some(why)) => {
            visit
                .render_page(&WhyPage {
                    player,
                    about,
                    why: Some(why.into()),
                    error: String::new(),
                })
                .await
        }
        Ok(None) => Err(Problem::player_not_found(&player).into()),
        Err(error) => {
            let problem = Problem::from(error);
            let page = WhyPage {
                player,
                about,
                why: None,
                error: problem.detail().to_owned(),
            };
            visit
                .render_page_with_status(problem.status_code(), &page)
                .await
        }
    }
}
