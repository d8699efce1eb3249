//! Which database, and opening it with the right catalog.

use std::env;
use std::path::{Path, PathBuf};

use accolade::{Catalog, Engine, Error, SweepProgress};
use accolade_sqlite::SqliteStore;

use crate::args::Global;
use crate::catalog;
use crate::commands::apply;
use crate::failure::Failure;

/// The environment variable that names the database.
const VARIABLE: &str = "ACCOLADE_DB";
/// The database where nothing names one.
const DEFAULT: &str = "sqlite:accolade.db";

/// The database of a command, not yet opened.
#[derive(Debug, Clone)]
pub(crate) struct Database {
    /// Its URL.
    pub(crate) url: String,
    /// What named it: `--db`, `ACCOLADE_DB` or `default`.
    pub(crate) named_by: &'static str,
    /// The file of its URL.
    pub(crate) file: PathBuf,
    /// The catalog that was named, if one was.
    pub(crate) catalog: Option<PathBuf>,
}

impl Database {
    /// The database that the command line or the environment names.
    pub(crate) fn named(global: &Global) -> Result<Self, Failure> {
        if let Some(url) = &global.db {
            return Self::at(url, "--db", global);
        }
        match env::var(VARIABLE) {
            Ok(url) if !url.is_empty() => Self::at(&url, VARIABLE, global),
            Err(env::VarError::NotUnicode(_)) => {
                Err(Failure::new(format!("{VARIABLE} is no text in UTF-8")))
            }
            Ok(_) | Err(env::VarError::NotPresent) => Self::at(DEFAULT, "default", global),
        }
    }

    /// The database at a URL.
    pub(crate) fn at(url: &str, named_by: &'static str, global: &Global) -> Result<Self, Failure> {
        let file = match url.split_once(':') {
            Some(("sqlite", file)) if !file.is_empty() => PathBuf::from(file),
            Some(("postgres" | "postgresql", _)) => {
                return Err(Failure::new(
                    "this release keeps its data in SQLite; name a file, such as sqlite:accolade.db",
                ));
            }
            _ => {
                return Err(Failure::new(format!(
                    "`{url}` ({named_by}) names no database; write it as sqlite:PATH"
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

    /// Whether the file is there.
    pub(crate) fn exists(&self) -> bool {
        // SQLite's own URIs carry parameters; only SQLite can tell.
        self.file
            .to_str()
            .is_some_and(|file| file.starts_with("file:"))
            || self.file.exists()
    }

    /// The store. Creates the file if it is missing.
    pub(crate) fn store(&self) -> Result<SqliteStore, Failure> {
        SqliteStore::from_url(&self.url)
            .map_err(|error| Failure::new(error.to_string()).context(&self.url))
    }

    /// Opens it to look at what is there.
    pub(crate) fn to_read(&self) -> Result<Engine, Failure> {
        self.must_exist()?;
        let mut builder = Engine::builder(self.store()?).read_only();
        if let Some(path) = &self.catalog {
            builder = builder.catalog(catalog::read(path)?);
        }
        builder.open().map_err(|error| self.explain(error))
    }

    /// Opens it to look at everybody: who was not brought up to the catalog in force yet, is first, as far as this process
    /// can (S14).
    pub(crate) fn to_read_all(&self) -> Result<Engine, Failure> {
        let engine = self.to_read()?;
        if engine.read(SweepProgress::under_way).wait()?.is_none() {
            return Ok(engine);
        }
        let Ok(writing) = self.to_change() else {
            return Ok(engine);
        };
        apply::sweep(&writing)?;
        writing.close()?;
        Ok(engine)
    }

    /// Opens it, with its own catalog, to change what is there.
    pub(crate) fn to_change(&self) -> Result<Engine, Failure> {
        self.must_exist()?;
        self.to_write()
    }

    /// Refuses what needs a database that is there.
    fn must_exist(&self) -> Result<(), Failure> {
        if self.exists() {
            return Ok(());
        }
        let told = "there is no database yet; `accolade import` or `accolade record` makes one, --db names another";
        Err(Failure::new(told).context(&self.url))
    }

    /// Opens it to record in. An empty one takes the catalog that was named, else the one in the default file.
    pub(crate) fn to_write(&self) -> Result<Engine, Failure> {
        let named = match &self.catalog {
            Some(path) => Some(catalog::read(path)?),
            None if self.exists() => None,
            None => Some(self.default_catalog()?),
        };
        match (self.open_with(named), &self.catalog) {
            (Err(Error::NoCatalog(_)), None) => self
                .open_with(Some(self.default_catalog()?))
                .map_err(|error| self.explain(error)),
            (opened, _) => opened.map_err(|error| self.explain(error)),
        }
    }

    /// Opens it with a catalog, or with its own.
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
            "{} has no rules yet, and there is no {} here; `accolade init` writes one to start from, \
             --catalog names another",
            self.url,
            catalog::DEFAULT_FILE
        )))
    }

    fn explain(&self, error: Error) -> Failure {
        match (error, &self.catalog) {
            (Error::CatalogDiffers { differences, .. }, Some(path)) => Failure::new(format!(
                "{path} differs from the catalog in force in {}:{}\nleave --catalog out to use the one in force; \
                 `accolade plan {path}` shows what publishing this one would change, and `accolade apply {path}` does",
                self.url,
                differences
                    .iter()
                    .map(|line| format!("\n  {line}"))
                    .collect::<String>(),
                path = path.display(),
            )),
            (Error::NoCatalog(_), _) => Failure::new(format!(
                "{} is empty; `accolade import` or `accolade record` fills it",
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
            let told = format!("{:?}", Database::at(url, "--db", &global).unwrap_err());
            assert!(told.contains("sqlite:"), "{url}: {told}");
        }
    }
}
