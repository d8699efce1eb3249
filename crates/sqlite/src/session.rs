//! Connection to the database, and the only path by which statements reach it.

use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::types::{ToSqlOutput, Value};
use rusqlite::{CachedStatement, Connection, Row, ToSql};

use crate::error::Error;

/// Connection to the file. All statements go through it, so that they can be recorded.
#[derive(Debug)]
pub(crate) struct Session {
    connection: Connection,
    /// Path of the file, for errors.
    pub(crate) file: Arc<str>,
    log: Option<StatementLog>,
}

impl Session {
    pub(crate) fn new(connection: Connection, file: Arc<str>) -> Self {
        Self {
            connection,
            file,
            log: None,
        }
    }

    pub(crate) fn record_to(&mut self, log: Option<StatementLog>) {
        self.log = log;
    }

    /// Prepares a statement.
    pub(crate) fn prepare(&self, sql: &'static str) -> Result<Prepared<'_>, Error> {
        Ok(Prepared {
            // Each statement is compiled only once per connection.
            statement: self.connection.prepare_cached(sql)?,
            sql,
            log: self.log.as_ref(),
        })
    }

    /// Runs a statement that returns no rows.
    pub(crate) fn execute(
        &self,
        sql: &'static str,
        parameters: &[&dyn ToSql],
    ) -> Result<(), Error> {
        self.prepare(sql)?.execute(parameters)
    }

    /// Runs a statement that returns no rows. Returns the number of changed rows.
    pub(crate) fn change(
        &self,
        sql: &'static str,
        parameters: &[&dyn ToSql],
    ) -> Result<u64, Error> {
        self.execute(sql, parameters)?;
        Ok(self.connection.changes())
    }

    /// Reads the first row of a query, if there is one.
    pub(crate) fn first<T>(
        &self,
        sql: &'static str,
        parameters: &[&dyn ToSql],
        read: impl FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        self.prepare(sql)?.first(parameters, read)
    }

    /// Reads all rows of a query.
    pub(crate) fn all<T>(
        &self,
        sql: &'static str,
        parameters: &[&dyn ToSql],
        read: impl FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        self.prepare(sql)?.all(parameters, read)
    }

    /// True if a transaction is open. SQLite ends it by itself after some errors.
    pub(crate) fn in_transaction(&self) -> bool {
        !self.connection.is_autocommit()
    }

    /// Returns the connection for pragmas and migrations, which are not recorded.
    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }
}

/// Prepared statement.
pub(crate) struct Prepared<'a> {
    statement: CachedStatement<'a>,
    sql: &'static str,
    log: Option<&'a StatementLog>,
}

impl Prepared<'_> {
    pub(crate) fn execute(&mut self, parameters: &[&dyn ToSql]) -> Result<(), Error> {
        self.record(parameters)?;
        self.statement.execute(parameters)?;
        Ok(())
    }

    pub(crate) fn first<T>(
        &mut self,
        parameters: &[&dyn ToSql],
        mut read: impl FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        self.record(parameters)?;
        self.statement
            .query(parameters)?
            .next()?
            .map(&mut read)
            .transpose()
    }

    pub(crate) fn all<T>(
        &mut self,
        parameters: &[&dyn ToSql],
        mut read: impl FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        let mut found = Vec::new();
        self.each(parameters, |row| {
            found.push(read(row)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// Calls a function for each row.
    pub(crate) fn each(
        &mut self,
        parameters: &[&dyn ToSql],
        mut look: impl FnMut(&Row<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.record(parameters)?;
        let mut rows = self.statement.query(parameters)?;
        while let Some(row) = rows.next()? {
            look(row)?;
        }
        Ok(())
    }

    fn record(&self, parameters: &[&dyn ToSql]) -> Result<(), Error> {
        match self.log {
            None => Ok(()),
            Some(log) => log.add(self.sql, parameters),
        }
    }
}

/// Log of all statements that a store's writers send to SQLite, for benchmarks that replay them.
#[derive(Debug, Clone, Default)]
pub struct StatementLog(Arc<Mutex<Vec<Statement>>>);

/// Recorded statement.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// SQL text with numbered parameters. It can also begin or end a transaction.
    pub sql: &'static str,
    /// Values of the parameters, starting with `?1`.
    pub parameters: Vec<Value>,
}

impl StatementLog {
    /// Removes and returns the statements recorded since the last call.
    pub fn take(&self) -> Vec<Statement> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn add(&self, sql: &'static str, parameters: &[&dyn ToSql]) -> Result<(), Error> {
        let parameters = parameters
            .iter()
            .map(|value| owned(value.to_sql()?))
            .collect::<Result<_, _>>()?;
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(Statement { sql, parameters });
        Ok(())
    }
}

fn owned(value: ToSqlOutput<'_>) -> rusqlite::Result<Value> {
    match value {
        ToSqlOutput::Owned(value) => Ok(value),
        ToSqlOutput::Borrowed(value) => Value::try_from(value)
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into())),
        _ => Err(rusqlite::Error::ToSqlConversionFailure(
            "unsupported parameter type".into(),
        )),
    }
}
