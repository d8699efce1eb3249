//! Page that erases a player.

use std::collections::BTreeSet;

use axum::extract::Path;
use axum::http::StatusCode;
use serde::Serialize;

use crate::admin::forms::FormData;
use crate::admin::notice::Notice;
use crate::admin::page::{AdminPage, AdminRequest, PageResult};
use crate::problem::Problem;

/// Erasure form, which requires the player id as confirmation.
#[derive(Default, Serialize)]
pub(in crate::admin) struct ErasePage {
    pub(in crate::admin) player: String,
    /// Submitted confirmation.
    pub(in crate::admin) typed: String,
    pub(in crate::admin) error: String,
    /// True if the player has no event of their own, so that the id stays usable.
    pub(in crate::admin) is_empty: bool,
}

impl AdminPage for ErasePage {
    const TEMPLATE: &'static str = "admin/erase.html";
    const SECTION: &'static str = "players";

    fn list_players(&self) -> BTreeSet<String> {
        BTreeSet::from([self.player.clone()])
    }
}

/// `GET /admin/players/{player}/erase`
pub(in crate::admin) async fn show_erase_page(
    visit: AdminRequest,
    Path(player): Path<String>,
) -> PageResult {
    let is_empty = visit.app().engine.players().is_empty(&player).await?;
    visit
        .render_page(&ErasePage {
            player,
            is_empty,
            ..ErasePage::default()
        })
        .await
}

/// `POST /admin/players/{player}/erase`
pub(in crate::admin) async fn erase_player(
    visit: AdminRequest,
    Path(player): Path<String>,
    posted: FormData,
) -> PageResult {
    let typed = posted.get("confirm").to_owned();
    let is_empty = visit.app().engine.players().is_empty(&player).await?;
    // Typing the id protects against erasing a player by a stray click.
    // Of an empty player there is nothing to lose.
    if typed != player && !is_empty {
        let error = format!("the id does not match; type `{player}` to erase the player");
        return visit
            .render_page_with_status(
                StatusCode::UNPROCESSABLE_ENTITY,
                &ErasePage {
                    player,
                    typed,
                    error,
                    is_empty,
                },
            )
            .await;
    }
    match visit.engine().players().erase(&player).await? {
        Some(report) if report.blocked => {
            visit.redirect_with_notice("/admin/players", Notice::Erased)
        }
        Some(_) => visit.redirect_with_notice("/admin/players", Notice::Deleted),
        None => Err(Problem::player_not_found(&player).into()),
    }
}
