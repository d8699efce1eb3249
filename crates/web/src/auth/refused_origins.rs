//! Origins whose requests were refused, to log each once.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// Maximum number of origins to remember. Further ones are not logged.
const MAX_ORIGINS: usize = 20;

/// Origins that are not in `players.origins` and sent a request.
#[derive(Default)]
pub(crate) struct RefusedOrigins {
    origins: Mutex<BTreeSet<String>>,
}

impl RefusedOrigins {
    /// Returns true if the origin of a request is that of another site, and was not seen before.
    ///
    /// `own` are the hosts of this site.
    pub(crate) fn is_news(&self, origin: &str, own: [&str; 2]) -> bool {
        let host = origin.split_once("://").map_or(origin, |(_, host)| host);
        // Scripts of the own pages send their origin, too.
        if own.contains(&host) {
            return false;
        }
        let mut origins = self.origins.lock().unwrap_or_else(PoisonError::into_inner);
        origins.len() < MAX_ORIGINS && origins.insert(origin.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_foreign_origin_is_news_once() {
        let refused = RefusedOrigins::default();
        let own = ["127.0.0.1:8000", "play.example"];
        for (origin, expected) in [
            ("https://shop.example", true),
            ("https://shop.example", false),
            ("http://shop.example", true),
            ("https://play.example", false),
            ("http://127.0.0.1:8000", false),
            ("http://127.0.0.1:8001", true),
            ("null", true),
            ("null", false),
        ] {
            assert_eq!(refused.is_news(origin, own), expected, "{origin}");
        }
        let news = (0..100).filter(|number| refused.is_news(&format!("https://{number}"), own));
        assert_eq!(news.count(), MAX_ORIGINS - 4);
    }
}
