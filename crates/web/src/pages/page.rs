//! What every page is given, and how it answers.

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::url;
use crate::auth::Viewer;
use crate::problem::Problem;
use crate::site::App;

/// A request for a page: the service, who looks, and where.
pub(crate) struct Page {
    pub(super) app: App,
    pub(super) viewer: Viewer,
    path: String,
}

impl FromRequestParts<App> for Page {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let viewer = Viewer::from_request_parts(parts, app).await?;
        Ok(Self {
            app: app.clone(),
            viewer,
            path: parts.uri.path().to_owned(),
        })
    }
}

/// What is asked behind the question mark. What cannot be read counts as not asked: people follow links.
pub(super) struct Asked<T>(pub(super) T);

impl<T: DeserializeOwned + Default + Send> FromRequestParts<App> for Asked<T> {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let query = Query::<T>::from_request_parts(parts, app).await;
        Ok(Self(query.map(|Query(asked)| asked).unwrap_or_default()))
    }
}

/// What all templates know, as `site`.
#[derive(Debug, Clone, Serialize)]
pub(super) struct SiteContext {
    /// What every address begins with.
    pub(super) base: String,
    /// What the pages call the community.
    pub(super) title: String,
    /// Differs when style sheets or scripts do.
    pub(super) version: String,
    /// The address of the page, without the base.
    pub(super) path: String,
    /// Whether visitors may look at everything.
    pub(super) public: bool,
    /// Who is signed in.
    pub(super) player: Option<SignedIn>,
}

/// The player who looks.
#[derive(Debug, Clone, Serialize)]
pub(super) struct SignedIn {
    /// The application's id.
    pub(super) id: String,
    /// What people call them.
    pub(super) name: String,
    /// Where their page is.
    pub(super) url: String,
    /// Their picture.
    pub(super) avatar: String,
    /// Whether these pages can sign them out; not where the host's own login decides.
    pub(super) may_sign_out: bool,
}

/// A page's own context, with what all templates know.
#[derive(Serialize)]
pub(super) struct Full<'t, T> {
    pub(super) site: SiteContext,
    #[serde(flatten)]
    pub(super) own: &'t T,
}

/// What the template of errors knows.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ErrorContext {
    /// The HTTP status.
    pub(super) status: u16,
    /// What is wrong, in a few words.
    pub(super) problem_title: String,
    /// What is wrong, and what to do.
    pub(super) detail: String,
}

impl Page {
    /// What every address begins with.
    pub(super) fn base(&self) -> &str {
        self.app.base()
    }

    /// Refuses visitors where pages are not for everybody.
    pub(super) fn must_be_let_in(&self) -> Result<(), Problem> {
        let is_let_in = self.app.settings.players.public_pages || self.viewer.0.is_some();
        if is_let_in { Ok(()) } else { Err(private()) }
    }

    /// Refuses whoever may not look at what other players do.
    pub(super) fn must_see_others(&self) -> Result<(), Problem> {
        if self.sees_others() {
            Ok(())
        } else {
            Err(private())
        }
    }

    /// Whether this page may show what other players do.
    pub(super) fn sees_others(&self) -> bool {
        self.app.settings.players.public_pages
    }

    /// The answer: a page, or what is wrong, as a page too.
    pub(super) async fn answer(&self, result: Result<Response, Problem>) -> Response {
        match result {
            Ok(response) => response,
            Err(problem) => self.failed(&problem).await,
        }
    }

    /// The page that says that there is nothing under an address.
    pub(crate) async fn missing(&self) -> Response {
        self.failed(&missing(
            "There is nothing here",
            "The address may be mistyped, or what was here is gone.",
        ))
        .await
    }

    /// Fills a template in.
    pub(super) async fn show<T: Serialize>(
        &self,
        template: &str,
        own: &T,
    ) -> Result<Response, Problem> {
        let site = self.site().await?;
        Ok(Html(self.filled(template, site, own)?).into_response())
    }

    async fn failed(&self, problem: &Problem) -> Response {
        let status = problem.status();
        let (problem_title, detail) = (problem.title().to_owned(), problem.detail().to_owned());
        let own = ErrorContext {
            status: status.as_u16(),
            problem_title,
            detail,
        };
        // The database may be what failed: then the page does not say who looks.
        let site = match self.site().await {
            Ok(site) => site,
            Err(_) => self.site_of(None),
        };
        let mut response = match self.filled("error.html", site, &own) {
            Ok(page) => (status, Html(page)).into_response(),
            // The host's own template of errors is wrong; it is in the log.
            Err(_) => (status, format!("{}\n", own.problem_title)).into_response(),
        };
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }

    fn filled<T: Serialize>(
        &self,
        template: &str,
        site: SiteContext,
        own: &T,
    ) -> Result<String, Problem> {
        self.app
            .templates
            .render(template, Full { site, own })
            .map_err(|error| Problem::internal(&format!("{error:#}")))
    }

    async fn site(&self) -> Result<SiteContext, Problem> {
        let Some(player) = self.viewer.0.clone() else {
            return Ok(self.site_of(None));
        };
        let name = self
            .app
            .engine
            .names(vec![player.clone()])
            .await?
            .into_iter()
            .next()
            .flatten();
        Ok(self.site_of(Some((player, name))))
    }

    fn site_of(&self, viewer: Option<(String, Option<String>)>) -> SiteContext {
        let base = self.base();
        let player = viewer.map(|(id, name)| SignedIn {
            name: name.unwrap_or_else(|| id.clone()),
            url: url::player(base, &id),
            avatar: url::avatar(base, &id),
            may_sign_out: self.app.identify.is_none(),
            id,
        });
        SiteContext {
            base: base.to_owned(),
            title: self.app.settings.pages.title.clone(),
            version: self.app.assets.clone(),
            path: self.path.clone(),
            public: self.sees_others(),
            player,
        }
    }
}

/// What whoever may not look is told.
fn private() -> Problem {
    let detail = "These pages are not open to everybody. Follow the link to your profile from the site that you know \
        them from, and you will see your own.";
    Problem::new(
        StatusCode::FORBIDDEN,
        "private",
        "This is for members",
        detail,
    )
}

/// What whoever asks for something that is not there is told.
pub(super) fn missing(title: &'static str, detail: &str) -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "not-found", title, detail)
}
