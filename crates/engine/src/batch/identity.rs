//! Resolution of ids to players: a guest resolves to the player they were merged into (S19), an
//! erased id to nothing (S22).

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::cache::PlayerCache;
use crate::store::{ReadStore, StoreError};

/// Name of the setting that holds the key of erasure tokens.
pub(crate) const SECRET_SETTING: &str = "secret";

/// The identity that an id resolves to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PlayerIdentity {
    /// An existing or new player.
    Player(String),
    /// An erased player.
    Erased,
}

/// Headers that were read during resolution, by player; `None` if there is none.
pub(crate) type HeadersByPlayer = BTreeMap<String, Option<Vec<u8>>>;

/// Resolves ids to identities, and returns the headers that were read for it.
///
/// Cached ids are known to be players and need no read.
pub(crate) fn resolve_all<R: ReadStore + ?Sized>(
    cache: &PlayerCache,
    store: &mut R,
    names: &[&str],
) -> Result<(Vec<PlayerIdentity>, HeadersByPlayer), StoreError> {
    let unknown: Vec<&str> = names
        .iter()
        .copied()
        .filter(|name| !cache.contains(name))
        .collect();
    let read = if unknown.is_empty() {
        Vec::new()
    } else {
        store.load_headers(&unknown)?
    };
    let mut headers: HeadersByPlayer = unknown.into_iter().map(str::to_owned).zip(read).collect();
    let mut identities = Vec::with_capacity(names.len());
    for name in names {
        let identity = match headers.get(*name) {
            // Merged guests and erased players have no header, so only ids without one need the
            // slow path.
            Some(None) => resolve_unknown(store, name)?,
            _ => PlayerIdentity::Player((*name).to_owned()),
        };
        // Headers are later looked up by player, and this id is not one.
        if identity != PlayerIdentity::Player((*name).to_owned()) {
            headers.remove(*name);
        }
        identities.push(identity);
    }
    Ok((identities, headers))
}

/// Resolves one id.
pub(crate) fn resolve_one<R: ReadStore + ?Sized>(
    store: &mut R,
    name: &str,
) -> Result<PlayerIdentity, StoreError> {
    match store.load_headers(&[name])?.into_iter().flatten().next() {
        Some(_) => Ok(PlayerIdentity::Player(name.to_owned())),
        None => resolve_unknown(store, name),
    }
}

/// Resolves an id without a header by its aliases and erasure tokens.
fn resolve_unknown<R: ReadStore + ?Sized>(
    store: &mut R,
    name: &str,
) -> Result<PlayerIdentity, StoreError> {
    let mut player = name.to_owned();
    // Merges chain: a guest can be merged into a player who is later merged as a guest.
    while let Some(into) = store
        .find_merge_targets(&[&player])?
        .into_iter()
        .flatten()
        .next()
    {
        player = into;
    }
    if let Some(secret) = store.load_setting(SECRET_SETTING)?
        && store
            .are_erased(&[erasure_token(&secret, &player)])?
            .contains(&true)
    {
        return Ok(PlayerIdentity::Erased);
    }
    Ok(PlayerIdentity::Player(player))
}

/// Computes the erasure token of an id: a keyed hash, which cannot be linked to the person without
/// the key.
pub(crate) fn erasure_token(secret: &[u8], player: &str) -> Vec<u8> {
    Sha256::new()
        .chain_update(secret)
        .chain_update(player.as_bytes())
        .finalize()
        .to_vec()
}
