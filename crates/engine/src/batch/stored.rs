//! A player's header as it is stored: what the engine keeps beside the fold, and the header of the fold.

use accolade_core::fold::{Header, decode_header, encode_header};
use serde::{Deserialize, Serialize};

use crate::store::StoreError;

/// The format of what the engine keeps. Anything else is folded again.
const FORMAT: u8 = 2;

/// What the engine keeps of a player beside the state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Account {
    /// The version of the catalog that the state was folded under; 0 where there is no state that can be read.
    pub(crate) version: i64,
    /// The number of the last ledger entry.
    pub(crate) entries: i64,
    /// How many keyed cells are stored.
    pub(crate) cells: u64,
    /// What is there for few players only.
    pub(crate) rare: Rare,
}

/// What the engine keeps of few players.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Rare {
    /// Retractions of events that have not arrived (S13).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) awaited: Vec<Awaited>,
    /// Guests whose timelines are part of this one (S19).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) guests: Vec<String>,
}

/// A retraction of an event that has not arrived.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Awaited {
    /// Whose event.
    pub(crate) player: String,
    /// Its id.
    pub(crate) event: String,
    /// The act that retracts it.
    pub(crate) act: String,
}

/// As bytes.
pub(crate) fn encode(account: &Account, header: &Header) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(256);
    bytes.push(FORMAT);
    for number in [account.version, account.entries] {
        bytes.extend_from_slice(&number.to_le_bytes());
    }
    bytes.extend_from_slice(&account.cells.to_le_bytes());
    let rare = match account.rare == Rare::default() {
        true => Vec::new(),
        false => serde_json::to_vec(&account.rare).expect("lists of texts are JSON"),
    };
    let length =
        u32::try_from(rare.len()).expect("what one player awaits is far from four gigabytes");
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend_from_slice(&rare);
    bytes.extend_from_slice(&encode_header(header));
    bytes
}

/// From bytes. What cannot be read has no version: it is folded again.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn decode(player: &str, bytes: &[u8]) -> Result<(Account, Header), StoreError> {
    if bytes.is_empty() {
        return Ok((Account::default(), Header::default()));
    }
    read(bytes).ok_or_else(|| {
        StoreError::Damaged(format!("the state of the player `{player}` cannot be read"))
    })
}

fn read(bytes: &[u8]) -> Option<(Account, Header)> {
    let (format, rest) = bytes.split_first()?;
    if *format != FORMAT {
        return None;
    }
    let (version, rest) = rest.split_first_chunk::<8>()?;
    let (entries, rest) = rest.split_first_chunk::<8>()?;
    let (cells, rest) = rest.split_first_chunk::<8>()?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let (rare, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    let rare = if rare.is_empty() {
        Rare::default()
    } else {
        serde_json::from_slice(rare).ok()?
    };
    let account = Account {
        version: i64::from_le_bytes(*version),
        entries: i64::from_le_bytes(*entries),
        cells: u64::from_le_bytes(*cells),
        rare,
    };
    Some((account, decode_header(rest).ok()?))
}
