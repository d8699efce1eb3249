//! API keys, administrators, sessions and the audit log of a service.

use accolade::store::{AdministratorRow, AuditFilter, AuditRow, KeyRow, SessionRow};
use accolade_core::time::Timestamp;
use rusqlite::Row;
use serde_json::json;

use crate::error::Error;
use crate::rows::{read_name, read_optional_time, read_time, to_sql_integer};
use crate::session::DatabaseSession;

/// Lists all API keys.
pub(crate) fn list_api_keys(session: &DatabaseSession) -> Result<Vec<KeyRow>, Error> {
    const SQL: &str = "SELECT id, name, key_hash, scopes, created_at, created_by, last_used_at,
        revoked_at FROM api_keys
        ORDER BY created_at, id";
    let key = |row: &Row<'_>| {
        Ok(KeyRow {
            id: row.get(0)?,
            name: row.get(1)?,
            hash: row.get(2)?,
            scopes: row.get(3)?,
            created_at: read_time(row, 4)?,
            created_by: row.get(5)?,
            last_used_at: read_optional_time(row, 6)?,
            revoked_at: read_optional_time(row, 7)?,
        })
    };
    session.query_all(SQL, &[], key)
}

/// Inserts or updates an API key.
pub(crate) fn put_api_key(session: &DatabaseSession, key: &KeyRow) -> Result<(), Error> {
    // REPLACE would also delete another active key with the same name instead of failing.
    session.execute_once(
        "INSERT INTO api_keys (id, name, key_hash, scopes, created_at, created_by, last_used_at,
             revoked_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, key_hash = excluded.key_hash,
             scopes = excluded.scopes, created_at = excluded.created_at,
             created_by = excluded.created_by,
             last_used_at = excluded.last_used_at, revoked_at = excluded.revoked_at",
        &[
            &key.id,
            &key.name,
            &key.hash,
            &key.scopes,
            &key.created_at.as_micros(),
            &key.created_by,
            &key.last_used_at.map(Timestamp::as_micros),
            &key.revoked_at.map(Timestamp::as_micros),
        ],
    )
}

/// Lists all administrators.
pub(crate) fn list_administrators(
    session: &DatabaseSession,
) -> Result<Vec<AdministratorRow>, Error> {
    const SQL: &str =
        "SELECT name, password, created_at, created_by FROM administrators ORDER BY name";
    let administrator = |row: &Row<'_>| {
        Ok(AdministratorRow {
            name: row.get(0)?,
            password: row.get(1)?,
            created_at: read_time(row, 2)?,
            created_by: row.get(3)?,
        })
    };
    session.query_all(SQL, &[], administrator)
}

/// Inserts or replaces an administrator.
pub(crate) fn put_administrator(
    session: &DatabaseSession,
    row: &AdministratorRow,
) -> Result<(), Error> {
    // REPLACE is safe here, because the name is the only key.
    const SQL: &str = "REPLACE INTO administrators (name, password, created_at, created_by)
        VALUES (?1, ?2, ?3, ?4)";
    session.execute_once(
        SQL,
        &[
            &row.name,
            &row.password,
            &row.created_at.as_micros(),
            &row.created_by,
        ],
    )
}

/// Finds the session with this hash.
pub(crate) fn find_session(
    session: &DatabaseSession,
    hash: &[u8],
) -> Result<Option<SessionRow>, Error> {
    const SQL: &str =
        "SELECT hash, kind, administrator, created_at, expires_at FROM sessions WHERE hash = ?1";
    let found = |row: &Row<'_>| {
        Ok(SessionRow {
            hash: row.get(0)?,
            kind: read_name(row, 1)?,
            administrator: row.get(2)?,
            created_at: read_time(row, 3)?,
            expires_at: read_time(row, 4)?,
        })
    };
    session.query_first(SQL, &[&hash], found)
}

/// Inserts or replaces a session.
pub(crate) fn put_session(session: &DatabaseSession, row: &SessionRow) -> Result<(), Error> {
    const SQL: &str = "REPLACE INTO sessions (hash, kind, administrator, created_at, expires_at)
        VALUES (?1, ?2, ?3, ?4, ?5)";
    let (created_at, expires_at) = (row.created_at.as_micros(), row.expires_at.as_micros());
    session.execute_once(
        SQL,
        &[
            &row.hash,
            &row.kind.as_str(),
            &row.administrator,
            &created_at,
            &expires_at,
        ],
    )
}

/// Loads a page of the audit log, the latest entry first.
pub(crate) fn load_audit_page(
    session: &DatabaseSession,
    filter: &AuditFilter,
    before: Option<i64>,
    limit: usize,
) -> Result<Vec<(i64, AuditRow)>, Error> {
    const SQL: &str =
        "SELECT seq, at, actor, action, player, subject, detail FROM audit WHERE seq < ?1
            AND (?3 IS NULL OR actor = ?3) AND (?4 IS NULL OR player = ?4)
            AND (?5 IS NULL OR at >= ?5) AND (?6 IS NULL OR at < ?6)
            AND (?7 IS NULL OR action IN (SELECT value FROM json_each(?7)))
        ORDER BY seq DESC LIMIT ?2";
    let AuditFilter {
        actor,
        actions,
        player,
        from,
        until,
    } = filter;
    let actions = actions.as_ref().map(|names| json!(names).to_string());
    let micros = |at: &Option<Timestamp>| at.map(|at| at.as_micros());
    let entry = |row: &Row<'_>| {
        let entry = AuditRow {
            at: read_time(row, 1)?,
            actor: row.get(2)?,
            action: row.get(3)?,
            player: row.get(4)?,
            subject: row.get(5)?,
            detail: row.get(6)?,
        };
        Ok((row.get(0)?, entry))
    };
    session.query_all(
        SQL,
        &[
            &before.unwrap_or(i64::MAX),
            &to_sql_integer(limit),
            actor,
            player,
            &micros(from),
            &micros(until),
            &actions,
        ],
        entry,
    )
}

/// Appends entries to the audit log.
pub(crate) fn append_audit(session: &DatabaseSession, entries: &[AuditRow]) -> Result<(), Error> {
    let mut add = session.prepare_statement(
        "INSERT INTO audit (at, actor, action, player, subject, detail)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    entries.iter().try_for_each(
        |AuditRow {
             at,
             actor: who,
             action,
             player,
             subject,
             detail,
         }| { add.execute(&[&at.as_micros(), who, action, player, subject, detail]) },
    )
}
