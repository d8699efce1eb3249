//! Catalog drafts: the edited text with its publication options.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use accolade::{Catalog, Engine};
use accolade_core::catalog::CatalogFormat;
use accolade_core::catalog::diagnostic::Diagnostics;
use serde::Serialize;

use crate::admin::forms::FormData;
use crate::catalogs::{self, format_name};
use crate::problem::Problem;

/// Maximum number of stored drafts. The oldest are removed first.
// As many as there are remembered jobs, because each draft belongs to one.
const MAX_DRAFTS: usize = 50;

/// Edited catalog text with its publication options.
#[derive(Debug, Default, Clone, Serialize)]
pub(in crate::admin) struct CatalogDraft {
    pub(in crate::admin) text: String,
    /// `toml` or `json`.
    pub(in crate::admin) format: &'static str,
    /// True if publishing revokes awards that are no longer earned.
    pub(in crate::admin) revoke: bool,
}

impl CatalogDraft {
    /// Creates a draft from an existing catalog.
    pub(in crate::admin) fn from_catalog(catalog: &Catalog) -> Self {
        Self {
            text: catalog.source().to_owned(),
            format: format_name(catalog.format()),
            revoke: false,
        }
    }

    /// Reads a draft from a submitted form.
    pub(in crate::admin) fn from_form(posted: &FormData) -> Self {
        Self {
            text: posted.get_lines("text"),
            format: format_name(if posted.get("format") == "json" {
                CatalogFormat::Json
            } else {
                CatalogFormat::Toml
            }),
            revoke: posted.get("awards") == "revoke",
        }
    }

    /// Parses the catalog.
    pub(in crate::admin) async fn parse_catalog(
        &self,
        engine: &Engine,
    ) -> Result<Result<Catalog, Diagnostics>, Problem> {
        self.parse_catalog_with(engine, |catalog| catalog).await
    }

    /// Parses the catalog and passes it to `work` on the same blocking thread.
    pub(in crate::admin) async fn parse_catalog_with<T: Send + 'static>(
        &self,
        engine: &Engine,
        work: impl FnOnce(Catalog) -> T + Send + 'static,
    ) -> Result<Result<T, Diagnostics>, Problem> {
        let format = if self.format == "json" {
            CatalogFormat::Json
        } else {
            CatalogFormat::Toml
        };
        catalogs::parse_catalog(engine, self.text.clone(), format, |read| read.map(work)).await
    }
}

/// Drafts of previews, by job id. Like jobs, they are lost on restart.
#[derive(Default)]
pub(in crate::admin) struct CatalogDrafts(Mutex<VecDeque<(String, Arc<CatalogDraft>)>>);

impl CatalogDrafts {
    /// Stores the draft of a preview.
    pub(in crate::admin) fn insert(&self, job: &str, draft: CatalogDraft) {
        // A panic while the lock is held leaves the queue intact, so poisoning is ignored.
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_back((job.to_owned(), Arc::new(draft)));
        if kept.len() > MAX_DRAFTS {
            kept.pop_front();
        }
    }

    /// Finds the draft of a preview.
    pub(in crate::admin) fn get(&self, job: &str) -> Option<Arc<CatalogDraft>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter()
            .find(|(id, _)| id == job)
            .map(|(_, draft)| Arc::clone(draft))
    }
}
