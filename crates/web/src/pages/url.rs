//! URLs of pages and pictures.

pub(super) use crate::artwork::{art_url, avatar_url};
use crate::filters::encode_segment;

/// Returns the URL of a player's profile.
pub(super) fn player_url(base: &str, player: &str) -> String {
    format!("{base}/players/{}", encode_segment(player))
}

/// Returns the URL of a badge's page.
pub(super) fn badge_url(base: &str, badge: &str) -> String {
    format!("{base}/badges/{}", encode_segment(badge))
}

/// Returns the URL of an award's page.
pub(super) fn award_url(base: &str, player: &str, badge: &str) -> String {
    format!(
        "{base}/players/{}/badges/{}",
        encode_segment(player),
        encode_segment(badge)
    )
}

/// Returns the URL of the page that explains a badge or an unlockable. `kind` is `badges` or
/// `unlockables`.
pub(super) fn why_url(base: &str, player: &str, kind: &str, id: &str) -> String {
    format!(
        "{base}/players/{}/why/{kind}/{}",
        encode_segment(player),
        encode_segment(id)
    )
}
