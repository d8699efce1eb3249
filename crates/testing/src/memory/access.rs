//! API keys, sessions and the audit log: constraints of their tables.

use std::cmp::Reverse;

use accolade::store::{AuditRow, KeyRow, SessionRow, StoreError};

use super::table::VisibleRows::Pending as SEEN;
use super::tables::MemoryTables;
use super::write::constraint_error;

impl MemoryTables {
    pub(super) fn put_api_key(&mut self, key: &KeyRow) -> Result<(), StoreError> {
        let is_in_the_way =
            |row: &KeyRow| row.id != key.id && row.name == key.name && row.revoked_at.is_none();
        let is_taken = self
            .api_keys
            .range(SEEN, ..)
            .any(|(_, row)| is_in_the_way(row));
        if is_taken && key.revoked_at.is_none() {
            return Err(constraint_error(format!(
                "API key `{}` already exists",
                key.name
            )));
        }
        self.api_keys.put(key.id.clone(), key.clone());
        Ok(())
    }

    /// Deletes the sessions that match, and returns their number.
    pub(super) fn delete_sessions(&mut self, is_meant: impl Fn(&SessionRow) -> bool) -> usize {
        let rows = self
            .sessions
            .range(SEEN, ..)
            .filter(|(_, row)| is_meant(row));
        let hashes: Vec<Vec<u8>> = rows.map(|(hash, _)| hash.clone()).collect();
        let count = hashes.len();
        hashes
            .into_iter()
            .for_each(|hash| self.sessions.remove(hash));
        count
    }

    /// Appends entries. Their numbers are never reused, because erasure blanks entries instead of
    /// deleting them.
    pub(super) fn append_audit(&mut self, entries: &[AuditRow]) {
        let last = self
            .audit
            .range(SEEN, ..)
            .next()
            .map_or(0, |(Reverse(number), _)| *number);
        for (number, entry) in (last + 1..).zip(entries) {
            if let Some(player) = &entry.player {
                self.audit_by_player.put((player.clone(), number), ());
            }
            self.audit.put(Reverse(number), entry.clone());
        }
    }

    /// Blanks the entries about a player.
    pub(super) fn erase_audit(&mut self, player: &str) {
        let numbers: Vec<i64> = self
            .audit_by_player
            .player_rows(SEEN, player, i64::MIN)
            .map(|(number, ())| *number)
            .collect();
        for number in numbers {
            if let Some(row) = self.audit.get(SEEN, &Reverse(number)).cloned() {
                let blank = AuditRow {
                    player: None,
                    subject: String::new(),
                    detail: "{}".to_owned(),
                    ..row
                };
                self.audit.put(Reverse(number), blank);
            }
        }
        self.audit_by_player.remove_from(player, i64::MIN);
    }
}
