//! Administrator accounts: listing, removing, and changing the own password.

use accolade::Error;
use accolade::store::AdministratorRow;
use serde_json::json;

use super::sessions::Administrator;
use super::{passwords, sessions};
use crate::problem::Problem;
use crate::site::App;

/// Lists all administrators, sorted by name.
pub(crate) async fn list(app: &App) -> Result<Vec<AdministratorRow>, Error> {
    app.engine.administrators().await
}

/// Removes an administrator and ends their sessions.
///
/// The last administrator cannot be removed, because no one could invite another. To remove the own
/// account, `also_oneself` must be true.
pub(crate) async fn remove(
    app: &App,
    name: &str,
    by: &str,
    also_oneself: bool,
) -> Result<(), Problem> {
    if by == actor(name) && !also_oneself {
        return Err(Problem::conflict(
            "this is your own account; confirm that you want to lose access",
        ));
    }
    let gone = name.to_owned();
    let removed = app.engine.on_behalf_of(by).administer(move |desk| {
        // Checked in the transaction, so that the last two cannot remove each other at once.
        let administrators = desk.administrators()?;
        if !administrators.iter().any(|row| row.name == gone) {
            return Ok(Removed::NoSuch);
        }
        if administrators.len() == 1 {
            return Ok(Removed::Last);
        }
        desk.note("administrator.remove", &gone, json!({}))?;
        desk.drop_sessions_of(&gone)?;
        desk.drop_administrator(&gone)?;
        Ok(Removed::Yes)
    });
    match removed.await? {
        Removed::Yes => Ok(()),
        Removed::NoSuch => Err(Problem::unknown(format!(
            "administrator `{name}` not found"
        ))),
        Removed::Last => Err(Problem::conflict(format!(
            "`{name}` is the only administrator; invite another one first"
        ))),
    }
}

enum Removed {
    Yes,
    NoSuch,
    Last,
}

/// Changes the administrator's own password and ends all their sessions.
///
/// The caller starts a new session.
pub(crate) async fn change_password(
    app: &App,
    administrator: &Administrator,
    old: String,
    new: String,
) -> Result<(), Problem> {
    let name = administrator.name.clone();
    if !app.guard.sign_ins.allows(&format!("name:{name}")) {
        let status = axum::http::StatusCode::TOO_MANY_REQUESTS;
        return Err(Problem::new(
            status,
            "too-many-requests",
            "Too many requests",
            "too many sign-in attempts; retry in a minute",
        ));
    }
    let stored = list(app)
        .await?
        .into_iter()
        .find(|row| row.name == name)
        .map(|row| row.password);
    if !passwords::is(&app.guard.hashing, old, stored).await? {
        return Err(Problem::invalid("the current password is incorrect"));
    }
    let password = passwords::hash(
        &app.guard.hashing,
        new,
        app.settings.administrators.password_bytes,
    )
    .await?;
    let changed = administrator.engine(app).administer(move |desk| {
        let Some(row) = desk
            .administrators()?
            .into_iter()
            .find(|row| row.name == name)
        else {
            return Ok(false);
        };
        desk.note("administrator.password", &name, json!({}))?;
        desk.drop_sessions_of(&name)?;
        desk.put_administrator(&sessions::row(
            name,
            password,
            row.created_at,
            row.created_by,
        ))?;
        Ok(true)
    });
    match changed.await? {
        true => Ok(()),
        false => Err(Problem::unknown(
            "your administrator account no longer exists",
        )),
    }
}

fn actor(name: &str) -> String {
    Administrator {
        name: name.to_owned(),
    }
    .actor()
}
