//! Checklist of the next steps of a new service.

use accolade_core::event::RESERVED_PREFIX;
use serde::Serialize;

use super::page::{AdminRequest, PageError};
use crate::state::AppState;

/// Steps of a new service, in order. Each is true if it is done.
#[derive(Debug, Default, Serialize)]
pub(super) struct SetupSteps {
    /// An application can record events.
    pub(super) has_key: bool,
    /// An event was recorded.
    pub(super) has_event: bool,
    /// A version after the first one was published.
    pub(super) has_publication: bool,
    /// Another administrator was invited.
    pub(super) has_colleague: bool,
    /// Id of a player to look at.
    pub(super) player: Option<String>,
    /// Name of an event that a rule listens to, for the first request.
    pub(super) event_name: String,
    /// URL of the service.
    pub(super) url: String,
    pub(super) done: usize,
    pub(super) total: usize,
}

/// Loads the steps. Returns `None` once all are done.
pub(super) async fn load_setup_steps(
    visit: &AdminRequest,
    events: u64,
) -> Result<Option<SetupSteps>, PageError> {
    let app = visit.app();
    let (engine, catalog) = (&app.engine, app.engine.catalog());
    let keys = engine.service().list_api_keys().await?;
    let administrators = engine.service().list_administrators().await?;
    let latest =
        accolade::PlayerSearch::new("", 1).ordered_by(accolade::PlayerOrder::LastSeen, true);
    let players = engine.players().find(latest).await?.items;
    let mut steps = SetupSteps {
        has_key: keys.iter().any(|key| key.revoked_at.is_none()),
        has_event: events > 0,
        has_publication: catalog.version() > 1,
        has_colleague: administrators.len() > 1,
        player: players.into_iter().next().map(|one| one.player.into()),
        event_name: find_event_name(app),
        url: app.external_url(),
        ..SetupSteps::default()
    };
    let done = [
        steps.has_key,
        steps.has_event,
        steps.has_publication,
        steps.has_colleague,
    ];
    (steps.total, steps.done) = (done.len(), done.iter().filter(|done| **done).count());
    // A service in use needs no introduction, even if one administrator runs it alone.
    let is_in_use = steps.has_event && steps.has_publication;
    Ok((!is_in_use).then_some(steps))
}

/// Finds the name of an event that a rule listens to, for examples.
pub(super) fn find_event_name(app: &AppState) -> String {
    let catalog = app.engine.catalog().published();
    let names = catalog.rules().listeners.keys();
    let names = names.filter(|name| !name.starts_with(RESERVED_PREFIX));
    names
        .min()
        .map_or("post.created", String::as_str)
        .to_owned()
}
