//! Administrator sessions.

use std::convert::Infallible;
use std::net::IpAddr;

use accolade::store::{AdministratorRow, SessionKind, SessionRow};
use accolade::{Engine, Error, Timestamp};
use accolade_core::time::SECOND;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, IntoResponseParts, Redirect, Response, ResponseParts};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use serde_json::json;

use super::address::ClientAddress;
use super::{audit, passwords, secrets};
use crate::problem::Problem;
use crate::state::AppState;

/// Name of the cookie with the session secret.
pub(crate) const SESSION_COOKIE: &str = "accolade_admin";
/// Name of the cookie that marks an administrator's browser on other pages.
const MARK_COOKIE: &str = "accolade_admin_mark";
/// Prefix of the actor names of administrators.
pub(crate) const ACTOR_PREFIX: &str = "admin:";
/// Maximum length of an administrator's name, in characters.
const NAME_CHARS: usize = 64;

/// Administrator who is signed in.
#[derive(Debug, Clone)]
pub(crate) struct Administrator {
    pub(crate) name: String,
    pub(crate) session: AdministratorSession,
}

/// Session of an administrator, by the hash of its secret.
#[derive(Debug, Clone)]
pub(crate) struct AdministratorSession {
    pub(crate) hash: Vec<u8>,
    pub(crate) expires_at: Timestamp,
}

impl Administrator {
    /// Returns an engine that attributes changes to this administrator in the audit log.
    pub(crate) fn attributed_engine(&self, app: &AppState) -> Engine {
        app.engine.on_behalf_of(&self.actor_name())
    }

    /// Returns the actor name for manual actions and the audit log: `admin:NAME`.
    pub(crate) fn actor_name(&self) -> String {
        administrator_actor(&self.name)
    }
}

/// Returns the actor name of an administrator.
pub(crate) fn administrator_actor(name: &str) -> String {
    format!("{ACTOR_PREFIX}{name}")
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
    match jar.get(SESSION_COOKIE) {
        Some(cookie) => load_administrator(app, &secrets::hash_secret(cookie.value())).await,
        None => Ok(None),
    }
}

/// Loads the administrator of a valid session, by the hash of its secret.
pub(crate) async fn load_administrator(
    app: &AppState,
    hash: &[u8],
) -> Result<Option<Administrator>, Error> {
    let session = app.engine.service().find_session(hash).await?;
    // Invitations share the table, but their secrets must not work as sessions.
    let session = session.filter(|session| {
        session.kind == SessionKind::SignIn && app.engine.now() < session.expires_at
    });
    Ok(session.and_then(|session| {
        let (hash, expires_at) = (session.hash, session.expires_at);
        session.administrator.map(|name| Administrator {
            name,
            session: AdministratorSession { hash, expires_at },
        })
    }))
}

/// Verifies a password and starts a session. Returns the session cookie.
pub(crate) async fn sign_in(
    app: &AppState,
    address: ClientAddress,
    name: &str,
    password: String,
) -> Result<SessionCookies, Problem> {
    let network = address.network();
    app.auth.password_attempts.count_network(network)?;
    // No account has such a name, so it must not occupy memory, and needs no hash.
    if check_name(name).is_err() {
        record_refused_sign_in(app, network, None);
        return Err(wrong_password());
    }
    app.auth.password_attempts.count_name(network, name)?;
    let administrators = app.engine.service().list_administrators().await?;
    let stored = administrators
        .into_iter()
        .find(|row| row.name == name)
        .map(|row| row.password);
    let (is_known, verified) = (stored.is_some(), stored.clone());
    if !passwords::verify_password(&app.auth.hash_permits, password, stored).await? {
        record_refused_sign_in(app, network, is_known.then_some(name));
        return Err(wrong_password());
    }
    start_session(app, name, verified.as_deref()).await
}

/// Creates the problem for a failed sign-in.
fn wrong_password() -> Problem {
    // One message for both, because it must not reveal which names exist.
    Problem::unauthorized("invalid name or password")
}

