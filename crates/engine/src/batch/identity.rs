//! Who is behind an id: a player, the player into whom a guest was merged (S19), or somebody who was erased (S22).

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

/// Who is behind each of these ids. Ids at hand in the cache are players, and cost nothing.
pub(crate) fn resolve<R: Read + ?Sized>(
    cache: &Cache,
    store: &mut R,
    names: &[&str],
) -> Result<Vec<Identity>, StoreError> {
    let unknown: Vec<&str> = names.iter().copied().filter(|name| !cache.knows(name)).collect();
    let mut resolved = unresolved(store, &unknown)?.into_iter();
    let identity = |name: &&str| match cache.knows(name) {
        true => Some(Identity::Player((*name).to_owned())),
        false => resolved.next(),
    };
    Ok(names.iter().filter_map(identity).collect())
}

/// Who is behind one id.
pub(crate) fn of<R: Read + ?Sized>(store: &mut R, name: &str) -> Result<Identity, StoreError> {
    let found = unresolved(store, &[name])?.into_iter().next();
    Ok(found.unwrap_or(Identity::Erased))
}

fn unresolved<R: Read + ?Sized>(store: &mut R, names: &[&str]) -> Result<Vec<Identity>, StoreError> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let known = store.headers(names)?;
    let mut identities = Vec::with_capacity(names.len());
    for (name, header) in names.iter().zip(known) {
        identities.push(match header {
            Some(_) => Identity::Player((*name).to_owned()),
            None => stranger(store, name)?,
        });
    }
    Ok(identities)
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
    Sha256::new().chain_update(secret).chain_update(player.as_bytes()).finalize().to_vec()
}
