//! Opaque pagination cursors.

use accolade::store::EarnerCursor;
use accolade::{LedgerCursor, TimelineCursor, Timestamp};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::problem::Problem;

/// Position in a list, encoded as an opaque cursor.
pub(crate) trait Cursor: Sized {
    /// Serialized form of the position.
    type Written: Serialize + DeserializeOwned;

    fn write(&self) -> Self::Written;

    fn read(written: Self::Written) -> Option<Self>;
}

/// Encodes a cursor.
pub(crate) fn text<C: Cursor>(cursor: &C) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(&cursor.write()).expect("serializable"))
}

/// Decodes the cursor of a request, if it has one.
pub(crate) fn parse<C: Cursor>(text: Option<&str>) -> Result<Option<C>, Problem> {
    let Some(text) = text else { return Ok(None) };
    let written = URL_SAFE_NO_PAD
        .decode(text)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let cursor = written.and_then(C::read);
    cursor.map(Some).ok_or_else(|| {
        Problem::malformed("invalid cursor in `after`; send the `next` value of the previous page")
    })
}

/// Decodes the cursor in the URL of a page. An invalid one is ignored: the list starts at the top.
pub(crate) fn of_address<C: Cursor>(text: &str) -> Option<C> {
    parse(Some(text)).unwrap_or_default()
}

impl Cursor for String {
    type Written = Self;

    fn write(&self) -> Self {
        self.clone()
    }

    fn read(written: Self) -> Option<Self> {
        Some(written)
    }
}

impl Cursor for i64 {
    type Written = Self;

    fn write(&self) -> Self {
        *self
    }

    fn read(written: Self) -> Option<Self> {
        Some(written)
    }
}

impl Cursor for LedgerCursor {
    type Written = (i64, i64);

    fn write(&self) -> (i64, i64) {
        (self.at.as_micros(), self.seq)
    }

    fn read((at, seq): (i64, i64)) -> Option<Self> {
        Some(Self {
            at: Timestamp::from_micros(at)?,
            seq,
        })
    }
}

impl Cursor for EarnerCursor {
    type Written = (i64, String, String, String);

    fn write(&self) -> Self::Written {
        (
            self.at.as_micros(),
            self.player.clone(),
            self.tier.clone(),
            self.key.clone(),
        )
    }

    fn read((at, player, tier, key): Self::Written) -> Option<Self> {
        Some(Self {
            at: Timestamp::from_micros(at)?,
            player,
            tier,
            key,
        })
    }
}

impl Cursor for TimelineCursor {
    type Written = (i64, i64, String, String);

    fn write(&self) -> Self::Written {
        (
            self.at.as_micros(),
            self.order,
            self.id.clone(),
            self.player.clone(),
        )
    }

    fn read((at, order, id, player): Self::Written) -> Option<Self> {
        Some(Self {
            at: Timestamp::from_micros(at)?,
            order,
            id,
            player,
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
        assert_eq!(parse(Some(&text(&ledger))).unwrap(), Some(ledger));
        let (player, tier, key) = ("ada/\u{1f9ed}".to_owned(), String::new(), "7".to_owned());
        let earner = EarnerCursor {
            at,
            player: player.clone(),
            tier,
            key,
        };
        assert_eq!(parse(Some(&text(&earner))).unwrap(), Some(earner));
        let timeline = TimelineCursor {
            at,
            order: 3,
            id: "1".to_owned(),
            player,
        };
        assert_eq!(parse(Some(&text(&timeline))).unwrap(), Some(timeline));
        assert_eq!(parse::<String>(None).unwrap(), None);

        let at = Timestamp::from_micros(1_767_225_600_000_001).unwrap();
        let place = TimelineCursor {
            at,
            order: -3,
            id: "a\"b&c".into(),
            player: "\u{1f9ed}/ ".into(),
        };
        assert_eq!(of_address(&text(&place)), Some(place));
        let place = LedgerCursor { at, seq: 7 };
        assert_eq!(of_address(&text(&place)), Some(place));
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        for text in [
            "",
            "!",
            "AAAA",
            "WzFd",
            "bnVsbA",
            "WzkyMjMzNzIwMzY4NTQ3NzU4MDcsMV0",
        ] {
            assert!(parse::<LedgerCursor>(Some(text)).is_err(), "{text}");
        }
        for json in ["", "[]", "[1]", "null", "[\"x\",1]"] {
            let encoded = URL_SAFE_NO_PAD.encode(json);
            for text in [json, encoded.as_str()] {
                assert_eq!(of_address::<LedgerCursor>(text), None, "{text}");
            }
        }
    }
}
