//! Shared parts of the administration pages: layout context, session extractor and error pages.

use std::collections::BTreeSet;

use accolade::Error;
use axum::Form;
use axum::extract::{FromRequest, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use minijinja::Value;
use serde::Serialize;

use super::forms::FormData;
use super::labels::PageLabels;
use super::notice::Notice;
use crate::auth::Administrator;
use crate::problem::Problem;
use crate::state::AppState;

/// Context of a page. Each template has one type.
pub(super) trait AdminPage: Serialize + Sync {
    /// Path of the template.
    const TEMPLATE: &'static str;
    /// Id of the navigation entry to highlight; empty for none.
    const SECTION: &'static str;

    /// Lists the players whose names the page shows.
    fn list_players(&self) -> BTreeSet<String> {
        BTreeSet::new()
    }
}

/// Context of the layout around a page.
#[derive(Serialize)]
pub(super) struct AdminLayout<'a, P> {
    pub(super) site: SiteInfo<'a>,
    /// Names and pictures of players and rules: see [`PageLabels`].
    pub(super) labels: Option<Value>,
    /// Name of the signed-in administrator.
    pub(super) administrator: Option<&'a str>,
    /// Id of the navigation entry to highlight.
    pub(super) section: &'static str,
    /// Result of the previous request.
    pub(super) notice: Option<&'static str>,
    #[serde(flatten)]
    pub(super) page: &'a P,
}

/// Context about the site.
#[derive(Serialize)]
pub(super) struct SiteInfo<'a> {
    pub(super) title: &'a str,
    /// Path prefix of all URLs.
    pub(super) base: &'a str,
    /// Version of the style sheets and scripts, for cache busting.
    pub(super) version: &'a str,
}

/// Extractor for requests of a signed-in administrator.
pub(super) struct AdminRequest {
    pub(super) administrator: Administrator,
    app: AppState,
    notice: Option<Notice>,
}

impl FromRequestParts<AppState> for AdminRequest {
    type Rejection = Response;

    /// Redirects to the sign-in page without a valid session.
    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Response> {
        let administrator = Administrator::from_request_parts(parts, app).await?;
        Ok(Self {
            administrator,
            app: app.clone(),
            notice: Notice::find_in_uri(&parts.uri),
        })
    }
}

impl AdminRequest {
    pub(super) fn app(&self) -> &AppState {
        &self.app
    }

    /// Returns an engine whose actions appear in the audit log under the administrator's name.
    pub(super) fn engine(&self) -> accolade::Engine {
        self.administrator.attributed_engine(&self.app)
    }

    /// Renders a page.
    pub(super) async fn render_page<P: AdminPage>(&self, page: &P) -> PageResult {
        self.render_page_with_status(StatusCode::OK, page).await
    }

    /// Renders a page with a status other than 200, such as a form with errors.
    pub(super) async fn render_page_with_status<P: AdminPage>(
        &self,
        status: StatusCode,
        page: &P,
    ) -> PageResult {
        render_admin_page(
            &self.app,
            status,
            Some(&self.administrator.name),
            self.notice,
            page,
        )
        .await
    }

    /// Redirects to another page, which then shows a notice about the result.
    pub(super) fn redirect_with_notice(&self, path: &str, notice: Notice) -> PageResult {
        let separator = if path.contains('?') { '&' } else { '?' };
        self.redirect_to(&format!("{path}{separator}notice={}", notice.as_str()))
    }

    /// Redirects to another page.
    pub(super) fn redirect_to(&self, path: &str) -> PageResult {
        // Status 303: a reload then repeats the page and not the form.
        Ok(Redirect::to(&format!("{}{path}", self.app.path_prefix())).into_response())
    }
}

/// Result of a page handler.
pub(super) type PageResult = Result<Response, PageError>;

/// Problem that is shown as a page instead of JSON.
#[derive(Debug, Clone)]
pub(super) struct PageError(pub(super) Problem);

impl From<Problem> for PageError {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl From<Error> for PageError {
    fn from(error: Error) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        // The middleware renders the problem; until then the body is empty.
        let mut response = self.0.status_code().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Error page.
#[derive(Serialize)]
pub(super) struct ProblemPage {
    pub(super) problem_title: String,
    pub(super) detail: String,
}

impl AdminPage for ProblemPage {
    const TEMPLATE: &'static str = "admin/problem.html";
    const SECTION: &'static str = "";
}

/// Renders errors as pages (middleware).
///
/// Handlers cannot render them, because extractors fail before the administrator is known.
pub(super) async fn render_errors(
    State(app): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    // The handler consumes the request, but the error page needs its cookies for the header.
    let mut asked = parts.clone();
    let response = next.run(Request::from_parts(parts, body)).await;
    let Some(PageError(problem)) = response.extensions().get::<PageError>() else {
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
    let rendered =
        render_admin_page(&app, problem.status_code(), name.as_deref(), None, &page).await;
    match with_retry_after(rendered, problem) {
        Ok(page) => page,
        // The error template itself failed, so the problem is sent as JSON.
        Err(PageError(problem)) => problem.into_response(),
    }
}

/// Adds the `Retry-After` header of a problem to the page that shows it.
pub(super) fn with_retry_after(page: PageResult, problem: &Problem) -> PageResult {
    let mut page = page?;
    if let Some(value) = problem.header(&header::RETRY_AFTER) {
        page.headers_mut()
            .insert(header::RETRY_AFTER, value.clone());
    }
    Ok(page)
}

/// Renders a page inside the layout.
pub(super) async fn render_admin_page<P: AdminPage>(
    app: &AppState,
    status: StatusCode,
    administrator: Option<&str>,
    notice: Option<Notice>,
    page: &P,
) -> PageResult {
    let site = SiteInfo {
        title: &app.settings.pages.title,
        base: app.path_prefix(),
        version: &app.asset_version,
    };
    // Without an administrator, a page shows no players and rules.
    let labels = match administrator {
        Some(_) => Some(PageLabels::load(app, page.list_players()).await?),
        None => None,
    };
    let frame = AdminLayout {
        site,
        labels: labels.map(Value::from_object),
        administrator,
        section: P::SECTION,
        notice: notice.map(Notice::text),
        page,
    };
    match app.templates.render_template(P::TEMPLATE, &frame) {
        Ok(html) => Ok((status, Html(html)).into_response()),
        Err(error) => Err(PageError(Problem::internal_error(&format!(
            "{}: {error:#}",
            P::TEMPLATE
        )))),
    }
}

impl FromRequest<AppState> for FormData {
    type Rejection = Response;

    async fn from_request(request: Request, app: &AppState) -> Result<Self, Response> {
        match Form::<Vec<(String, String)>>::from_request(request, app).await {
            Ok(Form(pairs)) => Ok(Self(pairs)),
            Err(error) if error.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE => {
                Err(PageError(Problem::payload_too_large("the form is too large")).into_response())
            }
            Err(error) => Err(PageError(Problem::bad_request(error.body_text())).into_response()),
        }
    }
}
