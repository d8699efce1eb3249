//! Publishing a catalog, in constant time whatever the number of players (S14).

use std::sync::Arc;

use accolade_core::catalog::Catalog;

use crate::catalog_cache::PublishedCatalog;
use crate::plan::{PlanProgress, PlanToken};
use crate::publication::{CatalogVersion, Publication, PublishOptions, publish_in_transaction};
use crate::store::StoreError;
use crate::writer::{WriterJob, WriterThread};
use crate::{Catalogs, Error, Ticket};

impl Catalogs<'_> {
    /// Publishes a catalog, which applies retroactively from then on.
    ///
    /// Publishing takes the same time for any number of players. A player is backfilled when they
    /// are next accessed, or by the backfill in the background; [`Catalogs::await_backfill`] waits
    /// for the latter.
    ///
    /// Awards and unlockables that the catalog no longer earns are grandfathered, unless
    /// [`revoke`](PublishOptions::revoke) is set. Points of earnings always follow the new catalog,
    /// by corrections in the ledger.
    ///
    /// # Errors
    /// The ticket fails with [`Error::PublishConflict`] if another catalog was published in the
    /// meantime, with [`Error::Plan`] if the effect is not the [planned](PublishOptions::plan) one,
    /// and with [`Error::Cancelled`]. Then nothing is published.
    ///
    /// ```
    /// use accolade::{Catalog, Engine, NewEvent, PublishOptions};
    ///
    /// let catalog = |target: u32| Catalog::from_toml(&format!(
    ///     "[[badge]]\nid = 'fan'\ncriterion = {{ count = 'visit', at_least = {target} }}"
    /// ));
    /// # let store = accolade_testing::MemoryStore::new();
    /// let engine = Engine::open(store, catalog(2)?)?;
    /// engine.record(NewEvent::new("ada", "visit")).wait()?;
    ///
    /// let published = engine.catalog().publish(catalog(1)?, PublishOptions::default()).wait()?;
    /// assert_eq!(published.version, 2);
    /// engine.catalog().await_backfill(|_| {}).wait()?;
    /// assert_eq!(engine.players().list_awards("ada").wait()?.len(), 1);
    /// # Ok::<(), accolade::Error>(())
    /// ```
    pub fn publish(
        &self,
        catalog: impl Into<Arc<Catalog>>,
        options: PublishOptions,
    ) -> Ticket<Publication> {
        self.publish_with_progress(catalog, options, |_| {})
    }

    /// Publishes a catalog and reports progress.
    ///
    /// Only a [planned](PublishOptions::plan) publication has progress: it compares every player
    /// with the plan first, and calls `progress` after each page of players. The count restarts
    /// when players who changed in the meantime are compared again.
    pub fn publish_with_progress(
        &self,
        catalog: impl Into<Arc<Catalog>>,
        mut options: PublishOptions,
        mut progress: impl FnMut(PlanProgress) + Send + 'static,
    ) -> Ticket<Publication> {
        let catalog = catalog.into();
        let planned = options.plan.clone();
        // The version is fixed here, not on the writer thread: the caller decided on what it knows.
        let known_version = || {
            planned
                .as_ref()
                .map_or_else(|| self.engine.catalog().version(), PlanToken::version)
        };
        options.expected_version = Some(options.expected_version.unwrap_or_else(known_version));
        options.actor = self.engine.actor.clone();
        match planned {
            None => self.engine.enqueue_job(|reply| WriterJob::Publish {
                catalog,
                options,
                reply,
            }),
            Some(token) => self
                .engine
                .run_in_background("accolade-publish", move |engine| {
                    engine.publish_planned(catalog, options, token, &mut progress)
                }),
        }
    }

    /// Lists all published versions of the catalog, oldest first.
    pub fn list_versions(&self) -> Ticket<Vec<CatalogVersion>> {
        self.engine.inner.readers.run_query(|reader| {
            let versions: Result<_, StoreError> = reader
                .list_catalogs()?
                .into_iter()
                .map(CatalogVersion::from_row)
                .collect();
            Ok(versions?)
        })
    }

    /// Loads the catalog of a version, to inspect it or publish it again.
    ///
    /// # Errors
    /// The ticket fails with [`Error::UnknownCatalogVersion`] if the version does not exist, and
    /// with [`Error::MissingCode`] if one of its code badges is not registered.
    pub fn load_version(&self, version: i64) -> Ticket<Catalog> {
        let code_badges = self.engine.inner.catalogs.code_badges().to_vec();
        self.engine.inner.readers.run_query(move |reader| {
            let row = reader
                .find_catalog(version)?
                .ok_or(Error::UnknownCatalogVersion(version))?;
            let loaded = PublishedCatalog::compile_row(&row, &code_badges)?;
            // Published with placeholders, the catalog would not be the same.
            loaded.require_code()?;
            let format = loaded.catalog.format();
            Ok(Catalog::new(
                &row.source,
                &format!("version {version}"),
                format,
                loaded.catalog.code_badges().to_vec(),
            )?)
        })
    }
}

impl WriterThread {
    pub(crate) fn publish_catalog(
        &mut self,
        catalog: &Catalog,
        how: &PublishOptions,
    ) -> Result<Publication, Error> {
        // The request may have been cancelled while it waited in the queue.
        how.cancellation_token().check_cancelled()?;
        let now = self.now();
        let catalogs = Arc::clone(&self.catalogs);
        let (published, newer) =
            self.run_transaction(|tx, _| publish_in_transaction(tx, &catalogs, catalog, how, now))?;
        self.adopt_publication(newer);
        Ok(published)
    }

    /// Switches to a catalog that was just published and starts its backfill.
    pub(crate) fn adopt_publication(&mut self, newer: Option<PublishedCatalog>) {
        if let Some(newer) = newer {
            self.catalogs.set_current(Arc::new(newer));
            self.schedule.request_backfill();
        }
    }
}
