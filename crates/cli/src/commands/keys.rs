//! `accolade keys`

use accolade::Engine;
use accolade::store::KeyRow;
use accolade_web::{KeyScope, create_key, revoke_key};
use serde_json::{Value, json};

use crate::args::{Keys, KeysCommand};
use crate::database::Database;
use crate::failure::{Ending, Failure};
use crate::output::{Output, table};
use crate::service;

/// Actor of this command in the audit log.
const WHO: &str = "the command line";

/// Creates, lists or revokes API keys.
pub(crate) fn run(args: &Keys, database: &Database, output: Output) -> Result<Ending, Failure> {
    match &args.command {
        KeysCommand::Create { name, scope } => create(name, scope, &database.to_write()?, output),
        KeysCommand::List => list(&database.to_read()?, output),
        KeysCommand::Revoke { key } => revoke(key, &database.to_change()?, output),
    }
}

fn create(
    name: &str,
    scopes: &[KeyScope],
    engine: &Engine,
    output: Output,
) -> Result<Ending, Failure> {
    let made = service::runtime()?.block_on(create_key(engine, name, scopes, WHO));
    let key = made.map_err(|error| Failure::new(error.to_string()))?;
    engine.clone().close()?;
    output.show(&json!({ "name": name, "key": key }), || key.clone())?;
    Ok(Ending::Fine)
}

fn list(engine: &Engine, output: Output) -> Result<Ending, Failure> {
    let keys = engine.api_keys().wait()?;
    let document: Vec<Value> = keys.iter().map(document).collect();
    output.show(&document, || match keys.is_empty() {
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
            table(header, &[], keys.iter().map(row).collect()).trim_fmt()
        }
    })?;
    Ok(Ending::Fine)
}

fn revoke(key: &str, engine: &Engine, output: Output) -> Result<Ending, Failure> {
    let revoked = service::runtime()?.block_on(revoke_key(engine, key, WHO))?;
    engine.clone().close()?;
    if !revoked {
        return Err(Failure::new(format!(
            "API key `{key}` not found or already revoked; list all keys with `accolade keys list`"
        )));
    }
    output.show(&json!({ "revoked": key }), || {
        format!("revoked {key}; a running service rejects it within five seconds")
    })?;
    Ok(Ending::Fine)
}

fn row(key: &KeyRow) -> [String; 7] {
    let day =
        |at: Option<accolade::Timestamp>| at.map_or_else(|| "-".to_owned(), |at| at.to_string());
    [
        key.name.clone(),
        key.id.clone(),
        key.scopes.clone(),
        key.created_at.to_string(),
        key.created_by.clone(),
        day(key.last_used_at),
        day(key.revoked_at),
    ]
}

fn document(key: &KeyRow) -> Value {
    let text = |at: Option<accolade::Timestamp>| at.map(|at| at.to_string());
    json!({
        "name": key.name,
        "id": key.id,
        "scopes": key.scopes.split(',').collect::<Vec<_>>(),
        "created_at": key.created_at.to_string(),
        "created_by": key.created_by,
        "last_used_at": text(key.last_used_at),
        "revoked_at": text(key.revoked_at),
    })
}
