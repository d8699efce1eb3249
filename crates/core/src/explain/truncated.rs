//! Bounded lists: the newest entries, and the number of older ones that are left out.

use std::collections::VecDeque;

use serde::Serialize;

use crate::limits;

/// The newest entries of a list, oldest first. The number of entries is bounded (S25).
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Truncated<T> {
    /// The newest entries, oldest first.
    pub entries: VecDeque<T>,
    /// The number of older entries.
    pub left_out: usize,
}

impl<T> Default for Truncated<T> {
    fn default() -> Self {
        Self {
            entries: VecDeque::new(),
            left_out: 0,
        }
    }
}

impl<T> Truncated<T> {
    /// The number of entries, including those that are left out.
    pub fn len(&self) -> usize {
        self.entries.len() + self.left_out
    }

    /// True if there are no entries.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds an entry. Drops the oldest one if the list is full.
    pub(super) fn push(&mut self, entry: T) {
        if self.entries.len() == limits::EXPLANATION_ENTRIES {
            self.entries.pop_front();
            self.left_out += 1;
        }
        self.entries.push_back(entry);
    }

    /// Empties the list and returns its previous content.
    pub(super) fn take_all(&mut self) -> Self {
        std::mem::take(self)
    }

    /// Converts the entries.
    pub(super) fn map_entries<U>(self, change: impl FnMut(T) -> U) -> Truncated<U> {
        Truncated {
            entries: self.entries.into_iter().map(change).collect(),
            left_out: self.left_out,
        }
    }
}

impl<T> FromIterator<T> for Truncated<T> {
    fn from_iter<I: IntoIterator<Item = T>>(entries: I) -> Self {
        let mut listed = Self::default();
        entries.into_iter().for_each(|entry| listed.push(entry));
        listed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s25_the_newest_entries_stay_and_the_others_are_counted() {
        let listed: Truncated<usize> = (0..limits::EXPLANATION_ENTRIES + 3).collect();
        assert_eq!(
            (listed.entries[0], listed.left_out, listed.len()),
            (3, 3, limits::EXPLANATION_ENTRIES + 3)
        );
    }
}
