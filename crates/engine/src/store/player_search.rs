//! Searches for players, with the order of their results.

use std::cmp::Ordering;

use super::rows::{PlayerRow, PlayerSummary};

accolade_core::named_enum! {
    /// The order of a list of players. Ties are in natural order of id.
    pub enum PlayerOrder {
        /// Players whose id or name equals the text first, then those whose id or name begins with
        /// it, then all others, each by name.
        Match = "match",
        /// In natural order of name. The id stands for a missing name.
        Name = "name",
        /// In natural order of id.
        Id = "id",
        /// By number of own events.
        Events = "events",
        /// By the instant of the last event that the player caused. Players without one are last.
        LastSeen = "last-seen",
    }
}

/// A search for players by a part of their id, name or attributes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlayerSearch {
    /// Text that the id, the name or an attribute contains, in any case; empty for all players.
    /// In ids, only ASCII letters match in either case.
    pub text: String,
    /// The order of the results.
    pub order: PlayerOrder,
    /// True to reverse the order. Ties keep theirs.
    pub is_descending: bool,
    /// The number of players to skip.
    pub skip: usize,
    /// The maximum number of players.
    pub limit: usize,
}

impl PlayerSearch {
    /// Creates a search in order of the best match.
    pub fn new(text: &str, limit: usize) -> Self {
        Self {
            text: text.trim().to_owned(),
            order: PlayerOrder::Match,
            is_descending: false,
            skip: 0,
            limit,
        }
    }

    /// Sets the order.
    #[must_use]
    pub fn ordered_by(mut self, order: PlayerOrder, is_descending: bool) -> Self {
        (self.order, self.is_descending) = (order, is_descending);
        self
    }

    /// Skips the first players.
    #[must_use]
    pub fn skip(mut self, players: usize) -> Self {
        self.skip = players;
        self
    }

    /// The text in the form in which names and attributes are compared.
    pub fn folded_text(&self) -> String {
        PlayerSummary::fold_name(&self.text)
    }

    /// The text in the form in which ids are compared.
    pub fn folded_id(&self) -> String {
        self.text.to_ascii_lowercase()
    }

    /// True if a player matches the text.
    pub fn is_match(&self, row: &PlayerRow) -> bool {
        let (id, text) = (self.folded_id(), self.folded_text());
        let contains = |value: &Option<String>| value.as_ref().is_some_and(|it| it.contains(&text));
        row.player.to_ascii_lowercase().contains(&id)
            || contains(&row.summary.folded_name())
            || contains(&row.summary.attributes)
    }

    /// Compares two matches in the order of the search.
    pub fn compare(&self, one: &PlayerRow, other: &PlayerRow) -> Ordering {
        let directed = |order: Ordering| match self.is_descending {
            true => order.reverse(),
            false => order,
        };
        let by_id = compare_naturally(&one.player, &other.player);
        let seen = |row: &PlayerRow| row.summary.last_seen_at;
        let order = match self.order {
            PlayerOrder::Match => directed(self.rank(one).cmp(&self.rank(other)))
                .then_with(|| compare_naturally(&sort_name(one), &sort_name(other))),
            PlayerOrder::Name => directed(compare_naturally(&sort_name(one), &sort_name(other))),
            PlayerOrder::Id => directed(by_id),
            PlayerOrder::Events => {
                directed((one.summary.own_event_count).cmp(&other.summary.own_event_count))
            }
            PlayerOrder::LastSeen => (seen(one).is_none().cmp(&seen(other).is_none()))
                .then_with(|| directed(seen(one).cmp(&seen(other)))),
        };
        order.then(by_id)
    }

    fn rank(&self, row: &PlayerRow) -> u8 {
        let (id, text) = (self.folded_id(), self.folded_text());
        let own = row.player.to_ascii_lowercase();
        let name = row.summary.folded_name().unwrap_or_default();
        match () {
            () if own == id || name == text => 0,
            () if own.starts_with(&id) || name.starts_with(&text) => 1,
            () => 2,
        }
    }
}

fn sort_name(row: &PlayerRow) -> String {
    row.summary
        .folded_name()
        .unwrap_or_else(|| row.player.clone())
}

/// Compares two texts so that numbers in them are in numeric order: `member-2` before `member-10`.
/// ASCII letters are compared in lower case first.
pub fn compare_naturally(one: &str, other: &str) -> Ordering {
    let (mut left, mut right) = (one.as_bytes(), other.as_bytes());
    while let (Some(a), Some(b)) = (left.first(), right.first()) {
        let order = if a.is_ascii_digit() && b.is_ascii_digit() {
            let (a, b) = (split_digits(&mut left), split_digits(&mut right));
            // Without leading zeros, a longer number is a greater one.
            a.len().cmp(&b.len()).then_with(|| a.cmp(b))
        } else {
            let order = a.to_ascii_lowercase().cmp(&b.to_ascii_lowercase());
            (left, right) = (&left[1..], &right[1..]);
            order
        };
        if order.is_ne() {
            return order;
        }
    }
    left.len().cmp(&right.len()).then_with(|| one.cmp(other))
}

/// Splits the digits off the beginning of a text. Returns them without leading zeros.
fn split_digits<'t>(text: &mut &'t [u8]) -> &'t [u8] {
    let length = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = text.split_at(length);
    *text = rest;
    let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
    &digits[zeros..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_texts_are_in_numeric_order() {
        let mut ids = ["b", "a10", "A2", "a02", "a2b1", "a2b", "10", "9", "a", ""];
        ids.sort_by(|one, other| compare_naturally(one, other));
        assert_eq!(
            ids,
            ["", "9", "10", "a", "A2", "a02", "a2b", "a2b1", "a10", "b"]
        );
    }
}
