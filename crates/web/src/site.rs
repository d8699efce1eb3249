//! The service as a host holds it: an engine, settings, and the routers made of them.

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

/// Accolade over HTTP: API, pages for players, and administration, on one engine.
///
/// ```
/// use accolade::{Catalog, Engine, memory::MemoryStore};
/// use accolade_web::{Settings, Site};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let engine = Engine::open(MemoryStore::new(), Catalog::from_toml("")?)?;
/// let mut settings = Settings::default();
/// settings.server.prefix = "/game".to_owned();
/// // The host's own login decides who looks.
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

/// How a site is made.
pub struct Builder {
    engine: Engine,
    settings: Settings,
    player: Option<Box<Identify>>,
}

/// Says who a request is from, by the host's own login.
pub(crate) type Identify = dyn Fn(&Parts) -> Option<String> + Send + Sync;

/// What every handler works with.
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
    /// The host's own login.
    pub(crate) identify: Option<Box<Identify>>,
    /// What the administration's pages keep in mind.
    pub(crate) desk: admin::Desk,
    /// Differs when style sheets or scripts do.
    pub(crate) assets: String,
    stop: watch::Sender<bool>,
}

/// What every page is told.
#[derive(Serialize)]
pub(crate) struct Common<'a> {
    /// What every address begins with.
    base: &'a str,
    /// What the community is called.
    title: &'a str,
    /// Differs when style sheets or scripts do.
    version: &'a str,
}

impl Deref for App {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Inner {
    /// What every address begins with: empty, or such as `/game`.
    pub(crate) fn base(&self) -> &str {
        &self.settings.server.prefix
    }

    /// The address under which browsers reach it, without a slash at its end.
    pub(crate) fn url(&self) -> String {
        let server = &self.settings.server;
        match server.public_url.trim_end_matches('/') {
            "" => format!("http://{}{}", server.listen, server.prefix),
            url => format!("{url}{}", server.prefix),
        }
    }

    /// What every page is told.
    pub(crate) fn common(&self) -> Common<'_> {
        Common {
            base: self.base(),
            title: &self.settings.pages.title,
            version: &self.assets,
        }
    }

    /// Becomes true when the service stops.
    pub(crate) fn stopping(&self) -> watch::Receiver<bool> {
        self.stop.subscribe()
    }
}

impl Site {
    /// A site on an engine, with the default settings.
    pub fn builder(engine: Engine) -> Builder {
        Builder {
            engine,
            settings: Settings::default(),
            player: None,
        }
    }

    /// Everything: the API, pages, administration, health and metrics. A host nests it under the settings'
    /// prefix, as a service (`nest_service`), so that the prefix with a slash behind it is there, too.
    pub fn router(&self) -> Router {
        let app = &self.app;
        let all = api::router(app)
            .merge(pages::router(app))
            .merge(admin::router(app))
            .merge(Self::common());
        layers::around(all, app).with_state(app.clone())
    }

    /// Only the JSON API, its documentation, health and metrics.
    pub fn api(&self) -> Router {
        layers::around(api::router(&self.app), &self.app).with_state(self.app.clone())
    }

    /// Only the pages for players, and what they need.
    pub fn pages(&self) -> Router {
        layers::around(pages::router(&self.app).merge(Self::common()), &self.app)
            .with_state(self.app.clone())
    }

    /// Only the administration, and what it needs.
    pub fn admin(&self) -> Router {
        layers::around(admin::router(&self.app).merge(Self::common()), &self.app)
            .with_state(self.app.clone())
    }

    /// What it was made with.
    pub fn settings(&self) -> &Settings {
        &self.app.settings
    }

    /// A one-time link with which the first administrator is created; `None` when there is one already. Every call makes
    /// another link, and the ones before stop working.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn first_administrator_link(&self) -> Result<Option<String>, Error> {
        let Some(token) = self.app.guard.invite_first(&self.app.engine).await? else {
            return Ok(None);
        };
        Ok(Some(format!(
            "{}/admin/welcome?invitation={token}",
            self.url()
        )))
    }

    /// A one-time link with which another administrator is created, made by whoever this names.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn invitation_link(&self, by: &str) -> Result<String, Error> {
        let token = crate::auth::invitations::invite_another(&self.app, by).await?;
        Ok(format!("{}/admin/welcome?invitation={token}", self.url()))
    }

    /// A token with which a browser may read this player's data for some seconds, and nothing else.
    pub fn player_token(&self, player: &str, seconds: u64) -> String {
        self.app
            .guard
            .tokens
            .issue(player, seconds, self.app.engine.now())
    }

    /// The address under which browsers reach it, without a slash at its end.
    pub fn url(&self) -> String {
        self.app.url()
    }

    /// Ends live streams, and lets everything else that is being answered be answered.
    pub fn stop(&self) {
        self.app.stop.send_replace(true);
    }

    /// What handlers work with.
    pub(crate) fn app(&self) -> &App {
        &self.app
    }

    fn common() -> Router<App> {
        Router::new().route("/assets/{name}", axum::routing::get(assets::get))
    }
}

impl Builder {
    /// Other settings than the defaults.
    #[must_use]
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// Lets the host's own login say who looks at the pages: the player's id, or `None` for a visitor.
    #[must_use]
    pub fn player(
        mut self,
        identify: impl Fn(&Parts) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.player = Some(Box::new(identify));
        self
    }

    /// Makes the site. Live streams and the notes of when keys were used run on the runtime that this is called on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn build(self) -> Result<Site, Error> {
        let Self {
            engine,
            settings,
            player,
        } = self;
        let (stop, _) = watch::channel(false);
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
        crate::live::follow(&app).await?;
        crate::auth::keys::note_uses(&app);
        Ok(Site { app })
    }
}
