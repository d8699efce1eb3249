//! Sorted tables, whose headings are links.

use serde::Serialize;

use super::forms::FormData;

/// The column by which a table is sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct SortChoice {
    /// Name of the column in URLs.
    pub(super) key: String,
    pub(super) is_descending: bool,
    /// True if it is the order without a choice.
    pub(super) is_default: bool,
}

impl SortChoice {
    /// Reads the choice from the query parameters `sort` and `direction`.
    pub(super) fn from_query(asked: &FormData, default: (&str, bool)) -> Self {
        let (key, is_descending) = match asked.get("sort") {
            "" => (default.0, default.1),
            key => (key, asked.get("direction") == "descending"),
        };
        Self {
            is_default: (key, is_descending) == default,
            key: key.to_owned(),
            is_descending,
        }
    }

    /// Sorts items by the key of the column. Items with the same key keep their order.
    pub(super) fn sort_by<T>(
        &self,
        items: &mut [T],
        compare: impl Fn(&T, &T) -> std::cmp::Ordering,
    ) {
        items.sort_by(|one, other| match self.is_descending {
            true => compare(other, one),
            false => compare(one, other),
        });
    }
}
