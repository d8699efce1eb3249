//! Location of the database, and opening it with the correct catalog.

use std::env;
use std::path::{Path, PathBuf};

use accolade::{Catalog, Engine, Error};
use accolade_sqlite::SqliteStore;

use crate::args::GlobalArgs;
use crate::backfill;
use crate::catalog;
use crate::error::CommandError;

/// Environment variable that names the database.
const URL_VARIABLE: &str = "ACCOLADE_DB";
/// URL of the default database.
const DEFAULT_URL: &str = "sqlite:accolade.db";

/// Location of a command's database, before it is opened.
#[derive(Debug, Clone)]
pub(crate) struct Database {
    /// URL, such as `sqlite:accolade.db`.
    pub(crate) url: String,
    /// Source of the URL: `--db`, `ACCOLADE_DB` or `default`.
    pub(crate) url_source: &'static str,
    /// File that the URL names.
    pub(crate) file: PathBuf,
    /// Catalog file given by `--catalog`.
    pub(crate) catalog: Option<PathBuf>,
}

impl Database {
    /// Takes the URL from the command line, the environment or the default, in this order.
    pub(crate) fn from_args(global: &GlobalArgs) -> Result<Self, CommandError> {
        if let Some(url) = &global.db {
            return Self::from_url(url, "--db", global);
        }
        match env::var(URL_VARIABLE) {
            // Shells and service managers often set a variable to nothing instead of unsetting it.
            Ok(url) if !url.is_empty() => Self::from_url(&url, URL_VARIABLE, global),
            Err(env::VarError::NotUnicode(_)) => Err(CommandError::new(format!(
                "{URL_VARIABLE} is not valid UTF-8"
            ))),
            Ok(_) | Err(env::VarError::NotPresent) => {
                Self::from_url(DEFAULT_URL, "default", global)
            }
        }
    }

    /// Parses a database URL.
    pub(crate) fn from_url(
        url: &str,
        named_by: &'static str,
        global: &GlobalArgs,
    ) -> Result<Self, CommandError> {
        let file = match url.split_once(':') {
            Some(("sqlite", file)) if !file.is_empty() => PathBuf::from(file),
            // These URLs are valid elsewhere, so "not a valid database URL" would mislead.
            Some(("postgres" | "postgresql", _)) => {
                return Err(CommandError::new(
                    "PostgreSQL is not supported; name a SQLite file, such as sqlite:accolade.db",
                ));
            }
            _ => {
                return Err(CommandError::new(format!(
                    "`{url}` ({named_by}) is not a valid database URL; write it as sqlite:PATH"
                )));
            }
        };
        Ok(Self {
            url: url.to_owned(),
            url_source: named_by,
            file,
            catalog: global.catalog.clone(),
        })
    }

    /// True if the file exists.
    pub(crate) fn exists(&self) -> bool {
        self.is_uri() || self.file.exists()
    }

    /// True if the path is a `file:` URI. Its parameters can only be interpreted by SQLite.
    fn is_uri(&self) -> bool {
        self.file
            .to_str()
            .is_some_and(|file| file.starts_with("file:"))
    }

    /// True if the file exists and is not empty.
    pub(crate) fn has_content(&self) -> bool {
        // The length of a `file:` URI cannot be told here; opening it reports an error.
        self.is_uri() || self.file.metadata().is_ok_and(|file| file.len() > 0)
    }

    /// URL that neither creates nor migrates the database.
    pub(crate) fn read_only_url(&self) -> String {
        if self.is_uri() {
            return self.url.clone();
        }
        let path = self.file.display().to_string();
        let escaped = path
            .replace('%', "%25")
            .replace('?', "%3f")
            .replace('#', "%23");
        format!("sqlite:file:{escaped}?mode=ro")
    }

    /// Opens the store, and creates the file if it is missing.
    pub(crate) fn open_store(&self) -> Result<SqliteStore, CommandError> {
        SqliteStore::from_url(&self.url)
            .map_err(|error| CommandError::new(error.to_string()).with_context(&self.url))
    }

    /// Opens an existing database read-only.
    pub(crate) fn open_read_only(&self) -> Result<Engine, CommandError> {
        // SQLite would create the file.
        self.check_exists()?;
        // A command that reads must not run timers or a backfill, as an engine that is open for
        // writing does.
        let mut builder = Engine::builder(self.open_store()?).read_only();
        if let Some(path) = &self.catalog {
            builder = builder.catalog(catalog::load_catalog(path)?);
        }
        builder.open().map_err(|error| self.explain_error(error))
    }

