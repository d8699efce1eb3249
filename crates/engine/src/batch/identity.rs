//! Who is behind an id: a player, the player into whom a guest was merged (S19), or somebody who was erased (S22).

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::cache::Cache;
use crate::store::{Read, StoreError};

/// The name of the setting under which the key of the marks is kept.
pub(crate) const SECRET: &str = "secret";

/// Who is behind an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Identity {
    /// A player, known or new.
    Player(String),
    /// Somebody who was erased.
    Erased,
}

/// Headers that were read on the way, by player; `None` where there is none.
pub(crate) type Headers = BTreeMap<String, Option<Vec<u8>>>;

/// Who is behind each of these ids. Ids at hand in the cache are players, and cost nothing.
pub(crate) fn resolve<R: Read + ?Sized>(
    cache: &Cache,
    store: &mut R,
    names: &[&str],
) -> Result<(Vec<Identity>, Headers), StoreError> {
    let unknown: Vec<&str> = names
        .iter()
        .copied()
        .filter(|name| !cache.knows(name))
        .collect();
    let read = if unknown.is_empty() {
        Vec::new()
    } else {
        store.headers(&unknown)?
    };
    let mut headers: Headers = unknown.into_iter().map(str::to_owned).zip(read).collect();
    let mut identities = Vec::with_capacity(names.len());
    for name in names {
        let identity = match headers.get(*name) {
            Some(None) => stranger(store, name)?,
            _ => Identity::Player((*name).to_owned()),
        };
        if identity != Identity::Player((*name).to_owned()) {
            headers.remove(*name);
        }
        identities.push(identity);
    }
    Ok((identities, headers))
}

/// Who is behind one id.
pub(crate) fn of<R: Read + ?Sized>(store: &mut R, name: &str) -> Result<Identity, StoreError> {
    match store.headers(&[name])?.into_iter().flatten().next() {
        Some(_) => Ok(Identity::Player(name.to_owned())),
        None => stranger(store, name),
    }
}

/// Who is behind an id without a state of its own.
fn stranger<R: Read + ?Sized>(store: &mut R, name: &str) -> Result<Identity, StoreError> {
    let mut player = name.to_owned();
    while let Some(into) = store.aliases(&[&player])?.into_iter().flatten().next() {
        player = into;
    }
    if let Some(secret) = store.setting(SECRET)?
        && store.erased(&[mark(&secret, &player)])?.contains(&true)
    {
        return Ok(Identity::Erased);
    }
    Ok(Identity::Player(player))
}

/// What is left of the id of somebody who was erased: nobody without the key can tell whose it is.
pub(crate) fn mark(secret: &[u8], player: &str) -> Vec<u8> {
    Sha256::new()
        .chain_update(secret)
        .chain_update(player.as_bytes())
        .finalize()
        .to_vec()
}
