//! Catalog pages: editor, validation, preview, publication and version history.

pub(super) mod difference;
mod draft;
pub(super) mod editor;
mod findings;
pub(super) mod history;
pub(super) mod preview;
pub(super) mod publish;
mod since;
mod summary;

pub(super) use draft::CatalogDrafts;

/// Body limit of forms that contain a catalog. URL encoding expands a byte to at most three.
pub(super) const FORM_BYTES: usize = 3 * accolade_core::limits::CATALOG_BYTES + 64 * 1024;
