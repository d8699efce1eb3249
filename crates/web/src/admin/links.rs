//! Paths of administration pages.

use crate::filters::encode_segment;

/// Returns the path of a player's page.
pub(super) fn player_path(player: &str) -> String {
    format!("/admin/players/{}", encode_segment(player))
}

/// Returns the path of a job's page.
pub(super) fn job_path(id: &str) -> String {
    format!("/admin/jobs/{}", encode_segment(id))
}
