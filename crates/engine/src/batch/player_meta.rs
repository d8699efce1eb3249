//! Stored form of a player's header: metadata of the engine, followed by the header of the fold.

use accolade_core::fold::{StateHeader, decode_header, encode_header};
use serde::{Deserialize, Serialize};

use crate::store::StoreError;

/// Version of the format. A header of any other version counts as damaged, and `repair` rebuilds
/// it.
const HEADER_FORMAT: u8 = 3;

/// Metadata of a player beyond the state of the fold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct PlayerMeta {
    /// Catalog version of the state; 0 if there is no readable state.
    pub(crate) catalog_version: i64,
    /// Number of the last ledger entry.
    pub(crate) last_entry: i64,
    /// Number of stored cells with a key.
    pub(crate) keyed_cells: u64,
    /// Fields that are empty for most players.
    pub(crate) optional: OptionalMeta,
}

/// Metadata that is empty for most players.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OptionalMeta {
    /// Retractions of events that have not arrived (S13).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) pending_retractions: Vec<PendingRetraction>,
    /// Guests whose timelines are part of this player's timeline (S19).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) guests: Vec<String>,
}

/// A retraction of an event that has not arrived.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct PendingRetraction {
    /// Player that the event was sent for, who may be a merged guest.
    pub(crate) player: String,
    pub(crate) event: String,
    /// Id of the retracting action.
    pub(crate) action_id: String,
}

/// Encodes metadata and header.
pub(crate) fn encode_player(account: &PlayerMeta, header: &StateHeader) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(256);
    bytes.push(HEADER_FORMAT);
    for number in [account.catalog_version, account.last_entry] {
        bytes.extend_from_slice(&number.to_le_bytes());
    }
    bytes.extend_from_slice(&account.keyed_cells.to_le_bytes());
    // Most players have none of these fields, and the header is written with every event: an empty
    // text instead of `{}` keeps it short.
    let rare = match account.optional == OptionalMeta::default() {
        true => Vec::new(),
        false => serde_json::to_vec(&account.optional).expect("lists of strings serialize to JSON"),
    };
    let length =
        u32::try_from(rare.len()).expect("the optional fields are far below four gigabytes");
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend_from_slice(&rare);
    bytes.extend_from_slice(&encode_header(header));
    bytes
}

/// Decodes metadata and header. An empty header yields version 0, which makes the backfill refold
/// the player.
///
/// # Errors
/// Returns [`StoreError::Damaged`] if the bytes cannot be decoded.
pub(crate) fn decode_player(
    player: &str,
    bytes: &[u8],
) -> Result<(PlayerMeta, StateHeader), StoreError> {
    if bytes.is_empty() {
        return Ok((PlayerMeta::default(), StateHeader::default()));
    }
    parse_player(bytes)
        .ok_or_else(|| StoreError::Damaged(format!("state of player `{player}` is unreadable")))
}

fn parse_player(bytes: &[u8]) -> Option<(PlayerMeta, StateHeader)> {
    let (format, rest) = bytes.split_first()?;
    if *format != HEADER_FORMAT {
        return None;
    }
    let (version, rest) = rest.split_first_chunk::<8>()?;
    let (entries, rest) = rest.split_first_chunk::<8>()?;
    let (cells, rest) = rest.split_first_chunk::<8>()?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let (rare, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    let rare = if rare.is_empty() {
        OptionalMeta::default()
    } else {
        serde_json::from_slice(rare).ok()?
    };
    let account = PlayerMeta {
        catalog_version: i64::from_le_bytes(*version),
        last_entry: i64::from_le_bytes(*entries),
        keyed_cells: u64::from_le_bytes(*cells),
        optional: rare,
    };
    Some((account, decode_header(rest).ok()?))
}
