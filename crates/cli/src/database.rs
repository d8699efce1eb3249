//! Location of the database, and opening it with the correct catalog.

use std::env;
use std::path::{Path, PathBuf};

use accolade::{Catalog, Engine, Error, SweepProgress};
use accolade_sqlite::SqliteStore;

use crate::args::Global;
use crate::catalog;
use crate::commands::publish;
use crate::failure::Failure;

/// Environment variable that names the database.
const VARIABLE: &str = "ACCOLADE_DB";
/// URL of the default database.
const DEFAULT: &str = "sqlite:accolade.db";

/// Location of a command's database, before it is opened.
#[derive(Debug, Clone)]
pub(crate) struct Database {
    /// URL, such as `sqlite:accolade.db`.
    pub(crate) url: String,
    /// Source of the URL: `--db`, `ACCOLADE_DB` or `default`.
    pub(crate) named_by: &'static str,
    /// File that the URL names.
    pub(crate) file: PathBuf,
    /// Catalog file given by `--catalog`.
    pub(crate) catalog: Option<PathBuf>,
}

impl Database {
    /// Takes the URL from the command line, the environment or the default, in this order.
    pub(crate) fn named(global: &Global) -> Result<Self, Failure> {
        if let Some(url) = &global.db {
            return Self::at(url, "--db", global);
        }
        match env::var(VARIABLE) {
            // Shells and service managers often set a variable to nothing instead of unsetting it.
            Ok(url) if !url.is_empty() => Self::at(&url, VARIABLE, global),
            Err(env::VarError::NotUnicode(_)) => {
                Err(Failure::new(format!("{VARIABLE} is not valid UTF-8")))
            }
            Ok(_) | Err(env::VarError::NotPresent) => Self::at(DEFAULT, "default", global),
        }
    }

    /// Parses a database URL.
    pub(crate) fn at(url: &str, named_by: &'static str, global: &Global) -> Result<Self, Failure> {
        let file = match url.split_once(':') {
            Some(("sqlite", file)) if !file.is_empty() => PathBuf::from(file),
            Some(("postgres" | "postgresql", _)) => {
                return Err(Failure::new(
                    "PostgreSQL is not supported; name a SQLite file, such as sqlite:accolade.db",
                ));
            }
            _ => {
                return Err(Failure::new(format!(
                    "`{url}` ({named_by}) is not a valid database URL; write it as sqlite:PATH"
                )));
            }
        };
        Ok(Self {
            url: url.to_owned(),
            named_by,
            file,
            catalog: global.catalog.clone(),
        })
    }

    /// True if the file exists.
    pub(crate) fn exists(&self) -> bool {
        // The path within a `file:` URI carries parameters, which only SQLite can interpret.
        self.file
            .to_str()
            .is_some_and(|file| file.starts_with("file:"))
            || self.file.exists()
    }

    /// Opens the store, and creates the file if it is missing.
    pub(crate) fn store(&self) -> Result<SqliteStore, Failure> {
        SqliteStore::from_url(&self.url)
            .map_err(|error| Failure::new(error.to_string()).context(&self.url))
    }

    /// Opens an existing database read-only.
    pub(crate) fn to_read(&self) -> Result<Engine, Failure> {
        self.must_exist()?;
        let mut builder = Engine::builder(self.store()?).read_only();
        if let Some(path) = &self.catalog {
            builder = builder.catalog(catalog::read(path)?);
        }
        builder.open().map_err(|error| self.explain(error))
    }

    /// Opens an existing database read-only, after it finishes a backfill that is under way (S14).
    /// If the database cannot be written, the backfill stays unfinished.
    pub(crate) fn to_read_all(&self) -> Result<Engine, Failure> {
        let engine = self.to_read()?;
        if engine.read(SweepProgress::under_way).wait()?.is_none() {
            return Ok(engine);
        }
        // A file that cannot be written must still be readable.
        let Ok(writing) = self.to_change() else {
            return Ok(engine);
        };
        publish::sweep(&writing)?;
        writing.close()?;
        Ok(engine)
    }

    /// Opens an existing database for changes.
    pub(crate) fn to_change(&self) -> Result<Engine, Failure> {
        self.must_exist()?;
        self.to_write()
    }

    /// Returns an error if the database does not exist.
    fn must_exist(&self) -> Result<(), Failure> {
        if self.exists() {
            return Ok(());
        }
        let message = "database not found; create it with `accolade import` or `accolade record`, \
             or name another one with --db";
        Err(Failure::new(message).context(&self.url))
    }

    /// Opens a database for recording, and creates it if it is missing. An empty database takes the
    /// catalog given by `--catalog`, or else the one in the default file.
    pub(crate) fn to_write(&self) -> Result<Engine, Failure> {
        let named = match &self.catalog {
            Some(path) => Some(catalog::read(path)?),
            // An existing database has its own catalog, so the default file is not read.
            None if self.exists() => None,
            None => Some(self.default_catalog()?),
        };
        // A file that exists can be empty all the same; then the default catalog is needed, too.
        match (self.open_with(named), &self.catalog) {
            (Err(Error::NoCatalog(_)), None) => self
                .open_with(Some(self.default_catalog()?))
                .map_err(|error| self.explain(error)),
            (opened, _) => opened.map_err(|error| self.explain(error)),
        }
    }

    /// Opens the database with the given catalog, or with its published one.
    fn open_with(&self, catalog: Option<Catalog>) -> Result<Engine, Error> {
        let mut builder = Engine::builder(SqliteStore::from_url(&self.url)?);
        if let Some(catalog) = catalog {
            builder = builder.catalog(catalog);
        }
        builder.open()
    }

    fn default_catalog(&self) -> Result<Catalog, Failure> {
        let path = Path::new(catalog::DEFAULT_FILE);
        if path.exists() {
            return catalog::read(path);
        }
        Err(Failure::new(format!(
            "{} has no catalog, and {} was not found; create one with `accolade init`, or name one \
             with --catalog",
            self.url,
            catalog::DEFAULT_FILE
        )))
    }

    fn explain(&self, error: Error) -> Failure {
        match (error, &self.catalog) {
            (Error::CatalogDiffers { differences, .. }, Some(path)) => Failure::new(format!(
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
            (Error::NoCatalog(_), _) => Failure::new(format!(
                "{} is empty; record events with `accolade import` or `accolade record`",
                self.url
            )),
            (error @ Error::Store(_), _) => Failure::from(error).context(&self.url),
            (error, _) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_name_sqlite_files_or_are_refused_with_the_mend() {
        let global = Global {
            db: None,
            catalog: None,
            json: false,
        };
        for (url, file) in [
            ("sqlite:accolade.db", "accolade.db"),
            ("sqlite:/var/lib/a:b.db", "/var/lib/a:b.db"),
        ] {
            assert_eq!(
                Database::at(url, "--db", &global).map(|it| it.file).ok(),
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
            let error = format!("{:?}", Database::at(url, "--db", &global).unwrap_err());
            assert!(error.contains("sqlite:"), "{url}: {error}");
        }
    }
}
