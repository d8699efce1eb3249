//! Addresses of pages.

use crate::filters::segment;

/// A player's page.
pub(super) fn player(player: &str) -> String {
    format!("/admin/players/{}", segment(player))
}

/// A piece of long work.
pub(super) fn job(id: &str) -> String {
    format!("/admin/jobs/{}", segment(id))
}
