//! Ledger page of a player.

use accolade::{LedgerCursor, LedgerEntry};
use axum::extract::{Path, Query};
use serde::Serialize;

use super::ITEMS;
use crate::admin::forms::Posted;
use crate::admin::page::{Answer, Page, Visit};
use crate::api::cursor;

/// Part of a ledger, newest first.
#[derive(Default, Serialize)]
pub(in crate::admin) struct LedgerPage {
    pub(in crate::admin) player: String,
    pub(in crate::admin) entries: Vec<LedgerEntry>,
    /// Cursor of the next page.
    pub(in crate::admin) next: Option<String>,
}

impl Page for LedgerPage {
    const TEMPLATE: &'static str = "admin/ledger.html";
    const SECTION: &'static str = "players";
}

/// `GET /admin/players/{player}/ledger`
pub(in crate::admin) async fn get(
    visit: Visit,
    Path(player): Path<String>,
    query: Query<Vec<(String, String)>>,
) -> Answer {
    let before = cursor::decode_or_start::<LedgerCursor>(Posted::of_query(query).get("before"));
    let page = visit.app().engine.ledger(&player, before, ITEMS).await?;
    let entries = page.items.into_iter().map(LedgerEntry::from).collect();
    visit.show(&LedgerPage {
        player,
        entries,
        next: page.next.as_ref().map(cursor::encode_cursor),
    })
}
