//! Ordered rows: those committed, and over them what the transaction under way has changed.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::iter;
use std::ops::RangeBounds;

/// Which rows are seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sight {
    /// Committed ones only.
    Committed,
    /// Those of the transaction under way, too.
    Pending,
}

/// A table, in order of its key.
#[derive(Debug)]
pub(super) struct Table<K, V> {
    committed: BTreeMap<K, V>,
    /// `None` where the row is removed.
    pending: BTreeMap<K, Option<V>>,
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self { committed: BTreeMap::new(), pending: BTreeMap::new() }
    }
}

impl<K: Ord + Clone, V> Table<K, V> {
    /// The row at a key.
    pub(super) fn get(&self, sight: Sight, key: &K) -> Option<&V> {
        let changed = if sight == Sight::Pending { self.pending.get(key) } else { None };
        changed.map_or_else(|| self.committed.get(key), Option::as_ref)
    }

    /// The rows in a range of keys, in order.
    pub(super) fn range(&self, sight: Sight, keys: impl RangeBounds<K> + Clone) -> impl Iterator<Item = (&K, &V)> {
        let pending = (sight == Sight::Pending).then(|| self.pending.range(keys.clone()));
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
                if order == Ordering::Equal {
                    committed.next();
                }
                if let (key, Some(row)) = pending.next()? {
                    return Some((key, row));
                }
            }
        })
    }

    /// How many rows there are.
    pub(super) fn len(&self, sight: Sight) -> u64 {
        self.range(sight, ..).fold(0, |count, _| count + 1)
    }

    /// Puts a row, in place of the one that is there.
    pub(super) fn put(&mut self, key: K, row: V) {
        self.pending.insert(key, Some(row));
    }

    /// Removes a row, if it is there.
    pub(super) fn remove(&mut self, key: K) {
        self.pending.insert(key, None);
    }
}

impl<K: Ord + Clone, V> Table<(String, K), V> {
    /// A player's rows whose key is not before `first`, in order.
    pub(super) fn of(&self, sight: Sight, player: &str, first: K) -> impl Iterator<Item = (&K, &V)> {
        let rows = self.range(sight, (player.to_owned(), first)..);
        rows.take_while(move |((owner, _), _)| owner == player).map(|((_, key), row)| (key, row))
    }
}

/// What a transaction's end does to a table.
pub(super) trait Layered {
    /// Makes the changes those that everybody sees.
    fn commit(&mut self);

    /// Forgets the changes.
    fn roll_back(&mut self);
}

impl<K: Ord, V> Layered for Table<K, V> {
    fn commit(&mut self) {
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
