//! One-time invitation links for administrator accounts.
//!
//! The service creates the first link; administrators create the others.

use accolade::store::{AdministratorRow, KeyRow, SessionKind, SessionRow};
use accolade::{Engine, Error, Timestamp};
use serde_json::json;

use super::{AuthState, keys, passwords, secrets, sessions};
use crate::problem::Problem;
use crate::state::AppState;

/// Lifetime of a link, in seconds.
const LIFETIME_SECONDS: u64 = 24 * 60 * 60;
/// Actor that invites the first administrator.
const FIRST_START_ACTOR: &str = "the first start";

impl AuthState {
    /// Creates the secret of a link for the first administrator. Returns `None` if one exists.
    ///
    /// Invalidates earlier links for the first administrator.
    pub(crate) async fn invite_first(&self, engine: &Engine) -> Result<Option<String>, Error> {
        let secret = secrets::draw_secret();
        let hash = secrets::hash_secret(&secret);
        let invited = engine
            .on_behalf_of(FIRST_START_ACTOR)
            .service()
            .change_access(move |access| {
                // In the transaction, because another process can create an administrator at the
                // same time.
                if !access.list_administrators()?.is_empty() {
                    return Ok(false);
                }
                access.delete_invitations_of(FIRST_START_ACTOR)?;
                store_invitation(access, hash, FIRST_START_ACTOR)?;
                Ok(true)
            });
        Ok(invited.await?.then_some(secret))
    }
}

/// Creates the secret of a link for another administrator.
///
/// The link ends with its author: see [`has_author`].
pub(crate) async fn invite_another(app: &AppState, by: &str) -> Result<String, Error> {
    let secret = secrets::draw_secret();
    let (hash, name) = (secrets::hash_secret(&secret), by.to_owned());
    let invited = app
        .engine
        .on_behalf_of(by)
        .service()
        .change_access(move |access| {
            access.record_audit_entry("administrator.invite", &name, json!({}))?;
            store_invitation(access, hash, &name)
        });
    invited.await?;
    Ok(secret)
}

fn store_invitation(
    access: &mut accolade::service::AccessTransaction<'_>,
    hash: Vec<u8>,
    by: &str,
) -> Result<(), Error> {
    let created_at = access.now();
    let expires_at = sessions::add_seconds(created_at, LIFETIME_SECONDS);
    // In an invitation, this field names the inviter: the invited person has no account yet.
    let administrator = Some(by.to_owned());
    access.put_session(&SessionRow {
        hash,
        kind: SessionKind::Invitation,
        administrator,
        created_at,
        expires_at,
    })
}

/// Returns true if a link is valid and unused.
pub(crate) async fn is_valid_invitation(app: &AppState, secret: &str) -> Result<bool, Error> {
    let hash = secrets::hash_secret(secret);
    let service = app.engine.service();
    // Without a transaction on the writer, because anyone can send this request.
    let Some(session) = service.find_session(&hash).await? else {
        return Ok(false);
    };
    let (keys, administrators) = (
        service.list_api_keys().await?,
        service.list_administrators().await?,
    );
    Ok(is_open_invitation(&session, app.engine.now())
        && has_author(&session, &administrators, &keys))
}

/// Returns true if a session is an invitation that has not expired.
fn is_open_invitation(session: &SessionRow, now: Timestamp) -> bool {
    // Sign-in sessions share the table, but their secrets must not work as invitations.
    session.kind == SessionKind::Invitation && now < session.expires_at
}

/// Returns true if the administrator or the API key that created an invitation still exists.
///
/// Other authors, such as the command line, have no account that could end.
fn has_author(
    invitation: &SessionRow,
    administrators: &[AdministratorRow],
    keys: &[KeyRow],
) -> bool {
    let author = invitation.administrator.as_deref().unwrap_or_default();
    if let Some(name) = author.strip_prefix(sessions::ACTOR_PREFIX) {
        administrators.iter().any(|row| row.name == name)
    } else if let Some(name) = author.strip_prefix(keys::ACTOR_PREFIX) {
        keys.iter()
            .any(|key| key.revoked_at.is_none() && key.name == name)
    } else {
        true
    }
}

/// Accepts an invitation: creates the administrator and invalidates the link.
pub(crate) async fn accept_invitation(
    app: &AppState,
    secret: &str,
    name: &str,
    password: String,
) -> Result<(), Problem> {
    sessions::check_name(name)?;
    let hash = secrets::hash_secret(secret);
    // Checked here to avoid hashing for an invalid link, and again in the transaction below,
    // because another request may use the link meanwhile.
    if !is_valid_invitation(app, secret).await? {
        return Err(invalid_link());
    }
    let shortest = app.settings.administrators.password_bytes;
    let password = passwords::hash_password(&app.auth.hash_permits, password, shortest).await?;
    let (administrator, taken) = (name.to_owned(), name.to_owned());
    // The audit log names the person who accepts as actor, and the inviter as detail.
    let engine = app
        .engine
        .on_behalf_of(&sessions::administrator_actor(name));
    let created = engine.service().change_access(move |access| {
        let now = access.now();
        let (administrators, keys) = (access.list_administrators()?, access.list_api_keys()?);
        let session = access.find_session(&hash)?.filter(|session| {
            is_open_invitation(session, now) && has_author(session, &administrators, &keys)
        });
        let Some(session) = session else {
            return Ok(AcceptResult::InvalidLink);
        };
        if administrators.iter().any(|row| row.name == administrator) {
            return Ok(AcceptResult::NameTaken);
        }
        let by = session.administrator.unwrap_or_default();
        // In the same transaction as the account, so that the link works once.
        access.delete_session(&hash)?;
        access.record_audit_entry(
            "administrator.create",
            &administrator,
            json!({ "invited_by": by }),
        )?;
        access.put_administrator(&sessions::administrator_row(
            administrator,
            password,
            now,
            by,
        ))?;
        Ok(AcceptResult::Created)
    });
    match created.await? {
        AcceptResult::Created => Ok(()),
        AcceptResult::InvalidLink => Err(invalid_link()),
        AcceptResult::NameTaken => Err(Problem::conflict(format!(
            "an administrator named `{taken}` already exists; choose another name"
        ))),
    }
}

enum AcceptResult {
    Created,
    InvalidLink,
    NameTaken,
}

fn invalid_link() -> Problem {
    Problem::resource_not_found("this link has been used or has expired; ask for a new one")
}
