//! Shared state of the administration pages.

use super::activity_charts::ChartCache;
use super::catalog::CatalogDrafts;

/// In-memory state of the administration pages, shared by all requests.
#[derive(Default)]
pub(crate) struct AdminState {
    pub(super) charts: ChartCache,
    pub(super) drafts: CatalogDrafts,
}
