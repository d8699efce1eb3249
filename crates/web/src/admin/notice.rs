//! Notices about the result of the previous request.
//!
//! The URL names one of a fixed list, so that no link can inject text into a page.

use axum::http::Uri;

macro_rules! notices {
    ($($name:ident $word:literal $text:literal;)*) => {
        /// Result of the previous request.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Notice {
            $(#[doc = $text] $name,)*
        }

        impl Notice {
            const ALL: &[Self] = &[$(Self::$name),*];

            /// Returns the value used in URLs.
            pub(super) fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word),* }
            }

            /// Returns the text of the notice.
            pub(super) fn text(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }
        }
    };
}

notices! {
    UndoneBefore "undone-before" "This was already undone. Nothing changed.";
    Deleted "deleted" "Empty player deleted. The id can be used again.";
    DoneBefore "done-before" "This action was already applied to this player. Nothing changed.";
    Erased "erased" "Player erased.";
    SignedOut "signed-out" "You are signed out.";
    SignedOutEverywhere "signed-out-everywhere" "You are signed out everywhere.";
    Published "published" "Catalog published.";
    NothingNew "nothing-new" "Nothing published: the catalog is identical to the published one.";
    Cancelling "cancelling" "Cancelling. The job stops shortly.";
    KeyRevoked "key-revoked" "API key revoked. It stops working within seconds.";
    AdministratorRemoved "administrator-removed" "Administrator removed and signed out. Their invitations have ended; their API keys still work.";
    PasswordChanged "password-changed" "Password changed. Your other sessions are signed out, and your invitations have ended.";
    Welcome "welcome" "Welcome. You are signed in as an administrator.";
}

impl Notice {
    /// Finds the notice that a URL names.
    pub(super) fn find_in_uri(uri: &Uri) -> Option<Self> {
        // Valid values contain no characters that need decoding.
        let word = uri
            .query()?
            .split('&')
            .find_map(|pair| pair.strip_prefix("notice="))?;
        Self::ALL
            .iter()
            .copied()
            .find(|notice| notice.as_str() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_listed_notices_are_shown() {
        for (address, expected) in [
            ("/admin?notice=deleted", Some(Notice::Deleted)),
            ("/admin?a=b&notice=erased", Some(Notice::Erased)),
            ("/admin?notice=%3Cb%3E", None),
            ("/admin?notice=", None),
            ("/admin", None),
        ] {
            assert_eq!(
                Notice::find_in_uri(&address.parse().unwrap()),
                expected,
                "{address}"
            );
        }
    }

    #[test]
    fn every_value_names_one_notice() {
        for notice in Notice::ALL {
            assert_eq!(
                Notice::find_in_uri(&format!("/?notice={}", notice.as_str()).parse().unwrap()),
                Some(*notice)
            );
        }
    }
}