    /// Opens an existing database read-only, after it finishes a backfill that is under way (S14).
    /// If the database cannot be written, the backfill stays unfinished.
    pub(crate) fn open_backfilled(&self) -> Result<Engine, CommandError> {
        let engine = self.open_read_only()?;
        if engine.catalog().backfill_progress().wait()?.is_none() {
            return Ok(engine);
        }
        // A file that cannot be written must still be readable.
        let Ok(writing) = self.open_existing() else {
            return Ok(engine);
        };
        backfill::run_backfill(&writing)?;
        // The reading engine sees the backfill, because each read takes the latest commit.
        writing.close()?;
        Ok(engine)
    }

    /// Returns the option that names the database in a suggested command, with a leading space. A
    /// database from the environment needs none.
    pub(crate) fn suggested_option(&self) -> String {
        match self.url_source {
            "--db" => format!(" --db {}", self.url),
            _ => String::new(),
        }
    }

    /// Opens an existing database for changes.
    pub(crate) fn open_existing(&self) -> Result<Engine, CommandError> {
        self.check_exists()?;
        self.open_or_create()
    }

    /// Returns an error if the database does not exist.
    fn check_exists(&self) -> Result<(), CommandError> {
        if self.exists() {
            return Ok(());
        }
        let message = "database not found; create it with `accolade import` or `accolade record`, \
             or name another one with --db";
        Err(CommandError::new(message).with_context(&self.url))
    }

    /// Opens a database for recording, and creates it if it is missing. An empty database takes the
    /// catalog given by `--catalog`, or else the one in the default file.
    pub(crate) fn open_or_create(&self) -> Result<Engine, CommandError> {
        let named = match &self.catalog {
            Some(path) => Some(catalog::load_catalog(path)?),
            // An existing database has its own catalog, so the default file is not read.
            None if self.exists() => None,
            None => Some(self.load_default_catalog()?),
        };
        // A file that exists can be empty all the same; then the default catalog is needed, too.
        match (self.open_with_catalog(named), &self.catalog) {
            (Err(Error::NoCatalog(_)), None) => self
                .open_with_catalog(Some(self.load_default_catalog()?))
                .map_err(|error| self.explain_error(error)),
            (opened, _) => opened.map_err(|error| self.explain_error(error)),
        }
    }

    /// Opens the database with the given catalog, or with its published one.
    fn open_with_catalog(&self, catalog: Option<Catalog>) -> Result<Engine, Error> {
        let mut builder = Engine::builder(SqliteStore::from_url(&self.url)?);
        if let Some(catalog) = catalog {
            builder = builder.catalog(catalog);
        }
        builder.open()
    }

    fn load_default_catalog(&self) -> Result<Catalog, CommandError> {
        let path = Path::new(catalog::DEFAULT_FILE);
        if path.exists() {
            return catalog::load_catalog(path);
        }
        Err(CommandError::new(format!(
            "{} has no catalog, and {} was not found; create one with `accolade init`, or name one \
             with --catalog",
            self.url,
            catalog::DEFAULT_FILE
        )))
    }

    fn explain_error(&self, error: Error) -> CommandError {
        match (error, &self.catalog) {
            (Error::CatalogDiffers { differences, .. }, Some(path)) => CommandError::new(format!(
                "{path} differs from the published catalog of {}:{}\nomit --catalog to use the \
                 published catalog; preview the change with `accolade plan {path}`, or publish it \
                 with `accolade publish {path}`",
                self.url,
                differences
                    .iter()
                    .map(|line| format!("\n  {line}"))
                    .collect::<String>(),
                path = path.display(),
            )),
            (Error::NoCatalog(_), _) => CommandError::new(format!(
                "{} is empty; record events with `accolade import` or `accolade record`",
                self.url
            )),
            (error @ Error::Store(_), _) => CommandError::from(error).with_context(&self.url),
            (error, _) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_name_sqlite_files_or_are_refused_with_a_fix() {
        let global = GlobalArgs {
            db: None,
            catalog: None,
            json: false,
        };
        for (url, file) in [
            ("sqlite:accolade.db", "accolade.db"),
            ("sqlite:/var/lib/a:b.db", "/var/lib/a:b.db"),
        ] {
            assert_eq!(
                Database::from_url(url, "--db", &global)
                    .map(|it| it.file)
                    .ok(),
                Some(PathBuf::from(file)),
                "{url}"
            );
        }
        for url in [
            "accolade.db",
            "sqlite:",
            "",
            "postgres://localhost/accolade",
            "mysql:x",
        ] {
            let error = format!(
                "{:?}",
                Database::from_url(url, "--db", &global).unwrap_err()
            );
            assert!(error.contains("sqlite:"), "{url}: {error}");
        }
    }
}
