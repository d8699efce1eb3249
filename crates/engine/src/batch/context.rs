//! Context of a batch.

use std::sync::Arc;

use accolade_core::time::Timestamp;

use crate::catalog_cache::{CatalogCache, PublishedCatalog};

/// The catalogs, clock and limits that a batch works with.
pub(crate) struct BatchContext<'a> {
    pub(crate) catalogs: &'a CatalogCache,
    pub(crate) published: Arc<PublishedCatalog>,
    pub(crate) now: Timestamp,
    /// Maximum distance of an event into the future of `now`, in microseconds.
    pub(crate) max_ahead_micros: i64,
    /// Minimum number of events between two checkpoints.
    pub(crate) checkpoint_every: u64,
}
