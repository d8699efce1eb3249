//! The service as a host application uses it: engine, settings and routers.

use accolade::{Engine, Error};
use axum::Router;
use axum::http::request::Parts;
use tokio::sync::watch;

use crate::auth::AuthState;
use crate::jobs::JobRegistry;
use crate::live::LiveFeed;
use crate::metrics::Metrics;
use crate::state::{AppState, IdentifyPlayer, SharedState};
use crate::templates::TemplateSet;
use crate::{Settings, admin, api, assets, layers, pages};

/// Accolade over HTTP: API, player pages and administration on one engine.
///
/// ```
/// use accolade::{Catalog, Engine};
/// use accolade_sqlite::SqliteStore;
/// use accolade_web::{Settings, Site};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("accolade.db");
/// let engine = Engine::open(SqliteStore::open(&path)?, Catalog::from_toml("")?)?;
/// let mut settings = Settings::default();
/// settings.server.prefix = "/game".to_owned();
/// // The host's own login identifies the player.
/// let site = Site::builder(engine).settings(settings).identify_player(|request| {
///     request.headers.get("x-user").and_then(|user| user.to_str().ok()).map(str::to_owned)
/// });
/// let site = site.build().await?;
/// let app: axum::Router = axum::Router::new().nest_service("/game", site.router());
/// # Ok::<(), accolade::Error>(()) }).unwrap();
/// ```
#[derive(Clone)]
pub struct Site {
    app: AppState,
}

/// Builder of a [`Site`], created by [`Site::builder`].
pub struct SiteBuilder {
    engine: Engine,
    settings: Settings,
    identify: Option<Box<IdentifyPlayer>>,
}

impl Site {
    /// Creates a builder for a site on `engine`, with the default settings.
    pub fn builder(engine: Engine) -> SiteBuilder {
        SiteBuilder {
            engine,
            settings: Settings::default(),
            identify: None,
        }
    }

    /// Builds the complete router: API, pages, administration, health and metrics.
    ///
    /// If `server.prefix` is set, mount it with `nest_service` under that prefix. `nest` would not
    /// match the prefix with a trailing slash.
    pub fn router(&self) -> Router {
        let app = &self.app;
        let all = api::build_router(app)
            .merge(pages::router(app))
            .merge(admin::router(app))
            .merge(Self::asset_routes());
        // Wrapped once after merging, so that each request is logged and counted once.
        layers::wrap_routes(all, app).with_state(app.clone())
    }

    /// Builds a router with only the JSON API, its documentation, health and metrics.
    pub fn api_router(&self) -> Router {
        layers::wrap_routes(api::build_router(&self.app), &self.app).with_state(self.app.clone())
    }

    /// Builds a router with only the player pages and their assets.
    pub fn page_router(&self) -> Router {
        layers::wrap_routes(
            pages::router(&self.app).merge(Self::asset_routes()),
            &self.app,
        )
        .with_state(self.app.clone())
    }

    /// Builds a router with only the administration and its assets.
    pub fn admin_router(&self) -> Router {
        layers::wrap_routes(
            admin::router(&self.app).merge(Self::asset_routes()),
            &self.app,
        )
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
    pub async fn create_first_administrator_link(&self) -> Result<Option<String>, Error> {
        let Some(token) = self.app.auth.invite_first(&self.app.engine).await? else {
            return Ok(None);
        };
        Ok(Some(format!(
            "{}/admin/welcome?invitation={token}",
            self.external_url()
        )))
    }

    /// Creates a one-time link for another administrator's account. `by` is the inviting actor.
    ///
    /// If it is `admin:` or `key:` and a name, the link ends with that administrator or API key.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    pub async fn create_invitation_link(&self, by: &str) -> Result<String, Error> {
        let token = crate::auth::invitations::invite_another(&self.app, by).await?;
        Ok(format!(
            "{}/admin/welcome?invitation={token}",
            self.external_url()
        ))
    }

    /// Issues a token that lets a browser read this player's data, and nothing else, for `seconds`.
    pub fn issue_player_token(&self, player: &str, seconds: u64) -> String {
        self.app
            .auth
            .tokens
            .issue_token(player, seconds, self.app.engine.now())
    }

    /// Counts the open live streams, of pages and of API clients.
    pub fn count_live_streams(&self) -> usize {
        self.app.live.places.count_open()
    }

    /// Returns the external URL without a trailing slash.
    pub fn external_url(&self) -> String {
        self.app.external_url()
    }

    /// Starts a graceful shutdown: closes live streams and lets in-flight requests complete.
    pub fn begin_shutdown(&self) {
        // Unlike `send`, this also sets the value if there is no receiver yet.
        self.app.shutdown.send_replace(true);
    }

    /// Returns the state that handlers share.
    pub(crate) fn app_state(&self) -> &AppState {
        &self.app
    }

    fn asset_routes() -> Router<AppState> {
        Router::new().route("/assets/{name}", axum::routing::get(assets::serve_asset))
    }
}

impl SiteBuilder {
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
    pub fn identify_player(
        mut self,
        identify: impl Fn(&Parts) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.identify = Some(Box::new(identify));
        self
    }

    /// Builds the site and spawns its background tasks on the current Tokio runtime.
    ///
    /// The tasks feed live streams, record when API keys were last used, and notice a new secret of
    /// player tokens.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    pub async fn build(self) -> Result<Site, Error> {
        let Self {
            engine,
            settings,
            identify: player,
        } = self;
        let (stop, _) = watch::channel(false);
        // `engine` and `settings` come last, because the other fields borrow them.
        let inner = SharedState {
            templates: TemplateSet::new(&settings.pages.templates),
            auth: AuthState::new(&engine, &settings).await?,
            live: LiveFeed::new(&settings),
            jobs: JobRegistry::new(settings.limits.jobs),
            metrics: Metrics::new(),
            identify: player,
            admin: admin::AdminState::default(),
            asset_version: assets::asset_version(),
            shutdown: stop,
            engine,
            settings,
        };
        let app = AppState::from(inner);
        // Started before the site can serve requests, so that streams miss no outcome.
        crate::live::spawn_broadcaster(&app).await?;
        crate::auth::key_usage::spawn_usage_writer(&app);
        crate::auth::secret_watch::spawn_secret_watcher(&app);
        Ok(Site { app })
    }
}
