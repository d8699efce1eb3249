//! Where a list goes on, as text in an address.

use accolade::Timestamp;
use accolade::store::EarnerCursor;
use accolade::{LedgerCursor, TimelineCursor};
use serde::de::DeserializeOwned;

/// Something that can stand in an address.
pub(super) trait Place: Sized {
    /// As text.
    fn write(&self) -> String;
    /// From text; `None` where it is none, as after a change by hand. The list begins at its beginning then.
    fn read(text: &str) -> Option<Self>;
}

impl Place for TimelineCursor {
    fn write(&self) -> String {
        text(&(self.at.as_micros(), self.order, &self.id, &self.player))
    }

    fn read(text: &str) -> Option<Self> {
        let (at, order, id, player) = parts(text)?;
        Some(Self { at: Timestamp::from_micros(at)?, order, id, player })
    }
}

impl Place for LedgerCursor {
    fn write(&self) -> String {
        text(&(self.at.as_micros(), self.seq))
    }

    fn read(text: &str) -> Option<Self> {
        let (at, seq) = parts(text)?;
        Some(Self { at: Timestamp::from_micros(at)?, seq })
    }
}

impl Place for EarnerCursor {
    fn write(&self) -> String {
        text(&(self.at.as_micros(), &self.player, &self.tier, &self.key))
    }

    fn read(text: &str) -> Option<Self> {
        let (at, player, tier, key) = parts(text)?;
        Some(Self { at: Timestamp::from_micros(at)?, player, tier, key })
    }
}

fn text(parts: &impl serde::Serialize) -> String {
    serde_json::to_string(parts).expect("numbers and texts are JSON")
}

fn parts<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_str(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_it_was_written_and_anything_else_is_none() {
        let at = Timestamp::from_micros(1_767_225_600_000_001).unwrap();
        let place = TimelineCursor { at, order: -3, id: "a\"b&c".into(), player: "\u{1f9ed}/ ".into() };
        assert_eq!(TimelineCursor::read(&place.write()), Some(place));
        let place = LedgerCursor { at, seq: 7 };
        assert_eq!(LedgerCursor::read(&place.write()), Some(place));
        for text in ["", "[]", "[1]", "null", "[\"x\",1]"] {
            assert_eq!(LedgerCursor::read(text), None, "{text}");
        }
    }
}