/// Records a failed sign-in. `name` is that of an account; `None` stands for all other names.
fn record_refused_sign_in(app: &AppState, network: IpAddr, name: Option<&str>) {
    tracing::warn!(%network, "sign-in failed");
    // Other names are counted together, because there is no bound to their number.
    let subject = name.unwrap_or_default();
    let actor = format!("address:{network}");
    audit::record_frequent_action(app, &actor, "session.refuse", subject);
}

/// Starts a session. Returns its cookie.
///
/// Fails if the account does not exist. With `password`, a stored hash, it also fails if that is no
/// longer the password of the account.
pub(crate) async fn start_session(
    app: &AppState,
    name: &str,
    password: Option<&str>,
) -> Result<SessionCookies, Problem> {
    let secret = secrets::draw_secret();
    let (hash, administrator) = (secrets::hash_secret(&secret), name.to_owned());
    let expected = password.map(str::to_owned);
    let seconds = app.settings.administrators.session_seconds;
    let engine = app.engine.on_behalf_of(&administrator_actor(name));
    let put = engine.service().change_access(move |access| {
        // In the transaction, because the account can have been removed, or its password changed,
        // while the password was verified.
        let row = access
            .list_administrators()?
            .into_iter()
            .find(|row| row.name == administrator);
        if row.is_none_or(|row| expected.is_some_and(|expected| row.password != expected)) {
            return Ok(false);
        }
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
        })?;
        Ok(true)
    });
    match put.await? {
        true => Ok(SessionCookies::new(app, secret, seconds)),
        false => Err(wrong_password()),
    }
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
            } else if let Some(hash) = hash
                && access.delete_session(&hash)?
            {
                access.record_audit_entry("session.end", &name, json!({}))?;
            }
            Ok(())
        });
    ended.await?;
    app.auth.signal_revocation();
    Ok(())
}

/// Cookies of an administrator's browser: the session, and a mark without a secret, which lets other
/// pages link to the administration.
pub(crate) struct SessionCookies([Cookie<'static>; 2]);

impl SessionCookies {
    fn new(app: &AppState, secret: String, seconds: u64) -> Self {
        let prefix = app.path_prefix();
        let root = match prefix {
            "" => "/",
            prefix => prefix,
        };
        // The session is limited to the administration, so that no other page receives the secret.
        let session = build_cookie(
            app,
            SESSION_COOKIE,
            secret,
            format!("{prefix}/admin"),
            seconds,
        );
        let mark = build_cookie(app, MARK_COOKIE, "1".to_owned(), root.to_owned(), seconds);
        Self([session, mark])
    }

    /// Creates expired cookies, which delete the others in the browser.
    pub(crate) fn expired(app: &AppState) -> Self {
        // Browsers delete a cookie only if name and path are the same.
        Self::new(app, String::new(), 0)
    }
}

impl IntoResponseParts for SessionCookies {
    type Error = Infallible;

    fn into_response_parts(self, mut response: ResponseParts) -> Result<ResponseParts, Infallible> {
        for cookie in self.0 {
            // Names, secrets and paths are ASCII.
            if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
                response.headers_mut().append(header::SET_COOKIE, value);
            }
        }
        Ok(response)
    }
}

/// True if the browser has signed in as an administrator. It proves nothing.
pub(crate) fn has_mark(jar: &CookieJar) -> bool {
    jar.get(MARK_COOKIE).is_some()
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

fn build_cookie(
    app: &AppState,
    name: &'static str,
    value: String,
    path: String,
    seconds: u64,
) -> Cookie<'static> {
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
    // Lax instead of Strict, so that links in mails work. The CSRF layer protects changes.
    let cookie = Cookie::build((name, value))
        .path(path)
        .http_only(true)
        .same_site(SameSite::Lax)
        .max_age(time::Duration::seconds(seconds));
    // Over plain HTTP, browsers would discard a secure cookie.
    let is_secure = app.settings.server.public_url.starts_with("https://");
    match is_secure {
        true => cookie.secure(true).build(),
        false => cookie.build(),
    }
}
