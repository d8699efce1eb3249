//! Opaque pagination cursors.

use accolade::store::{EarnerCursor, HolderCursor};
use accolade::{EventNameCursor, LedgerCursor, PlayerId, ResultPage, TimelineCursor, Timestamp};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::models::List;
use crate::problem::Problem;

/// Position in a list, encoded as an opaque cursor.
pub(crate) trait PageCursor: Sized {
    /// Serialized form of the position.
    type Encoded: Serialize + DeserializeOwned;

    fn to_encoded(&self) -> Self::Encoded;

    fn from_encoded(written: Self::Encoded) -> Option<Self>;
}

/// Converts a page of the engine to a response.
pub(super) fn page_response<T, S, C>(page: ResultPage<S, C>) -> List<T>
where
    T: From<S>,
    C: PageCursor,
{
    convert_page(page, T::from)
}

/// Converts a page of the engine to a response, item by item.
pub(super) fn convert_page<T, S, C: PageCursor>(
    page: ResultPage<S, C>,
    convert: impl FnMut(S) -> T,
) -> List<T> {
    let next = page.next.as_ref().map(encode_cursor);
    List {
        items: page.items.into_iter().map(convert).collect(),
        next,
    }
}

/// Encodes a cursor.
pub(crate) fn encode_cursor<C: PageCursor>(cursor: &C) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(&cursor.to_encoded()).expect("serializable"))
}

/// Decodes the cursor of a request, if it has one.
pub(crate) fn decode_cursor<C: PageCursor>(text: Option<&str>) -> Result<Option<C>, Problem> {
    let Some(text) = text else { return Ok(None) };
    let written = URL_SAFE_NO_PAD
        .decode(text)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let cursor = written.and_then(C::from_encoded);
    cursor.map(Some).ok_or_else(|| {
        Problem::bad_request(
            "invalid cursor in `after`; send the `next` value of the previous page",
        )
    })
}

/// Decodes the cursor in the URL of a page. An invalid one is ignored: the list starts at the top.
pub(crate) fn decode_or_start<C: PageCursor>(text: &str) -> Option<C> {
    decode_cursor(Some(text)).unwrap_or_default()
}

impl PageCursor for PlayerId {
    type Encoded = String;

    fn to_encoded(&self) -> String {
        self.to_string()
    }

    fn from_encoded(written: String) -> Option<Self> {
        Some(written.into())
    }
}

/// The cursor of a search: the number of players to skip.
impl PageCursor for usize {
    type Encoded = Self;

    fn to_encoded(&self) -> Self {
        *self
    }

    fn from_encoded(written: Self) -> Option<Self> {
        Some(written)
    }
}

impl PageCursor for i64 {
    type Encoded = Self;

    fn to_encoded(&self) -> Self {
        *self
    }

    fn from_encoded(written: Self) -> Option<Self> {
        Some(written)
    }
}

impl PageCursor for EventNameCursor {
    type Encoded = (u64, String);

    fn to_encoded(&self) -> Self::Encoded {
        (self.events, self.name.clone())
    }

    fn from_encoded((events, name): Self::Encoded) -> Option<Self> {
        Some(Self { events, name })
    }
}

impl PageCursor for HolderCursor {
    type Encoded = (i64, String);

    fn to_encoded(&self) -> Self::Encoded {
        (self.at.as_micros(), self.player.clone())
    }

    fn from_encoded((at, player): Self::Encoded) -> Option<Self> {
        Some(Self {
            at: Timestamp::from_micros(at)?,
            player,
        })
    }
}

impl PageCursor for LedgerCursor {
    type Encoded = (i64, i64);

    fn to_encoded(&self) -> (i64, i64) {
        (self.at.as_micros(), self.seq)
    }

    fn from_encoded((at, seq): (i64, i64)) -> Option<Self> {
        Some(Self {
            at: Timestamp::from_micros(at)?,
            seq,
        })
    }
}

impl PageCursor for EarnerCursor {
    type Encoded = (i64, String, String, String);

    fn to_encoded(&self) -> Self::Encoded {
        (
            self.at.as_micros(),
            self.player.clone(),
            self.tier.clone(),
            self.key.clone(),
        )
    }

    fn from_encoded((at, player, tier, key): Self::Encoded) -> Option<Self> {
        Some(Self {
            at: Timestamp::from_micros(at)?,
            player,
            tier,
            key,
        })
    }
}

impl PageCursor for TimelineCursor {
    // The whole order of a timeline (S1): a merged guest can have an event with the same id.
    type Encoded = (i64, i64, String, String);

    fn to_encoded(&self) -> Self::Encoded {
        (
            self.at.as_micros(),
            self.order,
            self.id.clone().into(),
            self.player.clone().into(),
        )
    }

    fn from_encoded((at, order, id, player): Self::Encoded) -> Option<Self> {
        Some(Self {
            at: Timestamp::from_micros(at)?,
            order,
            id: id.into(),
            player: player.into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_come_back_as_they_were() {
        let at = Timestamp::from_micros(1_234_567).unwrap();
        let ledger = LedgerCursor { at, seq: -1 };
        assert_eq!(
            decode_cursor(Some(&encode_cursor(&ledger))).unwrap(),
            Some(ledger)
        );
        let (player, tier, key) = ("ada/\u{1f9ed}".to_owned(), String::new(), "7".to_owned());
        let earner = EarnerCursor {
            at,
            player: player.clone(),
            tier,
            key,
        };
        assert_eq!(
            decode_cursor(Some(&encode_cursor(&earner))).unwrap(),
            Some(earner)
        );
        let timeline = TimelineCursor {
            at,
            order: 3,
            id: "1".to_owned().into(),
            player: player.into(),
        };
        assert_eq!(
            decode_cursor(Some(&encode_cursor(&timeline))).unwrap(),
            Some(timeline)
        );
        assert_eq!(decode_cursor::<PlayerId>(None).unwrap(), None);

        let at = Timestamp::from_micros(1_767_225_600_000_001).unwrap();
        let place = TimelineCursor {
            at,
            order: -3,
            id: "a\"b&c".into(),
            player: "\u{1f9ed}/ ".into(),
        };
        assert_eq!(decode_or_start(&encode_cursor(&place)), Some(place));
        let name = EventNameCursor {
            events: 7,
            name: "post \"published\"".to_owned(),
        };
        assert_eq!(decode_or_start(&encode_cursor(&name)), Some(name));
        let place = LedgerCursor { at, seq: 7 };
        assert_eq!(decode_or_start(&encode_cursor(&place)), Some(place));
    }

    #[test]
    fn invalid_cursors_are_rejected() {
        for text in [
            "",
            "!",
            "AAAA",
            "WzFd",
            "bnVsbA",
            "WzkyMjMzNzIwMzY4NTQ3NzU4MDcsMV0",
        ] {
            assert!(decode_cursor::<LedgerCursor>(Some(text)).is_err(), "{text}");
        }
        for json in ["", "[]", "[1]", "null", "[\"x\",1]"] {
            let encoded = URL_SAFE_NO_PAD.encode(json);
            for text in [json, encoded.as_str()] {
                assert_eq!(decode_or_start::<LedgerCursor>(text), None, "{text}");
            }
        }
    }
}
