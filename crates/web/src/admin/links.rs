//! Paths of administration pages, and names of actors.

use crate::filters::encode_segment;

/// Returns the path of a player's page.
pub(super) fn player_path(player: &str) -> String {
    format!("/admin/players/{}", encode_segment(player))
}

/// Returns the path of a job's page.
pub(super) fn job_path(id: &str) -> String {
    format!("/admin/jobs/{}", encode_segment(id))
}

/// Returns the name of an actor as people read it: `grace`, or `API key shop`.
pub(super) fn actor_label(actor: &str) -> String {
    match actor.split_once(':') {
        Some(("admin", name)) => name.to_owned(),
        Some(("key", name)) => format!("API key {name}"),
        _ => actor.to_owned(),
    }
}
