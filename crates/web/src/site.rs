//! The service as a host application uses it: engine, settings and routers.

use std::ops::Deref;
use std::sync::Arc;

use accolade::{Engine, Error};
use axum::Router;
use axum::http::request::Parts;
use serde::Serialize;
use tokio::sync::watch;

use crate::auth::Guard;
use crate::jobs::Jobs;
use crate::live::Live;
use crate::metrics::Metrics;
use crate::templates::Templates;
use crate::{Settings, admin, api, assets, layers, pages};

/// Accolade over HTTP: API, player pages and administration on one engine.
///
/// ```
/// use accolade::{Catalog, Engine, memory::MemoryStore};
/// use accolade_web::{Settings, Site};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let engine = Engine::open(MemoryStore::new(), Catalog::from_toml("")?)?;
/// let mut settings = Settings::default();
/// settings.server.prefix = "/game".to_owned();
/// // The host's own login identifies the player.
/// let site = Site::builder(engine).settings(settings).player(|request| {
///     request.headers.get("x-user").and_then(|user| user.to_str().ok()).map(str::to_owned)
/// });
/// let site = site.build().await?;
/// let app: axum::Router = axum::Router::new().nest_service("/game", site.router());
/// # Ok::<(), accolade::Error>(()) }).unwrap();
/// ```
#[derive(Clone)]
pub struct Site {
    app: App,
}

/// Builder of a [`Site`], created by [`Site::builder`].
pub struct Builder {
    engine: Engine,
    settings: Settings,
    player: Option<Box<Identify>>,
}

/// Callback of the host's login that returns the player id of a request.
pub(crate) type Identify = dyn Fn(&Parts) -> Option<String> + Send + Sync;

/// Application state that is shared by all handlers.
#[derive(Clone)]
pub(crate) struct App(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) engine: Engine,
    pub(crate) settings: Settings,
    pub(crate) templates: Templates,
    pub(crate) guard: Guard,
    pub(crate) live: Live,
    pub(crate) jobs: Jobs,
    pub(crate) metrics: Metrics,
    /// Login of the host application, if it has one.
    pub(crate) identify: Option<Box<Identify>>,
    /// Caches of the administration pages.
    pub(crate) desk: admin::Desk,
    /// Version of the style sheets and scripts, for cache busting.
    pub(crate) assets: String,
    stop: watch::Sender<bool>,
}

/// Template context that is common to all pages.
#[derive(Serialize)]
pub(crate) struct Common<'a> {
    /// Path prefix of all URLs.
    base: &'a str,
    /// Name of the community.
    title: &'a str,
    /// Version of the style sheets and scripts, for cache busting.
    version: &'a str,
}

impl Deref for App {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Inner {
    /// Returns the path prefix of all URLs: empty, or for example `/game`.
    pub(crate) fn base(&self) -> &str {
        &self.settings.server.prefix
    }

    /// Returns the external URL without a trailing slash.
    pub(crate) fn url(&self) -> String {
        let server = &self.settings.server;
        match server.public_url.trim_end_matches('/') {
            "" => format!("http://{}{}", server.listen, server.prefix),
            url => format!("{url}{}", server.prefix),
        }
    }

    /// Builds the template context that is common to all pages.
    pub(crate) fn common(&self) -> Common<'_> {
        Common {
            base: self.base(),
            title: &self.settings.pages.title,
            version: &self.assets,
        }
    }

    /// Returns a receiver whose value becomes true when shutdown starts.
    pub(crate) fn stopping(&self) -> watch::Receiver<bool> {
        self.stop.subscribe()
    }
}

impl Site {
    /// Creates a builder for a site on `engine`, with the default settings.
    pub fn builder(engine: Engine) -> Builder {
        Builder {
            engine,
            settings: Settings::default(),
            player: None,
        }
    }

