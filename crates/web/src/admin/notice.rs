//! What is said on the page after something was done. The address names one of a fixed list, so that no link can put
//! words into a page.

use axum::http::Uri;

macro_rules! notices {
    ($($name:ident $word:literal $text:literal;)*) => {
        /// What was just done.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Notice {
            $(#[doc = $text] $name,)*
        }

        impl Notice {
            const ALL: &[Self] = &[$(Self::$name),*];

            /// Its word in addresses.
            pub(super) fn word(self) -> &'static str {
                match self { $(Self::$name => $word),* }
            }

            /// What is said.
            pub(super) fn text(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }
        }
    };
}

notices! {
    Done "done" "Done.";
    DoneBefore "done-before" "This had been done already; nothing was done twice.";
    Erased "erased" "The player was erased.";
    SignedOut "signed-out" "You are signed out.";
    SignedOutEverywhere "signed-out-everywhere" "You are signed out everywhere.";
    Published "published" "The catalog is in force.";
    NothingNew "nothing-new" "This catalog says the same as the one in force; nothing was published.";
    Cancelling "cancelling" "It stops at the next opportunity.";
    KeyRevoked "key-revoked" "The key was revoked; it stops working within seconds.";
    AdministratorRemoved "administrator-removed" "The administrator was removed, and their sessions ended.";
    PasswordChanged "password-changed" "Your password was changed, and your other sessions ended.";
    Welcome "welcome" "Welcome. You are an administrator now, and signed in.";
}

impl Notice {
    /// The notice that an address asks for, if it is one of the list.
    pub(super) fn of(uri: &Uri) -> Option<Self> {
        let word = uri
            .query()?
            .split('&')
            .find_map(|pair| pair.strip_prefix("notice="))?;
        Self::ALL
            .iter()
            .copied()
            .find(|notice| notice.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_of_the_list_are_said() {
        for (address, expected) in [
            ("/admin?notice=done", Some(Notice::Done)),
            ("/admin?a=b&notice=erased", Some(Notice::Erased)),
            ("/admin?notice=%3Cb%3E", None),
            ("/admin?notice=", None),
            ("/admin", None),
        ] {
            assert_eq!(Notice::of(&address.parse().unwrap()), expected, "{address}");
        }
    }

    #[test]
    fn every_word_stands_for_one_notice() {
        for notice in Notice::ALL {
            assert_eq!(
                Notice::of(&format!("/?notice={}", notice.word()).parse().unwrap()),
                Some(*notice)
            );
        }
    }
}
