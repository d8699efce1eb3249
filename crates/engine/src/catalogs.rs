//! The handle for the published catalog and its versions.

use std::sync::Arc;

use accolade_core::catalog::Catalog;

use crate::Engine;

/// The published catalog, its badges and its versions, with dry runs and publications of new ones:
/// see [`Engine::catalog`].
#[derive(Clone, Copy)]
pub struct Catalogs<'a> {
    pub(crate) engine: &'a Engine,
}

impl Engine {
    /// The published catalog and its versions: reading, planning and publishing.
    pub fn catalog(&self) -> Catalogs<'_> {
        Catalogs { engine: self }
    }
}

impl Catalogs<'_> {
    /// The published catalog, as far as this process knows.
    ///
    /// A catalog that another process published becomes visible with the next write through this
    /// engine.
    pub fn published(&self) -> Arc<Catalog> {
        Arc::clone(&self.engine.inner.catalogs.current_catalog().catalog)
    }

    /// The version of the published catalog, from 1.
    pub fn version(&self) -> i64 {
        self.engine.inner.catalogs.current_catalog().version
    }
}
