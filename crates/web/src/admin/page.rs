//! What all pages have in common: the frame around them, and pages that say what went wrong.

use accolade::Error;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Serialize;

use super::notice::Notice;
use crate::auth::Administrator;
use crate::problem::Problem;
use crate::site::App;

/// What a page shows: one type for each template.
pub(super) trait Page: Serialize {
    /// The template's name.
    const TEMPLATE: &'static str;
    /// The part of the administration that it belongs to, as the navigation calls it; empty for none.
    const SECTION: &'static str;
}

/// What stands around every page.
#[derive(Serialize)]
pub(super) struct Frame<'a, P> {
    pub(super) site: About<'a>,
    /// Who is signed in.
    pub(super) administrator: Option<&'a str>,
    /// Which part of the navigation is marked.
    pub(super) section: &'static str,
    /// What was just done.
    pub(super) notice: Option<&'static str>,
    #[serde(flatten)]
    pub(super) page: &'a P,
}

/// What pages say of the site.
#[derive(Serialize)]
pub(super) struct About<'a> {
    pub(super) title: &'a str,
    /// What every address begins with.
    pub(super) base: &'a str,
    /// Differs when style sheets or scripts do.
    pub(super) version: &'a str,
}

/// An administrator who is signed in, on one of the pages.
pub(super) struct Visit {
    pub(super) administrator: Administrator,
    app: App,
    notice: Option<Notice>,
}

impl FromRequestParts<App> for Visit {
    type Rejection = Response;

    /// Whoever is not signed in is sent to sign in.
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let administrator = Administrator::from_request_parts(parts, app).await?;
        Ok(Self {
            administrator,
            app: app.clone(),
            notice: Notice::of(&parts.uri),
        })
    }
}

impl Visit {
    /// What every handler works with.
    pub(super) fn app(&self) -> &App {
        &self.app
    }

    /// An engine that notes in the audit log what is done.
    pub(super) fn engine(&self) -> accolade::Engine {
        self.administrator.engine(&self.app)
    }

    /// Shows a page.
    pub(super) fn show<P: Page>(&self, page: &P) -> Answer {
        self.show_as(StatusCode::OK, page)
    }

    /// Shows a page with another status: a form with what is wrong in it.
    pub(super) fn show_as<P: Page>(&self, status: StatusCode, page: &P) -> Answer {
        render(
            &self.app,
            status,
            Some(&self.administrator.name),
            self.notice,
            page,
        )
    }

    /// Sends the browser to another page after something was done, with a word about it.
    pub(super) fn done(&self, path: &str, notice: Notice) -> Answer {
        let separator = if path.contains('?') { '&' } else { '?' };
        self.go(&format!("{path}{separator}notice={}", notice.word()))
    }

    /// Sends the browser to another page.
    pub(super) fn go(&self, path: &str) -> Answer {
        Ok(Redirect::to(&format!("{}{path}", self.app.base())).into_response())
    }
}

/// A page, or what went wrong.
pub(super) type Answer = Result<Response, Trouble>;

/// What went wrong, to be told on a page.
#[derive(Debug, Clone)]
pub(super) struct Trouble(pub(super) Problem);

impl From<Problem> for Trouble {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let mut response = self.0.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// A page that says what went wrong.
#[derive(Serialize)]
pub(super) struct ProblemPage {
    pub(super) problem_title: String,
    pub(super) detail: String,
}

impl Page for ProblemPage {
    const TEMPLATE: &'static str = "admin/problem.html";
    const SECTION: &'static str = "";
}

/// Makes pages of what went wrong.
pub(super) async fn tell_troubles(
    State(app): State<App>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let mut asked = parts.clone();
    let response = next.run(Request::from_parts(parts, body)).await;
    let Some(Trouble(problem)) = response.extensions().get::<Trouble>() else {
        return response;
    };
    let page = ProblemPage {
        problem_title: problem.title().to_owned(),
        detail: problem.detail().to_owned(),
    };
    let name = Administrator::from_request_parts(&mut asked, &app)
        .await
        .ok()
        .map(|administrator| administrator.name);
    match render(&app, problem.status(), name.as_deref(), None, &page) {
        Ok(page) => page,
        Err(Trouble(problem)) => problem.into_response(),
    }
}

/// Fills a page in.
pub(super) fn render<P: Page>(
    app: &App,
    status: StatusCode,
    administrator: Option<&str>,
    notice: Option<Notice>,
    page: &P,
) -> Answer {
    let site = About {
        title: &app.settings.pages.title,
        base: app.base(),
        version: &app.assets,
    };
    let frame = Frame {
        site,
        administrator,
        section: P::SECTION,
        notice: notice.map(Notice::text),
        page,
    };
    match app.templates.render(P::TEMPLATE, &frame) {
        Ok(html) => Ok((status, Html(html)).into_response()),
        Err(error) => Err(Trouble(Problem::internal(&format!(
            "{}: {error:#}",
            P::TEMPLATE
        )))),
    }
}
