//! Administrator accounts: listing, removing, and changing the own password.

use accolade::Error;
use accolade::store::AdministratorRow;
use serde_json::json;

use super::sessions::Administrator;
use super::{passwords, sessions};
use crate::problem::Problem;
use crate::state::AppState;

/// Lists all administrators, sorted by name.
pub(crate) async fn list_administrators(app: &AppState) -> Result<Vec<AdministratorRow>, Error> {
    app.engine.service().list_administrators().await
}

/// Removes an administrator, and ends their sessions and invitations.
///
/// The last administrator cannot be removed, because no one could invite another. To remove the own
/// account, `also_oneself` must be true.
pub(crate) async fn remove_administrator(
    app: &AppState,
    name: &str,
    by: &str,
    also_oneself: bool,
) -> Result<(), Problem> {
    if by == sessions::administrator_actor(name) && !also_oneself {
        return Err(Problem::conflict(
            "this is your own account; confirm that you want to lose access",
        ));
    }
    let gone = name.to_owned();
    let removed = app
        .engine
        .on_behalf_of(by)
        .service()
        .change_access(move |access| {
            // Checked in the transaction, so that the last two cannot remove each other at once.
            let administrators = access.list_administrators()?;
            if !administrators.iter().any(|row| row.name == gone) {
                return Ok(RemovalResult::NotFound);
            }
            if administrators.len() == 1 {
                return Ok(RemovalResult::LastAdministrator);
            }
            access.record_audit_entry("administrator.remove", &gone, json!({}))?;
            // They work without their account, so removing only the account would not end them.
            access.delete_sessions_of(&gone)?;
            access.delete_invitations_of(&sessions::administrator_actor(&gone))?;
            access.delete_administrator(&gone)?;
            Ok(RemovalResult::Removed)
        });
    match removed.await? {
        RemovalResult::Removed => {
            app.auth.signal_revocation();
            Ok(())
        }
        RemovalResult::NotFound => Err(Problem::resource_not_found(format!(
            "administrator `{name}` not found"
        ))),
        RemovalResult::LastAdministrator => Err(Problem::conflict(format!(
            "`{name}` is the only administrator; invite another one first"
        ))),
    }
}

enum RemovalResult {
    Removed,
    NotFound,
    LastAdministrator,
}

/// Changes the administrator's own password, and ends all their sessions and invitations.
///
/// The caller starts a new session.
pub(crate) async fn change_password(
    app: &AppState,
    administrator: &Administrator,
    old: String,
    new: String,
) -> Result<(), Problem> {
    let name = administrator.name.clone();
    // Otherwise a stolen session could guess the password without limit.
    app.auth.password_attempts.count_confirmation(&name)?;
    let stored = list_administrators(app)
        .await?
        .into_iter()
        .find(|row| row.name == name)
        .map(|row| row.password);
    if !passwords::verify_password(&app.auth.hash_permits, old, stored).await? {
        return Err(Problem::unprocessable_content(
            "the current password is incorrect",
        ));
    }
    let password = passwords::hash_password(
        &app.auth.hash_permits,
        new,
        app.settings.administrators.password_bytes,
    )
    .await?;
    let changed = administrator
        .attributed_engine(app)
        .service()
        .change_access(move |access| {
            // Looked up again, because the account can have been removed while the password was
            // hashed.
            let Some(row) = access
                .list_administrators()?
                .into_iter()
                .find(|row| row.name == name)
            else {
                return Ok(false);
            };
            access.record_audit_entry("administrator.password", &name, json!({}))?;
            access.delete_sessions_of(&name)?;
            // Anyone who knew the old password may have created them.
            access.delete_invitations_of(&sessions::administrator_actor(&name))?;
            access.put_administrator(&sessions::administrator_row(
                name,
                password,
                row.created_at,
                row.created_by,
            ))?;
            Ok(true)
        });
    match changed.await? {
        true => {
            app.auth.signal_revocation();
            Ok(())
        }
        false => Err(Problem::resource_not_found(
            "your administrator account no longer exists",
        )),
    }
}
