//! Page that erases a player.

use axum::extract::Path;
use axum::http::StatusCode;
use serde::Serialize;

use crate::admin::forms::Posted;
use crate::admin::notice::Notice;
use crate::admin::page::{Answer, Page, Visit};
use crate::problem::Problem;

/// Erasure form, which requires the player id as confirmation.
#[derive(Default, Serialize)]
pub(in crate::admin) struct ErasePage {
    pub(in crate::admin) player: String,
    /// Submitted confirmation.
    pub(in crate::admin) typed: String,
    pub(in crate::admin) error: String,
}

impl Page for ErasePage {
    const TEMPLATE: &'static str = "admin/erase.html";
    const SECTION: &'static str = "players";
}

/// `GET /admin/players/{player}/erase`
pub(in crate::admin) async fn get(visit: Visit, Path(player): Path<String>) -> Answer {
    visit.show(&ErasePage {
        player,
        ..ErasePage::default()
    })
}

/// `POST /admin/players/{player}/erase`
pub(in crate::admin) async fn post(
    visit: Visit,
    Path(player): Path<String>,
    posted: Posted,
) -> Answer {
    let typed = posted.get("confirm").to_owned();
    // Typing the id protects against erasing a player by a stray click.
    if typed != player {
        let error = format!("the id does not match; type `{player}` to erase the player");
        return visit.show_as(
            StatusCode::UNPROCESSABLE_ENTITY,
            &ErasePage {
                player,
                typed,
                error,
            },
        );
    }
    match visit.engine().erase(&player).await? {
        Some(_) => visit.done("/admin/players", Notice::Erased),
        None => Err(Problem::player_not_found(&player).into()),
    }
}
