//! Shared parts of the player pages: request extractor, layout context and error pages.

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum_extra::extract::CookieJar;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::url;
use crate::auth::{Viewer, sessions};
use crate::problem::Problem;
use crate::state::AppState;

/// Extractor for page requests: the service, the viewer and the path.
pub(crate) struct PageRequest {
    pub(super) app: AppState,
    pub(super) viewer: Viewer,
    path: String,
    has_mark: bool,
}

impl FromRequestParts<AppState> for PageRequest {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        app: &AppState,
    ) -> Result<Self, Self::Rejection> {
        let viewer = Viewer::from_request_parts(parts, app).await?;
        Ok(Self {
            app: app.clone(),
            viewer,
            path: parts.uri.path().to_owned(),
            has_mark: sessions::has_mark(&CookieJar::from_headers(&parts.headers)),
        })
    }
}

/// Query parameters. Invalid ones are ignored, because people follow outdated links.
pub(super) struct LenientQuery<T>(pub(super) T);

impl<T: DeserializeOwned + Default + Send> FromRequestParts<AppState> for LenientQuery<T> {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        app: &AppState,
    ) -> Result<Self, Self::Rejection> {
        let query = Query::<T>::from_request_parts(parts, app).await;
        Ok(Self(query.map(|Query(asked)| asked).unwrap_or_default()))
    }
}

/// Context of all templates, as `site`.
#[derive(Debug, Clone, Serialize)]
pub(super) struct SiteContext {
    /// Path prefix of all URLs.
    pub(super) base: String,
    /// Name of the community.
    pub(super) title: String,
    /// True if the footer says "Powered by Accolade".
    pub(super) credit: bool,
    /// Version of the style sheets and scripts, for cache busting.
    pub(super) version: String,
    /// Path of the page, without the prefix.
    pub(super) path: String,
    /// True if the pages are public.
    pub(super) public: bool,
    /// True if scripts celebrate tiers and rare badges with a card.
    pub(super) celebrates: bool,
    /// True if an administrator signed in with this browser, so that pages link to the
    /// administration.
    pub(super) administration: bool,
    /// The signed-in player.
    pub(super) player: Option<SignedInPlayer>,
}

/// The signed-in player.
#[derive(Debug, Clone, Serialize)]
pub(super) struct SignedInPlayer {
    pub(super) id: String,
    /// Display name; the id if there is none.
    pub(super) name: String,
    /// URL of the profile.
    pub(super) url: String,
    /// URL of the picture.
    pub(super) avatar: String,
    /// False if the host's own login identifies the player.
    pub(super) can_sign_out: bool,
}

/// Context of a page, combined with the context of all templates.
#[derive(Serialize)]
pub(super) struct PageContext<'t, T> {
    pub(super) site: SiteContext,
    #[serde(flatten)]
    pub(super) page: &'t T,
}

/// Context of `error.html`.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ErrorPage {
    /// HTTP status code.
    pub(super) status: u16,
    pub(super) problem_title: String,
    pub(super) detail: String,
}

impl PageRequest {
    /// Returns the request without its viewer, for pages that are the same for all.
    pub(super) fn into_visitor(self) -> Self {
        Self {
            viewer: Viewer(None),
            ..self
        }
    }

    /// Returns the path prefix of all URLs.
    pub(super) fn base(&self) -> &str {
        self.app.path_prefix()
    }

    /// Returns an error if the pages are private and no player is signed in.
    pub(super) fn check_access(&self) -> Result<(), Problem> {
        let is_let_in = self.app.settings.players.public_pages || self.viewer.0.is_some();
        if is_let_in {
            Ok(())
        } else {
            Err(private_problem())
        }
    }

    /// Returns an error if the viewer may not see other players.
    pub(super) fn check_others_visible(&self) -> Result<(), Problem> {
        if self.sees_others() {
            Ok(())
        } else {
            Err(private_problem())
        }
    }

    /// True if pages may show other players.
    pub(super) fn sees_others(&self) -> bool {
        self.app.settings.players.public_pages
    }

