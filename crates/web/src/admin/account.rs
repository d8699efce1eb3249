//! Account page of the signed-in administrator.

use axum::response::{IntoResponse, Redirect};
use serde::Serialize;

use super::forms::FormData;
use super::notice::Notice;
use super::page::{AdminPage, AdminRequest, PageResult, with_retry_after};
use crate::auth::{administrators, sessions};

/// Account page with the password form.
#[derive(Default, Serialize)]
pub(super) struct AccountPage {
    /// Minimum password length.
    pub(super) min_password_length: usize,
    pub(super) error: String,
}

impl AdminPage for AccountPage {
    const TEMPLATE: &'static str = "admin/account.html";
    const SECTION: &'static str = "account";
}

/// `GET /admin/account`
pub(super) async fn show_account_page(visit: AdminRequest) -> PageResult {
    let shortest = visit.app().settings.administrators.password_bytes;
    visit
        .render_page(&AccountPage {
            min_password_length: shortest,
            error: String::new(),
        })
        .await
}

/// `POST /admin/account/password`: changes the password and ends all other sessions.
pub(super) async fn change_password(visit: AdminRequest, posted: FormData) -> PageResult {
    let app = visit.app();
    let (old, new) = (posted.get("old").to_owned(), posted.get("new").to_owned());
    if let Err(problem) = administrators::change_password(app, &visit.administrator, old, new).await
    {
        let shortest = app.settings.administrators.password_bytes;
        let page = visit
            .render_page_with_status(
                problem.status_code(),
                &AccountPage {
                    min_password_length: shortest,
                    error: problem.detail().to_owned(),
                },
            )
            .await;
        return with_retry_after(page, &problem);
    }
    // Changing the password has ended this session as well.
    let cookies = sessions::start_session(app, &visit.administrator.name, None).await?;
    let place = format!(
        "{}/admin/account?notice={}",
        app.path_prefix(),
        Notice::PasswordChanged.as_str()
    );
    Ok((cookies, Redirect::to(&place)).into_response())
}
