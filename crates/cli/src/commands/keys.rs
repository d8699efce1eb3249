//! `accolade keys`

use accolade::Engine;
use accolade::store::KeyRow;
use accolade_web::models::{KeyModel, List};
use accolade_web::{KeyScope, create_key, revoke_key, rotate_token_secret};
use serde_json::json;

use crate::args::{KeysArgs, KeysCommand};
use crate::confirm;
use crate::database::Database;
use crate::error::{CommandError, ExitStatus};
use crate::format::format_time;
use crate::output::{Output, render_table};
use crate::service;

/// Actor of this command in the audit log.
const ACTOR: &str = "the command line";

/// Creates, lists or revokes API keys, or ends all player tokens.
pub(crate) fn run_keys(
    args: &KeysArgs,
    database: &Database,
    output: Output,
) -> Result<ExitStatus, CommandError> {
    match &args.command {
        // Keys can be created before the first start of the service, so a new database is fine.
        KeysCommand::Create { name, scope } => {
            create_api_key(name, scope, &database.open_or_create()?, output)
        }
        KeysCommand::List => list_api_keys(&database.open_read_only()?, output),
        KeysCommand::Revoke { key } => revoke_api_key(key, &database.open_existing()?, output),
        KeysCommand::RotateTokens { yes } => rotate_tokens(*yes, database, output),
    }
}

fn create_api_key(
    name: &str,
    scopes: &[KeyScope],
    engine: &Engine,
    output: Output,
) -> Result<ExitStatus, CommandError> {
    let made = service::build_runtime()?.block_on(create_key(engine, name, scopes, ACTOR));
    let key = made.map_err(|error| CommandError::new(error.to_string()))?;
    engine.clone().close()?;
    // The key alone, so that a script can capture it.
    output.print_result(&json!({ "name": name, "key": key }), || key.clone())?;
    Ok(ExitStatus::Success)
}

fn list_api_keys(engine: &Engine, output: Output) -> Result<ExitStatus, CommandError> {
    let keys = engine.service().list_api_keys().wait()?;
    let document = List::<KeyModel>::single_page(keys.clone());
    output.print_result(&document, || match keys.is_empty() {
        true => "no API keys; create one with `accolade keys create NAME --scope record,read`"
            .to_owned(),
        false => {
            let header = [
                "name",
                "id",
                "scopes",
                "created",
                "by",
                "last used",
                "revoked",
            ];
            render_table(header, &[], keys.iter().map(key_row).collect())
        }
    })?;
    Ok(ExitStatus::Success)
}

fn revoke_api_key(key: &str, engine: &Engine, output: Output) -> Result<ExitStatus, CommandError> {
    let revoked = service::build_runtime()?.block_on(revoke_key(engine, key, ACTOR))?;
    engine.clone().close()?;
    if !revoked {
        return Err(CommandError::new(format!(
            "API key `{key}` not found or already revoked; list all keys with `accolade keys list`"
        )));
    }
    output.print_result(&json!({ "revoked": key }), || {
        format!("revoked {key}; a running service rejects it within five seconds")
    })?;
    Ok(ExitStatus::Success)
}

fn rotate_tokens(
    yes: bool,
    database: &Database,
    output: Output,
) -> Result<ExitStatus, CommandError> {
    let engine = database.open_existing()?;
    let question = "End all player tokens? Signed-in players become visitors.";
    if !confirm::is_confirmed(yes, question, output) {
        output.print_result(&json!({ "rotated": false }), || {
            "nothing was changed; confirm with --yes".to_owned()
        })?;
        return Ok(ExitStatus::Differences);
    }
    service::build_runtime()?.block_on(rotate_token_secret(&engine, ACTOR))?;
    engine.close()?;
    output.print_result(&json!({ "rotated": true }), || {
        "all player tokens have ended; a running service rejects them within five seconds"
            .to_owned()
    })?;
    Ok(ExitStatus::Success)
}

fn key_row(key: &KeyRow) -> [String; 7] {
    let day = |at: Option<accolade::Timestamp>| at.map_or_else(|| "-".to_owned(), format_time);
    [
        key.name.clone(),
        key.id.clone(),
        key.scopes.clone(),
        format_time(key.created_at),
        key.created_by.clone(),
        day(key.last_used_at),
        day(key.revoked_at),
    ]
}
