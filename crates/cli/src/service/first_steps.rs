//! First steps with a new database: an API key, a request that uses it, and the player's page.

use accolade::Engine;
use accolade_web::{KeyScope, Site, create_key};
use serde_json::json;

use crate::error::CommandError;

/// Player of the first event.
const PLAYER: &str = "ada";
/// Event of the starter catalog that awards its first badge.
const STARTER_EVENT: &str = "post.published";
/// Name of the key, in the list of API keys.
const KEY_NAME: &str = "first steps";
/// Actor in the audit log.
const ACTOR: &str = "the command line";

/// Steps from a new database to the first award.
pub(crate) struct FirstSteps {
    url: String,
    key: String,
    /// Body of the request, as JSON.
    event: String,
    player_link: String,
    link_minutes: u64,
}

impl FirstSteps {
    /// Creates the first API key. Returns `None` if there is a key already, or if no rule listens to
    /// an event.
    pub(crate) async fn create(site: &Site, engine: &Engine) -> Result<Option<Self>, CommandError> {
        let Some(event) = first_event(engine) else {
            return Ok(None);
        };
        if !engine.service().list_api_keys().await?.is_empty() {
            return Ok(None);
        }
        let scopes = [KeyScope::Record, KeyScope::Read];
        let key = create_key(engine, KEY_NAME, &scopes, ACTOR)
            .await
            .map_err(|error| CommandError::new(error.to_string()))?;
        let url = site.external_url();
        let seconds = site.settings().players.token_seconds;
        let token = site.issue_player_token(PLAYER, seconds);
        Ok(Some(Self {
            player_link: format!("{url}/sign-in?token={token}&to=/players/{PLAYER}"),
            url,
            key,
            event,
            link_minutes: seconds / 60,
        }))
    }

    pub(crate) fn to_text(&self) -> String {
        let Self {
            url,
            key,
            event,
            player_link,
            link_minutes,
        } = self;
        format!(
            "
Record a first event from another terminal. The API key in this request may
record and read; it is shown only this time:

  curl {url}/v1/events \\
    -H 'Authorization: Bearer {key}' \\
    -H 'Content-Type: application/json' \\
    -d '{event}'

Then see what {PLAYER} earned. This link signs you in as {PLAYER} for {link_minutes} minutes:
  {player_link}
"
        )
    }
}

/// Builds an event that a rule of the published catalog listens to, as JSON in the order in which
/// people read it.
fn first_event(engine: &Engine) -> Option<String> {
    let catalog = engine.catalog().published();
    let names = catalog.rules().list_event_names();
    if names.contains(STARTER_EVENT) {
        return Some(format!(
            r#"{{"id": "post-1", "player": "{PLAYER}", "name": "{STARTER_EVENT}", "props": {{"words": 250}}}}"#
        ));
    }
    let name = json!(names.first()?);
    Some(format!(
        r#"{{"id": "first-1", "player": "{PLAYER}", "name": {name}}}"#
    ))
}