    /// Builds the complete router: API, pages, administration, health and metrics.
    ///
    /// If `server.prefix` is set, mount it with `nest_service` under that prefix. `nest` would not
    /// match the prefix with a trailing slash.
    pub fn router(&self) -> Router {
        let app = &self.app;
        let all = api::router(app)
            .merge(pages::router(app))
            .merge(admin::router(app))
            .merge(Self::common());
        layers::around(all, app).with_state(app.clone())
    }

    /// Builds a router with only the JSON API, its documentation, health and metrics.
    pub fn api(&self) -> Router {
        layers::around(api::router(&self.app), &self.app).with_state(self.app.clone())
    }

    /// Builds a router with only the player pages and their assets.
    pub fn pages(&self) -> Router {
        layers::around(pages::router(&self.app).merge(Self::common()), &self.app)
            .with_state(self.app.clone())
    }

    /// Builds a router with only the administration and its assets.
    pub fn admin(&self) -> Router {
        layers::around(admin::router(&self.app).merge(Self::common()), &self.app)
            .with_state(self.app.clone())
    }

    /// Returns the settings that the site was built with.
    pub fn settings(&self) -> &Settings {
        &self.app.settings
    }

    /// Creates a one-time link for the first administrator's account.
    ///
    /// Returns `None` if an administrator exists. Each call invalidates the links of earlier calls.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    pub async fn first_administrator_link(&self) -> Result<Option<String>, Error> {
        let Some(token) = self.app.guard.invite_first(&self.app.engine).await? else {
            return Ok(None);
        };
        Ok(Some(format!(
            "{}/admin/welcome?invitation={token}",
            self.url()
        )))
    }

    /// Creates a one-time link for another administrator's account. `by` is the inviting actor.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    pub async fn invitation_link(&self, by: &str) -> Result<String, Error> {
        let token = crate::auth::invitations::invite_another(&self.app, by).await?;
        Ok(format!("{}/admin/welcome?invitation={token}", self.url()))
    }

    /// Issues a token that lets a browser read this player's data, and nothing else, for `seconds`.
    pub fn player_token(&self, player: &str, seconds: u64) -> String {
        self.app
            .guard
            .tokens
            .issue(player, seconds, self.app.engine.now())
    }

    /// Returns the external URL without a trailing slash.
    pub fn url(&self) -> String {
        self.app.url()
    }

    /// Starts a graceful shutdown: closes live streams and lets in-flight requests complete.
    pub fn stop(&self) {
        self.app.stop.send_replace(true);
    }

    /// Returns the state that handlers share.
    pub(crate) fn app(&self) -> &App {
        &self.app
    }

    fn common() -> Router<App> {
        Router::new().route("/assets/{name}", axum::routing::get(assets::get))
    }
}

impl Builder {
    /// Replaces the default settings.
    #[must_use]
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// Identifies the player of a request by the host's own login.
    ///
    /// The callback returns the player's id, or `None` for an anonymous visitor.
    #[must_use]
    pub fn player(
        mut self,
        identify: impl Fn(&Parts) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.player = Some(Box::new(identify));
        self
    }

    /// Builds the site and spawns its background tasks on the current Tokio runtime.
    ///
    /// The tasks feed live streams and record when API keys were last used.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    pub async fn build(self) -> Result<Site, Error> {
        let Self {
            engine,
            settings,
            player,
        } = self;
        let (stop, _) = watch::channel(false);
        // `engine` and `settings` come last, because the other fields borrow them.
        let inner = Inner {
            templates: Templates::new(&settings.pages.templates),
            guard: Guard::new(&engine, &settings).await?,
            live: Live::new(&settings),
            jobs: Jobs::new(settings.limits.jobs),
            metrics: Metrics::new(),
            identify: player,
            desk: admin::Desk::default(),
            assets: assets::version(),
            stop,
            engine,
            settings,
        };
        let app = App(Arc::new(inner));
        // Started before the site can serve requests, so that streams miss no outcome.
        crate::live::follow(&app).await?;
        crate::auth::keys::note_uses(&app);
        Ok(Site { app })
    }
}
