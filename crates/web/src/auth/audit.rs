//! Audit entries of actions that change nothing else.

use serde_json::json;

use accolade::{Engine, Error};

use crate::state::AppState;

/// Records an action on no player. Returns when the entry is durable.
pub(crate) async fn record_action(engine: &Engine, action: &'static str) -> Result<(), Error> {
    let entry = engine
        .service()
        .change_access(move |access| access.record_audit_entry(action, "", json!({})));
    entry.await
}

/// Records an action on a player. Returns when the entry is durable.
pub(crate) async fn record_player_action(
    engine: &Engine,
    action: &'static str,
    player: &str,
) -> Result<(), Error> {
    let player = player.to_owned();
    let entry = engine
        .service()
        .change_access(move |access| access.record_player_audit_entry(action, &player, json!({})));
    entry.await
}

/// Counts an action that can be frequent, and records the 1st, 10th, 100th and so on of an hour.
///
/// Does not wait for the entry: reading must work when the database cannot be written, and the
/// time of a failed sign-in must not reveal which names exist.
pub(crate) fn record_frequent_action(
    app: &AppState,
    actor: &str,
    action: &'static str,
    subject: &str,
) {
    let counter = &app.auth.action_counter;
    let Some(count) = counter.count_action(action, subject, app.engine.now()) else {
        return;
    };
    let (engine, subject) = (app.engine.on_behalf_of(actor), subject.to_owned());
    let entry = engine.service().change_access(move |access| {
        access.record_audit_entry(action, &subject, json!({ "count_in_this_hour": count }))
    });
    tokio::spawn(async move {
        if let Err(error) = entry.await {
            tracing::warn!(%error, action, "audit entry not written");
        }
    });
}
