//! A player's header as it is stored: what the engine counts, and the header of the fold.

use accolade_core::fold::{Header, decode_header, encode_header};

use crate::store::StoreError;

/// What is stored in the header of a player.
pub(crate) struct Stored {
    /// The number of the last ledger entry.
    pub(crate) ledger: i64,
    /// How many keyed cells are stored.
    pub(crate) cells: u64,
    /// The fold's header.
    pub(crate) header: Header,
}

/// As bytes.
pub(crate) fn encode(ledger: i64, cells: u64, header: &Header) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(256);
    bytes.extend_from_slice(&ledger.to_le_bytes());
    bytes.extend_from_slice(&cells.to_le_bytes());
    bytes.extend_from_slice(&encode_header(header));
    bytes
}

/// From bytes.
pub(crate) fn decode(player: &str, bytes: &[u8]) -> Result<Stored, StoreError> {
    let damaged = |what: &str| StoreError::Damaged(format!("the state of the player `{player}`: {what}"));
    let (ledger, rest) = bytes.split_first_chunk::<8>().ok_or_else(|| damaged("it ends too early"))?;
    let (cells, rest) = rest.split_first_chunk::<8>().ok_or_else(|| damaged("it ends too early"))?;
    let header = decode_header(rest).map_err(|error| damaged(&error.to_string()))?;
    Ok(Stored { ledger: i64::from_le_bytes(*ledger), cells: u64::from_le_bytes(*cells), header })
}
