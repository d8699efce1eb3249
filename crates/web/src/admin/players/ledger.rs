//! Ledger page of a player.

use std::collections::BTreeSet;

use accolade::LedgerCursor;
use axum::extract::{Path, Query};
use serde::Serialize;

use super::PAGE_SIZE;
use crate::admin::forms::FormData;
use crate::admin::page::{AdminPage, AdminRequest, PageResult};
use crate::api::cursor;
use crate::models::LedgerEntryModel;

/// Part of a ledger, newest first.
#[derive(Default, Serialize)]
pub(in crate::admin) struct LedgerPage {
    pub(in crate::admin) player: String,
    pub(in crate::admin) entries: Vec<LedgerEntryModel>,
    /// Cursor of the next page.
    pub(in crate::admin) next: Option<String>,
}

impl AdminPage for LedgerPage {
    const TEMPLATE: &'static str = "admin/ledger.html";
    const SECTION: &'static str = "players";

    fn list_players(&self) -> BTreeSet<String> {
        BTreeSet::from([self.player.clone()])
    }
}

/// `GET /admin/players/{player}/ledger`
pub(in crate::admin) async fn show_ledger_page(
    visit: AdminRequest,
    Path(player): Path<String>,
    query: Query<Vec<(String, String)>>,
) -> PageResult {
    let before = cursor::decode_or_start::<LedgerCursor>(FormData::from_query(query).get("before"));
    let page = visit
        .app()
        .engine
        .players()
        .list_ledger(&player, before, PAGE_SIZE)
        .await?;
    let entries = page.items.into_iter().map(LedgerEntryModel::from).collect();
    visit
        .render_page(&LedgerPage {
            player,
            entries,
            next: page.next.as_ref().map(cursor::encode_cursor),
        })
        .await
}
