//! Application state that all handlers share.

use std::ops::Deref;
use std::sync::Arc;

use accolade::Engine;
use axum::http::request::Parts;
use serde::Serialize;
use tokio::sync::watch;

use crate::Settings;
use crate::admin::AdminState;
use crate::auth::AuthState;
use crate::jobs::JobRegistry;
use crate::live::LiveFeed;
use crate::metrics::Metrics;
use crate::models::PictureUrls;
use crate::pages::ShareImages;
use crate::templates::TemplateSet;

/// Callback of the host's login that returns the player id of a request.
pub(crate) type IdentifyPlayer = dyn Fn(&Parts) -> Option<String> + Send + Sync;

/// Application state that is shared by all handlers.
#[derive(Clone)]
pub(crate) struct AppState(Arc<SharedState>);

impl From<SharedState> for AppState {
    fn from(state: SharedState) -> Self {
        Self(Arc::new(state))
    }
}

pub(crate) struct SharedState {
    pub(crate) engine: Engine,
    pub(crate) settings: Settings,
    pub(crate) templates: TemplateSet,
    pub(crate) auth: AuthState,
    pub(crate) live: LiveFeed,
    pub(crate) jobs: JobRegistry,
    pub(crate) metrics: Metrics,
    /// Login of the host application, if it has one.
    pub(crate) identify: Option<Box<IdentifyPlayer>>,
    /// Images for shared links.
    pub(crate) share_images: ShareImages,
    /// Caches of the administration pages.
    pub(crate) admin: AdminState,
    /// Version of the style sheets and scripts, for cache busting.
    pub(crate) asset_version: String,
    pub(crate) shutdown: watch::Sender<bool>,
}

/// Template context that is common to all pages.
#[derive(Serialize)]
pub(crate) struct CommonContext<'a> {
    /// Path prefix of all URLs.
    base: &'a str,
    /// Name of the community.
    title: String,
    /// Version of the style sheets and scripts, for cache busting.
    version: &'a str,
}

impl Deref for AppState {
    type Target = SharedState;

    fn deref(&self) -> &SharedState {
        &self.0
    }
}

impl SharedState {
    /// Returns the path prefix of all URLs: empty, or for example `/game`.
    pub(crate) fn path_prefix(&self) -> &str {
        &self.settings.server.prefix
    }

    /// Returns the external URL without a trailing slash.
    pub(crate) fn external_url(&self) -> String {
        let server = &self.settings.server;
        // `public_url` has no path: the prefix is a setting of its own.
        match server.public_url.trim_end_matches('/') {
            "" => format!("http://{}{}", server.reachable_address(), server.prefix),
            url => format!("{url}{}", server.prefix),
        }
    }

    /// Returns the name of the community: the setting, otherwise the name of the published catalog.
    pub(crate) fn site_title(&self) -> String {
        const NAMELESS: &str = "Accolade";
        if !self.settings.pages.title.is_empty() {
            return self.settings.pages.title.clone();
        }
        // Read for each page, because the next publication can change it.
        let catalog = self.engine.catalog().published();
        let name = catalog.document().name.as_ref();
        name.map_or_else(|| NAMELESS.to_owned(), |name| name.value.clone())
    }

    /// Returns a builder of the URLs of pictures in results.
    pub(crate) fn picture_urls(&self) -> PictureUrls {
        PictureUrls::new(self.external_url(), self.engine.catalog().published())
    }

    /// Builds the template context that is common to all pages.
    pub(crate) fn common_context(&self) -> CommonContext<'_> {
        CommonContext {
            base: self.path_prefix(),
            title: self.site_title(),
            version: &self.asset_version,
        }
    }

    /// Returns a receiver whose value becomes true when shutdown starts.
    pub(crate) fn shutdown_signal(&self) -> watch::Receiver<bool> {
        self.shutdown.subscribe()
    }
}
