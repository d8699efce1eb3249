//! Connection to the database, and the only path by which statements reach it.

use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::types::{ToSqlOutput, Value};
use rusqlite::{CachedStatement, Connection, Row, ToSql};

use crate::error::Error;

/// Connection to the file. All statements go through it, so that they can be recorded.
#[derive(Debug)]
pub(crate) struct DatabaseSession {
    connection: Connection,
    /// Path of the file, for errors.
    pub(crate) file: Arc<str>,
    log: Option<StatementLog>,
}

impl DatabaseSession {
    pub(crate) fn new(connection: Connection, file: Arc<str>) -> Self {
        Self {
            connection,
            file,
            log: None,
        }
    }

    pub(crate) fn set_log(&mut self, log: Option<StatementLog>) {
        self.log = log;
    }

    /// Prepares a statement.
    pub(crate) fn prepare_statement(
        &self,
        sql: &'static str,
    ) -> Result<PreparedStatement<'_>, Error> {
        Ok(PreparedStatement {
            // Each statement is compiled only once per connection.
            statement: self.connection.prepare_cached(sql)?,
            sql,
            log: self.log.as_ref(),
        })
    }

    /// Runs a statement that returns no rows.
    pub(crate) fn execute_once(
        &self,
        sql: &'static str,
        parameters: &[&dyn ToSql],
    ) -> Result<(), Error> {
        self.prepare_statement(sql)?.execute(parameters)
    }

    /// Runs a statement that returns no rows. Returns the number of changed rows.
    pub(crate) fn execute_counted(
        &self,
        sql: &'static str,
        parameters: &[&dyn ToSql],
    ) -> Result<u64, Error> {
        self.execute_once(sql, parameters)?;
        Ok(self.connection.changes())
    }

    /// Reads the first row of a query, if there is one.
    pub(crate) fn query_first<T>(
        &self,
        sql: &'static str,
        parameters: &[&dyn ToSql],
        read: impl FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        self.prepare_statement(sql)?.query_first(parameters, read)
    }

    /// Reads all rows of a query.
    pub(crate) fn query_all<T>(
        &self,
        sql: &'static str,
        parameters: &[&dyn ToSql],
        read: impl FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        self.prepare_statement(sql)?.query_all(parameters, read)
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
pub(crate) struct PreparedStatement<'a> {
    statement: CachedStatement<'a>,
    sql: &'static str,
    log: Option<&'a StatementLog>,
}

impl PreparedStatement<'_> {
    pub(crate) fn execute(&mut self, parameters: &[&dyn ToSql]) -> Result<(), Error> {
        self.log_statement(parameters)?;
        self.statement.execute(parameters)?;
        Ok(())
    }

    pub(crate) fn query_first<T>(
        &mut self,
        parameters: &[&dyn ToSql],
        mut read: impl FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        self.log_statement(parameters)?;
        self.statement
            .query(parameters)?
            .next()?
            .map(&mut read)
            .transpose()
    }

    pub(crate) fn query_all<T>(
        &mut self,
        parameters: &[&dyn ToSql],
        mut read: impl FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        let mut found = Vec::new();
        self.for_each_row(parameters, |row| {
            found.push(read(row)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// Calls a function for each row.
    pub(crate) fn for_each_row(
        &mut self,
        parameters: &[&dyn ToSql],
        mut look: impl FnMut(&Row<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.log_statement(parameters)?;
        let mut rows = self.statement.query(parameters)?;
        while let Some(row) = rows.next()? {
            look(row)?;
        }
        Ok(())
    }

    fn log_statement(&self, parameters: &[&dyn ToSql]) -> Result<(), Error> {
        match self.log {
            None => Ok(()),
            Some(log) => log.add_statement(self.sql, parameters),
        }
    }
}

/// Log of all statements that a store's writers send to SQLite, for benchmarks that replay them.
#[derive(Debug, Clone, Default)]
pub struct StatementLog(Arc<Mutex<Vec<RecordedStatement>>>);

/// Recorded statement.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedStatement {
    /// SQL text with numbered parameters. It can also begin or end a transaction.
    pub sql: &'static str,
    /// Values of the parameters, starting with `?1`.
    pub parameters: Vec<Value>,
}

impl StatementLog {
    /// Removes and returns the statements recorded since the last call.
    pub fn drain_statements(&self) -> Vec<RecordedStatement> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn add_statement(&self, sql: &'static str, parameters: &[&dyn ToSql]) -> Result<(), Error> {
        let parameters = parameters
            .iter()
            .map(|value| to_owned_value(value.to_sql()?))
            .collect::<Result<_, _>>()?;
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(RecordedStatement { sql, parameters });
        Ok(())
    }
}

fn to_owned_value(value: ToSqlOutput<'_>) -> rusqlite::Result<Value> {
    match value {
        ToSqlOutput::Owned(value) => Ok(value),
        ToSqlOutput::Borrowed(value) => Value::try_from(value)
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into())),
        _ => Err(rusqlite::Error::ToSqlConversionFailure(
            "unsupported parameter type".into(),
        )),
    }
}
