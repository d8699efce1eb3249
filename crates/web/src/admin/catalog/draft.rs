//! A catalog that is being written, on its way through the pages.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use accolade::Catalog;
use accolade_core::catalog::Format;
use accolade_core::catalog::diagnostic::Diagnostics;
use serde::Serialize;

use crate::admin::forms::Posted;
use crate::catalogs::{self, word};
use crate::problem::Problem;
use crate::site::App;

/// Previews whose catalogs are kept; the oldest go first.
const KEPT: usize = 50;

/// A catalog as it was typed, and how it is to be published.
#[derive(Debug, Default, Clone, Serialize)]
pub(in crate::admin) struct Draft {
    pub(in crate::admin) text: String,
    /// `toml` or `json`.
    pub(in crate::admin) format: &'static str,
    /// Whether awards that it does not earn are taken back.
    pub(in crate::admin) revoke: bool,
}

impl Draft {
    /// A catalog that is there already.
    pub(in crate::admin) fn of(catalog: &Catalog) -> Self {
        Self {
            text: catalog.source().to_owned(),
            format: word(catalog.format()),
            revoke: false,
        }
    }

    /// What was typed.
    pub(in crate::admin) fn posted(posted: &Posted) -> Self {
        Self {
            text: posted.lines("text"),
            format: word(if posted.get("format") == "json" {
                Format::Json
            } else {
                Format::Toml
            }),
            revoke: posted.get("awards") == "revoke",
        }
    }

    /// The catalog, or what is wrong with it.
    pub(in crate::admin) async fn read(
        &self,
        app: &App,
    ) -> Result<Result<Catalog, Diagnostics>, Problem> {
        self.read_with(app, |catalog| catalog).await
    }

    /// What some work makes of the catalog, or what is wrong with it.
    pub(in crate::admin) async fn read_with<T: Send + 'static>(
        &self,
        app: &App,
        work: impl FnOnce(Catalog) -> T + Send + 'static,
    ) -> Result<Result<T, Diagnostics>, Problem> {
        let format = if self.format == "json" {
            Format::Json
        } else {
            Format::Toml
        };
        catalogs::read(app, self.text.clone(), format, |read| read.map(work)).await
    }
}

/// The catalogs of previews, by the id of their work. A restart forgets them with it.
#[derive(Default)]
pub(in crate::admin) struct Drafts(Mutex<VecDeque<(String, Arc<Draft>)>>);

impl Drafts {
    /// Keeps the catalog of a preview.
    pub(in crate::admin) fn keep(&self, job: &str, draft: Draft) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_back((job.to_owned(), Arc::new(draft)));
        if kept.len() > KEPT {
            kept.pop_front();
        }
    }

    /// The catalog of a preview.
    pub(in crate::admin) fn get(&self, job: &str) -> Option<Arc<Draft>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter()
            .find(|(id, _)| id == job)
            .map(|(_, draft)| Arc::clone(draft))
    }
}
