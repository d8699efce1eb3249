//! Types of ids, so that one kind of id is not taken for another.
//!
//! An id is text, and each type dereferences to `str`. Creating one checks nothing: limits are
//! checked where an id enters the engine, such as by [`NewEvent::check_limits`].
//!
//! ```
//! use accolade_core::ids::{BadgeId, PlayerId};
//!
//! let ada = PlayerId::from("ada");
//! assert_eq!(ada, "ada");
//! assert_eq!(ada.to_string().len(), ada.len());
//! let badge: BadgeId = "nice-answer".into();
//! // `ada == badge` does not compile.
//! # let _ = badge;
//! ```
//!
//! [`NewEvent::check_limits`]: crate::event::NewEvent::check_limits

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Serialize};

macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        // Maps by id are searched by text. `Borrow` requires equal hashes, which the derived ones
        // are.
        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        /// Shows the text in quotation marks, without the name of the type.
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }

        impl From<String> for $name {
            fn from(id: String) -> Self {
                Self(id)
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self(id.to_owned())
            }
        }

        impl From<&String> for $name {
            fn from(id: &String) -> Self {
                Self(id.clone())
            }
        }

        impl From<&$name> for $name {
            fn from(id: &$name) -> Self {
                id.clone()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.0 == *other
            }
        }

        impl PartialEq<String> for $name {
            fn eq(&self, other: &String) -> bool {
                self.0 == *other
            }
        }

        impl PartialEq<$name> for String {
            fn eq(&self, other: &$name) -> bool {
                *self == other.0
            }
        }

        impl PartialEq<$name> for str {
            fn eq(&self, other: &$name) -> bool {
                self == other.0
            }
        }

        impl PartialEq<$name> for &str {
            fn eq(&self, other: &$name) -> bool {
                *self == other.0
            }
        }
    };
}

id_type! {
    /// The id of a player, or of a guest who may become one: at most 255 bytes.
    PlayerId
}
id_type! {
    /// The id of an event or manual action, unique for its player: at most 255 bytes.
    EventId
}
id_type! {
    /// The id of a badge in a catalog.
    BadgeId
}
id_type! {
    /// The id of a tier, unique within its badge. It is also the tier's name.
    TierId
}
id_type! {
    /// The id of a category of badges in a catalog.
    CategoryId
}
id_type! {
    /// The id of a currency in a catalog.
    CurrencyId
}
id_type! {
    /// The id of an unlockable in a catalog.
    UnlockableId
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn an_id_is_found_in_a_map_by_its_text() {
        let balances = BTreeMap::from([(CurrencyId::from("xp"), 5)]);
        assert_eq!(balances["xp"], 5);
        assert_eq!(balances.get("gold"), None);
    }

    #[test]
    fn an_id_is_a_text_in_json() {
        let id: EventId = serde_json::from_str("\"visit-1\"").unwrap();
        assert_eq!(id, "visit-1");
        assert_eq!(serde_json::to_string(&id).unwrap(), "\"visit-1\"");
        assert_eq!(format!("{id:?} {id:>8}"), "\"visit-1\"  visit-1");
    }
}
