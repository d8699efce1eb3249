//! Pages for accepting an invitation, signing in and signing out.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use serde::Serialize;

use super::forms::FormData;
use super::notice::Notice;
use super::page::{AdminPage, AdminRequest, PageResult, render_admin_page, with_retry_after};
use crate::auth::sessions::SessionCookies;
use crate::auth::{ClientAddress, invitations, sessions};
use crate::problem::Problem;
use crate::state::AppState;

/// Page behind an invitation link.
#[derive(Default, Serialize)]
pub(super) struct WelcomePage {
    pub(super) invitation: String,
    pub(super) name: String,
    /// Minimum password length.
    pub(super) min_password_length: usize,
    pub(super) error: String,
}

impl AdminPage for WelcomePage {
    const TEMPLATE: &'static str = "admin/welcome.html";
    const SECTION: &'static str = "";
}

/// Sign-in page.
#[derive(Default, Serialize)]
pub(super) struct SignInPage {
    pub(super) name: String,
    pub(super) error: String,
}

impl AdminPage for SignInPage {
    const TEMPLATE: &'static str = "admin/sign-in.html";
    const SECTION: &'static str = "";
}

/// `GET /admin/welcome`
pub(super) async fn show_welcome_page(
    State(app): State<AppState>,
    query: Query<Vec<(String, String)>>,
) -> PageResult {
    let asked = FormData::from_query(query);
    let invitation = asked.get("invitation").to_owned();
    // Only checked here: programs that preview links must not use them up.
    if !invitations::is_valid_invitation(&app, &invitation).await? {
        let detail = "the invitation was already used or has expired; ask an administrator for a \
            new one";
        return Err(Problem::new(
            StatusCode::GONE,
            "used",
            "This link no longer works",
            detail,
        )
        .into());
    }
    let shortest = app.settings.administrators.password_bytes;
    render_admin_page(
        &app,
        StatusCode::OK,
        None,
        None,
        &WelcomePage {
            invitation,
            min_password_length: shortest,
            ..WelcomePage::default()
        },
    )
    .await
}

/// `POST /admin/welcome`
pub(super) async fn accept_invitation(State(app): State<AppState>, posted: FormData) -> PageResult {
    let (invitation, name) = (posted.get("invitation"), posted.get_trimmed("name"));
    if let Err(problem) =
        invitations::accept_invitation(&app, invitation, name, posted.get("password").to_owned())
            .await
    {
        // The password is not sent back to the browser.
        let page = WelcomePage {
            invitation: invitation.to_owned(),
            name: name.to_owned(),
            min_password_length: app.settings.administrators.password_bytes,
            error: problem.detail().to_owned(),
        };
        return render_admin_page(&app, problem.status_code(), None, None, &page).await;
    }
    let cookies = sessions::start_session(&app, name, None).await?;
    let place = format!(
        "{}/admin?notice={}",
        app.path_prefix(),
        Notice::Welcome.as_str()
    );
    Ok((cookies, Redirect::to(&place)).into_response())
}

/// `GET /admin/sign-in`
pub(super) async fn show_sign_in_page(
    State(app): State<AppState>,
    uri: axum::http::Uri,
) -> PageResult {
    render_admin_page(
        &app,
        StatusCode::OK,
        None,
        Notice::find_in_uri(&uri),
        &SignInPage::default(),
    )
    .await
}

/// `POST /admin/sign-in`
pub(super) async fn sign_in_administrator(
    State(app): State<AppState>,
    address: ClientAddress,
    posted: FormData,
) -> PageResult {
    let name = posted.get_trimmed("name");
    match sessions::sign_in(&app, address, name, posted.get("password").to_owned()).await {
        Ok(cookies) => Ok((
            cookies,
            Redirect::to(&format!("{}/admin", app.path_prefix())),
        )
            .into_response()),
        Err(problem) => {
            // The password is not sent back to the browser.
            let page = SignInPage {
                name: name.to_owned(),
                error: problem.detail().to_owned(),
            };
            let page = render_admin_page(&app, problem.status_code(), None, None, &page).await;
            with_retry_after(page, &problem)
        }
    }
}

/// `POST /admin/sign-out`
pub(super) async fn sign_out(visit: AdminRequest, jar: CookieJar) -> PageResult {
    end_session(&visit, jar, false, Notice::SignedOut).await
}

/// `POST /admin/sign-out-everywhere`
pub(super) async fn sign_out_everywhere(visit: AdminRequest, jar: CookieJar) -> PageResult {
    end_session(&visit, jar, true, Notice::SignedOutEverywhere).await
}

async fn end_session(
    visit: &AdminRequest,
    jar: CookieJar,
    everywhere: bool,
    notice: Notice,
) -> PageResult {
    let app = visit.app();
    sessions::end_sessions(app, &jar, &visit.administrator, everywhere).await?;
    let place = format!(
        "{}/admin/sign-in?notice={}",
        app.path_prefix(),
        notice.as_str()
    );
    let response: Response = (SessionCookies::expired(app), Redirect::to(&place)).into_response();
    Ok(response)
}