    /// Returns the response, rendering a problem as a page.
    pub(super) async fn render_result(&self, result: Result<Response, Problem>) -> Response {
        match result {
            Ok(response) => response,
            Err(problem) => self.render_problem(&problem).await,
        }
    }

    /// Renders the page for an unknown path.
    pub(crate) async fn not_found_page(&self) -> Response {
        self.render_problem(&not_found_problem(
            "Page not found",
            "Check the address. The page may have been moved or removed.",
        ))
        .await
    }

    /// Renders a template.
    pub(super) async fn render_page<T: Serialize>(
        &self,
        template: &str,
        own: &T,
    ) -> Result<Response, Problem> {
        let site = self.load_site_context().await?;
        Ok(Html(self.render_template(template, site, own)?).into_response())
    }

    /// Renders a problem without reading the database.
    pub(super) fn render_refusal(&self, problem: &Problem) -> Response {
        self.render_problem_with(problem, self.build_site_context(None))
    }

    async fn render_problem(&self, problem: &Problem) -> Response {
        // If the database is down, the error page is shown without the signed-in player.
        let site = match self.load_site_context().await {
            Ok(site) => site,
            Err(_) => self.build_site_context(None),
        };
        self.render_problem_with(problem, site)
    }

    fn render_problem_with(&self, problem: &Problem, site: SiteContext) -> Response {
        let status = problem.status_code();
        let (problem_title, detail) = (problem.title().to_owned(), problem.detail().to_owned());
        let own = ErrorPage {
            status: status.as_u16(),
            problem_title,
            detail,
        };
        let mut response = match self.render_template("error.html", site, &own) {
            Ok(page) => (status, Html(page)).into_response(),
            // The host's own error template is invalid. `Problem::internal_error` has logged the
            // reason.
            Err(_) => (status, format!("{}\n", own.problem_title)).into_response(),
        };
        // The other headers of a problem are for programs.
        if let Some(seconds) = problem.retry_after() {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, seconds.clone());
        }
        response
    }

    fn render_template<T: Serialize>(
        &self,
        template: &str,
        site: SiteContext,
        own: &T,
    ) -> Result<String, Problem> {
        self.app
            .templates
            .render_template(template, PageContext { site, page: own })
            .map_err(|error| Problem::internal_error(&format!("{error:#}")))
    }

    async fn load_site_context(&self) -> Result<SiteContext, Problem> {
        let Some(player) = self.viewer.0.clone() else {
            return Ok(self.build_site_context(None));
        };
        let name = self
            .app
            .engine
            .players()
            .display_names(vec![(&player).into()])
            .await?
            .into_iter()
            .next()
            .flatten();
        Ok(self.build_site_context(Some((player, name))))
    }

    fn build_site_context(&self, viewer: Option<(String, Option<String>)>) -> SiteContext {
        let base = self.base();
        let player = viewer.map(|(id, name)| SignedInPlayer {
            name: name.unwrap_or_else(|| id.clone()),
            url: url::player_url(base, &id),
            avatar: url::avatar_url(base, &id),
            can_sign_out: self.app.identify.is_none(),
            id,
        });
        SiteContext {
            base: base.to_owned(),
            title: self.app.site_title(),
            credit: self.app.settings.pages.credit,
            version: self.app.asset_version.clone(),
            path: self.path.clone(),
            public: self.sees_others(),
            celebrates: self.app.settings.pages.celebrations,
            administration: self.has_mark,
            player,
        }
    }
}

/// Returns the problem for visitors of private pages.
fn private_problem() -> Problem {
    // Only the host can sign a player in, so there is no form to redirect to.
    let detail = "These pages are not public. To see your own badges, open your profile from the \
        site you use.";
    Problem::new(StatusCode::FORBIDDEN, "private", "Members only", detail)
}

/// Returns a 404 problem with a specific title.
pub(super) fn not_found_problem(title: &'static str, detail: &str) -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "not-found", title, detail)
}
