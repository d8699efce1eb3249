//! URLs of generated pictures.

use super::Metal;
use crate::filters::encode_segment;

/// Returns the URL of a player's generated picture.
pub(crate) fn avatar_url(base: &str, player: &str) -> String {
    format!("{base}/avatar/{}.svg", encode_segment(player))
}

/// Returns the URL of a badge's generated picture. A badge without an id is secret.
pub(crate) fn art_url(base: &str, badge: Option<&str>, metal: Metal, locked: bool) -> String {
    let Some(badge) = badge else {
        return format!("{base}/secret.svg");
    };
    // Locked badges look the same in all metals, so they share one URL and one cache entry.
    let asked = match (metal, locked) {
        (_, true) => "?locked=1".to_owned(),
        (Metal::Plain, false) => String::new(),
        (metal, false) => format!("?tier={}", metal.as_str()),
    };
    format!("{base}/art/{}.svg{asked}", encode_segment(badge))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_pictures_have_one_url() {
        let art = |badge, metal, locked| art_url("/game", badge, metal, locked);
        assert_eq!(art(Some("a b"), Metal::Plain, false), "/game/art/a%20b.svg");
        assert_eq!(
            art(Some("a"), Metal::Gold, false),
            "/game/art/a.svg?tier=gold"
        );
        assert_eq!(
            art(Some("a"), Metal::Gold, true),
            "/game/art/a.svg?locked=1"
        );
        assert_eq!(art(None, Metal::Gold, false), "/game/secret.svg");
    }
}
