//! Ordered tables with two layers: committed rows, and the changes of the open transaction over
//! them.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::iter;
use std::ops::RangeBounds;

/// Rows that a read sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum VisibleRows {
    /// Committed rows only.
    Committed,
    /// Committed rows with the changes of the open transaction.
    Pending,
}

/// Table in order of its key.
#[derive(Debug)]
pub(super) struct LayeredTable<K, V> {
    committed: BTreeMap<K, V>,
    /// Changed rows; `None` for deleted ones.
    pending: BTreeMap<K, Option<V>>,
}

impl<K, V> Default for LayeredTable<K, V> {
    fn default() -> Self {
        Self {
            committed: BTreeMap::new(),
            pending: BTreeMap::new(),
        }
    }
}

impl<K: Ord + Clone, V> LayeredTable<K, V> {
    pub(super) fn get(&self, sight: VisibleRows, key: &K) -> Option<&V> {
        let changed = if sight == VisibleRows::Pending {
            self.pending.get(key)
        } else {
            None
        };
        changed.map_or_else(|| self.committed.get(key), Option::as_ref)
    }

    /// Lists the rows in a range of keys, in order.
    pub(super) fn range(
        &self,
        sight: VisibleRows,
        keys: impl RangeBounds<K> + Clone,
    ) -> impl Iterator<Item = (&K, &V)> {
        let pending = (sight == VisibleRows::Pending).then(|| self.pending.range(keys.clone()));
        let mut pending = pending.into_iter().flatten().peekable();
        let mut committed = self.committed.range(keys).peekable();
        iter::from_fn(move || {
            loop {
                let order = match (committed.peek(), pending.peek()) {
                    (Some((one, _)), Some((other, _))) => one.cmp(other),
                    (_, None) => Ordering::Less,
                    (None, Some(_)) => Ordering::Greater,
                };
                if order == Ordering::Less {
                    return committed.next();
                }
                // A changed row hides the committed one.
                if order == Ordering::Equal {
                    committed.next();
                }
                if let (key, Some(row)) = pending.next()? {
                    return Some((key, row));
                }
            }
        })
    }

    pub(super) fn len(&self, sight: VisibleRows) -> u64 {
        self.range(sight, ..).fold(0, |count, _| count + 1)
    }

    /// Inserts or replaces a row.
    pub(super) fn put(&mut self, key: K, row: V) {
        self.pending.insert(key, Some(row));
    }

    /// Deletes a row, if it exists.
    pub(super) fn remove(&mut self, key: K) {
        // Recorded as a change, because readers still see the committed row.
        self.pending.insert(key, None);
    }
}

impl<K: Ord + Clone, V> LayeredTable<(String, K), V> {
    /// Lists a player's rows from the key `first` on, in order.
    pub(super) fn player_rows(
        &self,
        sight: VisibleRows,
        player: &str,
        first: K,
    ) -> impl Iterator<Item = (&K, &V)> {
        let rows = self.range(sight, (player.to_owned(), first)..);
        rows.take_while(move |((owner, _), _)| owner == player)
            .map(|((_, key), row)| (key, row))
    }

    /// Lists the owner of each row, with repetitions.
    pub(super) fn row_owners(&self, sight: VisibleRows) -> impl Iterator<Item = &str> {
        self.range(sight, ..).map(|((owner, _), _)| owner.as_str())
    }

    /// Deletes a player's rows from the key `first` on, and returns their number.
    pub(super) fn remove_from(&mut self, player: &str, first: K) -> u64 {
        let keys: Vec<K> = self
            .player_rows(VisibleRows::Pending, player, first)
            .map(|(key, _)| key.clone())
            .collect();
        let count = keys.len() as u64;
        keys.into_iter()
            .for_each(|key| self.remove((player.to_owned(), key)));
        count
    }
}

/// End of a transaction, for tables of any type.
pub(super) trait TableLayers {
    /// Applies the changes.
    fn commit_changes(&mut self);

    /// Discards the changes.
    fn roll_back(&mut self);
}

impl<K: Ord, V> TableLayers for LayeredTable<K, V> {
    fn commit_changes(&mut self) {
        for (key, row) in std::mem::take(&mut self.pending) {
            match row {
                Some(row) => self.committed.insert(key, row),
                None => self.committed.remove(&key),
            };
        }
    }

    fn roll_back(&mut self) {
        self.pending.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> LayeredTable<u32, &'static str> {
        let mut table = LayeredTable::default();
        for key in [2, 4, 6, 8] {
            table.put(key, "old");
        }
        table.commit_changes();
        for key in [1, 4, 9] {
            table.put(key, "new");
        }
        for key in [6, 7, 8] {
            table.remove(key);
        }
        table.put(8, "again");
        table
    }

    fn rows(
        table: &LayeredTable<u32, &'static str>,
        sight: VisibleRows,
    ) -> Vec<(u32, &'static str)> {
        table
            .range(sight, ..)
            .map(|(key, row)| (*key, *row))
            .collect()
    }

    const BEFORE: [(u32, &str); 4] = [(2, "old"), (4, "old"), (6, "old"), (8, "old")];
    const AFTER: [(u32, &str); 5] = [(1, "new"), (2, "old"), (4, "new"), (8, "again"), (9, "new")];

    #[test]
    fn pending_changes_hide_committed_rows() {
        let table = table();
        assert_eq!(rows(&table, VisibleRows::Committed), BEFORE);
        assert_eq!(rows(&table, VisibleRows::Pending), AFTER);
        for key in 0..10 {
            let found = AFTER
                .iter()
                .find(|(other, _)| *other == key)
                .map(|(_, row)| row);
            assert_eq!(table.get(VisibleRows::Pending, &key), found, "{key}");
        }
        let part: Vec<u32> = table
            .range(VisibleRows::Pending, 2..8)
            .map(|(key, _)| *key)
            .collect();
        assert_eq!(part, [2, 4]);
        assert_eq!(table.len(VisibleRows::Pending), 5);
    }

    #[test]
    fn an_end_keeps_all_changes_or_none() {
        for (end, expected) in [
            (
                TableLayers::commit_changes as fn(&mut LayeredTable<_, _>),
                &AFTER[..],
            ),
            (TableLayers::roll_back, &BEFORE[..]),
        ] {
            let mut table = table();
            end(&mut table);
            assert_eq!(rows(&table, VisibleRows::Committed), expected);
            assert_eq!(rows(&table, VisibleRows::Pending), expected);
        }
    }
}
