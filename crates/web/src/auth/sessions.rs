//! Administrator sessions.

use accolade::store::{AdministratorRow, SessionKind, SessionRow};
use accolade::{Engine, Error, Timestamp};
use accolade_core::time::SECOND;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use serde_json::json;

use super::address::ClientAddress;
use super::{passwords, secrets};
use crate::problem::Problem;
use crate::state::AppState;

/// Name of the cookie with the session secret.
pub(crate) const SESSION_COOKIE: &str = "accolade_admin";
/// Maximum length of an administrator's name, in characters.
const NAME_CHARS: usize = 64;

/// Administrator who is signed in.
#[derive(Debug, Clone)]
pub(crate) struct Administrator {
    pub(crate) name: String,
}

impl Administrator {
    /// Returns an engine that attributes changes to this administrator in the audit log.
    pub(crate) fn attributed_engine(&self, app: &AppState) -> Engine {
        app.engine.on_behalf_of(&self.actor_name())
    }

    /// Returns the actor name for manual actions and the audit log: `admin:NAME`.
    pub(crate) fn actor_name(&self) -> String {
        format!("admin:{}", self.name)
    }
}

impl FromRequestParts<AppState> for Administrator {
    type Rejection = Response;

    /// Loads the administrator of the session. Redirects to the sign-in page if there is none.
    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Response> {
        let jar = CookieJar::from_headers(&parts.headers);
        match load_from_cookie(app, &jar).await {
            Ok(Some(administrator)) => Ok(administrator),
            Ok(None) => {
                Err(Redirect::to(&format!("{}/admin/sign-in", app.path_prefix())).into_response())
            }
            Err(error) => Err(Problem::from(error).into_response()),
        }
    }
}

/// Loads the administrator of a valid session cookie.
async fn load_from_cookie(app: &AppState, jar: &CookieJar) -> Result<Option<Administrator>, Error> {
    let Some(cookie) = jar.get(SESSION_COOKIE) else {
        return Ok(None);
    };
    let session = app
        .engine
        .service()
        .find_session(&secrets::hash_secret(cookie.value()))
        .await?;
    // Invitations share the table, but their secrets must not work as sessions.
    let session = session.filter(|session| {
        session.kind == SessionKind::SignIn && app.engine.now() < session.expires_at
    });
    Ok(session
        .and_then(|session| session.administrator)
        .map(|name| Administrator { name }))
}

/// Verifies a password and starts a session. Returns the session cookie.
pub(crate) async fn sign_in(
    app: &AppState,
    address: ClientAddress,
    name: &str,
    password: String,
) -> Result<Cookie<'static>, Problem> {
    let ClientAddress(address) = address;
    let throttle = &app.auth.sign_in_attempts;
    // By address against one attacker, by name against many. The address comes first, so that an
    // attacker who has reached its limit cannot use up the attempts of a name.
    if !throttle.count_attempt(&format!("address:{address}"))
        || !throttle.count_attempt(&format!("name:{name}"))
    {
        let detail = "too many sign-in attempts; retry in a minute";
        let status = axum::http::StatusCode::TOO_MANY_REQUESTS;
        return Err(Problem::new(
            status,
            "too-many-requests",
            "Too many requests",
            detail,
        ));
    }
    let administrators = app.engine.service().list_administrators().await?;
    let stored = administrators
        .into_iter()
        .find(|row| row.name == name)
        .map(|row| row.password);
    if !passwords::verify_password(&app.auth.hash_permits, password, stored).await? {
        tracing::warn!(%address, "sign-in failed");
        // One message for both, because it must not reveal which names exist.
        return Err(Problem::unauthorized("invalid name or password"));
    }
    start_session(app, name).await.map_err(Problem::from)
}

/// Starts a session. Returns its cookie.
pub(crate) async fn start_session(app: &AppState, name: &str) -> Result<Cookie<'static>, Error> {
    let secret = secrets::draw_secret();
    let (hash, administrator) = (secrets::hash_secret(&secret), name.to_owned());
    let seconds = app.settings.administrators.session_seconds;
    let engine = app.engine.on_behalf_of(&format!("admin:{name}"));
    let put = engine.service().change_access(move |access| {
        let now = access.now();
        // Signing in is rare and writes anyway, so it also cleans up.
        access.delete_expired_sessions()?;
        access.record_audit_entry("session.begin", &administrator, json!({}))?;
        access.put_session(&SessionRow {
            hash,
            kind: SessionKind::SignIn,
            administrator: Some(administrator),
            created_at: now,
            expires_at: add_seconds(now, seconds),
        })
    });
    put.await?;
    Ok(build_cookie(app, secret, Some(seconds)))
}

/// Ends the session of a cookie, or all sessions of its administrator if `all` is true.
pub(crate) async fn end_sessions(
    app: &AppState,
    jar: &CookieJar,
    administrator: &Administrator,
    all: bool,
) -> Result<(), Error> {
    let hash = jar
        .get(SESSION_COOKIE)
        .map(|cookie| secrets::hash_secret(cookie.value()));
    let name = administrator.name.clone();
    let ended = administrator
        .attributed_engine(app)
        .service()
        .change_access(move |access| {
            if all {
                access.record_audit_entry("session.end_all", &name, json!({}))?;
                access.delete_sessions_of(&name)?;
            } else if let Some(hash) = hash {
                access.delete_session(&hash)?;
            }
            Ok(())
        });
    ended.await
}

/// Returns an expired cookie that deletes the session cookie in the browser.
pub(crate) fn expired_cookie(app: &AppState) -> Cookie<'static> {
    // Browsers delete a cookie only if name and path are the same.
    build_cookie(app, String::new(), Some(0))
}

/// Validates the name of an administrator.
pub(crate) fn check_name(name: &str) -> Result<(), Problem> {
    let fits = !name.trim().is_empty()
        && name.chars().count() <= NAME_CHARS
        && !name.chars().any(char::is_control);
    match fits && name.trim() == name {
        true => Ok(()),
        false => Err(Problem::unprocessable_content(format!(
            "invalid name; use 1 to {NAME_CHARS} characters without surrounding spaces"
        ))),
    }
}

/// Creates the row of an administrator. `password` is a hash.
pub(crate) fn administrator_row(
    name: String,
    password: String,
    created_at: Timestamp,
    created_by: String,
) -> AdministratorRow {
    AdministratorRow {
        name,
        password,
        created_at,
        created_by,
    }
}

/// Adds seconds to a timestamp.
pub(crate) fn add_seconds(at: Timestamp, seconds: u64) -> Timestamp {
    // Saturating, because a setting can be any number of seconds.
    at.plus_micros(
        i64::try_from(seconds)
            .unwrap_or(i64::MAX)
            .saturating_mul(SECOND),
    )
}

fn build_cookie(app: &AppState, secret: String, seconds: Option<u64>) -> Cookie<'static> {
    // Limited to the administration, so that no other page receives the secret.
    let path = format!("{}/admin", app.path_prefix());
    // Lax instead of Strict, so that links in mails work. The CSRF layer protects changes.
    let mut cookie = Cookie::build((SESSION_COOKIE, secret))
        .path(path)
        .http_only(true)
        .same_site(SameSite::Lax);
    // Over plain HTTP, browsers would discard a secure cookie.
    if app.settings.server.public_url.starts_with("https://") {
        cookie = cookie.secure(true);
    }
    if let Some(seconds) = seconds {
        let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
        cookie = cookie.max_age(time::Duration::seconds(seconds));
    }
    cookie.build()
}
