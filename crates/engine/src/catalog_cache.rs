//! Compiled catalogs: the published one, and earlier versions for players whose backfill is pending
//! (S14).

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use accolade_core::catalog::{Catalog, CatalogFormat, RetiredRules};
use accolade_core::code::CodeBadge;
use accolade_core::time::Timestamp;

use crate::event_names::UnheardNameCache;
use crate::store::{CatalogRow, ReadStore, StoreError};
use crate::stored_code_badge::StoredCodeBadge;
use crate::{Error, registry};

/// A published version of the catalog, current or earlier.
pub(crate) struct PublishedCatalog {
    pub(crate) version: i64,
    pub(crate) catalog: Arc<Catalog>,
    /// Instant of publication.
    pub(crate) published_at: Timestamp,
    /// True if the publication revoked awards that the catalog no longer earns.
    pub(crate) revoke: bool,
    /// Labels of code badges that this process lacks. Without them, nothing can be folded.
    pub(crate) missing_code: Vec<String>,
    /// Suggestions for event names that no rule listens to.
    pub(crate) unheard_names: UnheardNameCache,
}

impl PublishedCatalog {
    /// Compiles a version with the given code badges, and with placeholders for those it lacks.
    pub(crate) fn compile_row(row: &CatalogRow, code_badges: &[CodeBadge]) -> Result<Self, Error> {
        let wanted = StoredCodeBadge::parse_row(row)?;
        let mut used: Vec<CodeBadge> = code_badges
            .iter()
            .filter(|badge| wanted.iter().any(|code| code.matches_badge(badge)))
            .cloned()
            .collect();
        let lacking: Vec<StoredCodeBadge> = wanted
            .into_iter()
            .filter(|code| !used.iter().any(|badge| code.matches_badge(badge)))
            .collect();
        let missing_code = lacking.iter().map(StoredCodeBadge::display_label).collect();
        // Placeholders keep ids and tiers, so that awards of these badges stay readable.
        used.extend(lacking.into_iter().map(StoredCodeBadge::into_placeholder));
        let retired = parse_retired(row)?;
        let catalog = Catalog::with_retired(
            &row.source,
            "the published catalog",
            parse_format(&row.format),
            used,
            &retired,
        )?;
        Ok(Self {
            version: row.version,
            catalog: Arc::new(catalog),
            published_at: row.published_at,
            revoke: row.revoke,
            missing_code,
            unheard_names: UnheardNameCache::default(),
        })
    }

    /// Fails if a code badge is missing.
    pub(crate) fn require_code(&self) -> Result<(), Error> {
        if self.missing_code.is_empty() {
            Ok(())
        } else {
            Err(Error::MissingCode(self.missing_code.clone()))
        }
    }
}

/// Parses the retired rules of a version.
pub(crate) fn parse_retired(row: &CatalogRow) -> Result<RetiredRules, StoreError> {
    serde_json::from_str(&row.retired).map_err(|error| {
        StoreError::Damaged(format!(
            "retired rules of catalog version {}: {error}",
            row.version
        ))
    })
}

pub(crate) fn format_name(format: CatalogFormat) -> &'static str {
    match format {
        CatalogFormat::Toml => "toml",
        CatalogFormat::Json => "json",
    }
}

pub(crate) fn parse_format(word: &str) -> CatalogFormat {
    if word == "json" {
        CatalogFormat::Json
    } else {
        CatalogFormat::Toml
    }
}

/// Cache of compiled catalogs of a database.
pub(crate) struct CatalogCache {
    code_badges: Vec<CodeBadge>,
    current: RwLock<Arc<PublishedCatalog>>,
    earlier: Mutex<BTreeMap<i64, Arc<PublishedCatalog>>>,
}

impl CatalogCache {
    /// Creates the cache with the published catalog. Empty `code_badges` mean the collected ones.
    pub(crate) fn new(current: PublishedCatalog, code_badges: Vec<CodeBadge>) -> Self {
        let code_badges = if code_badges.is_empty() {
            registry::collect_badges()
        } else {
            code_badges
        };
        Self {
            code_badges,
            current: RwLock::new(Arc::new(current)),
            earlier: Mutex::default(),
        }
    }

    /// The code badges of this process.
    pub(crate) fn code_badges(&self) -> &[CodeBadge] {
        &self.code_badges
    }

    /// The published catalog, as far as this process knows.
    pub(crate) fn current_catalog(&self) -> Arc<PublishedCatalog> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Loads the published catalog, which another process may have changed.
    pub(crate) fn load_current<R: ReadStore + ?Sized>(
        &self,
        store: &mut R,
    ) -> Result<Arc<PublishedCatalog>, StoreError> {
        let current = self.current_catalog();
        match store.catalog_version()? {
            version if version > current.version => {
                let newer = self.load_version(store, version)?;
                self.set_current(Arc::clone(&newer));
                Ok(newer)
            }
            _ => Ok(current),
        }
    }

    /// Loads a version of the catalog.
    pub(crate) fn load_version<R: ReadStore + ?Sized>(
        &self,
        store: &mut R,
        version: i64,
    ) -> Result<Arc<PublishedCatalog>, StoreError> {
        let current = self.current_catalog();
        if current.version == version {
            return Ok(current);
        }
        if let Some(known) = self
            .earlier
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&version)
        {
            return Ok(Arc::clone(known));
        }
        // Compiled without holding the lock, because it takes long. Two threads may compile the
        // same version; the result is the same.
        let row = store
            .find_catalog(version)?
            .ok_or_else(|| StoreError::Damaged(format!("catalog version {version} not found")))?;
        let loaded = PublishedCatalog::compile_row(&row, &self.code_badges)
            .map_err(|error| StoreError::Other(error.to_string()))?;
        let loaded = Arc::new(loaded);
        self.earlier
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(version, Arc::clone(&loaded));
        Ok(loaded)
    }

    /// Replaces the current catalog after a publication.
    pub(crate) fn set_current(&self, newer: Arc<PublishedCatalog>) {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        // Reader threads race with the writer thread here; an older version must not win.
        if newer.version > current.version {
            let before = std::mem::replace(&mut *current, newer);
            self.earlier
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(before.version, before);
        }
    }
}
