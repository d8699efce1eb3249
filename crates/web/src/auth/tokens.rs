//! Player tokens: short-lived, signed, and limited to the data of one player.

use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use accolade::Timestamp;
use accolade_core::time::SECOND;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use super::secrets;

/// Prefix of all tokens.
const TOKEN_PREFIX: &str = "acp_";
/// Domain separator, so that no other signature with the same secret is a valid token.
const DOMAIN_SEPARATOR: &[u8] = b"accolade player token 1\0";
/// Maximum length of a token, in bytes. Longer ones are rejected unread.
const MAX_BYTES: usize = 1024;

/// Issuer and verifier of player tokens.
// Tokens are signed instead of stored, so that verifying one needs no database. The price is that a
// single token cannot be revoked before it expires; a new secret ends them all.
pub(crate) struct TokenIssuer {
    signer: RwLock<TokenSigner>,
}

struct TokenSigner {
    secret: Vec<u8>,
    signer: Hmac<Sha256>,
    /// Number of secrets before this one.
    generation: u64,
}

/// Content of a valid token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PlayerToken {
    pub(crate) player: String,
    pub(crate) expires_at: Timestamp,
    /// Number of the secret that signed it.
    generation: u64,
}

#[derive(Serialize, Deserialize)]
struct TokenContent {
    // Short names, because tokens travel in URLs and headers.
    /// Id of the player.
    p: String,
    /// Expiry, in seconds since the Unix epoch.
    e: i64,
}

/// Reason for rejecting a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenError {
    /// The token is malformed, or its signature is invalid.
    Forged,
    /// The token has expired.
    Expired,
}

impl TokenIssuer {
    pub(crate) fn new(secret: &[u8]) -> Self {
        Self {
            signer: RwLock::new(TokenSigner::new(secret, 0)),
        }
    }

    /// Replaces the secret, which ends all tokens. Returns false if it is the same secret.
    pub(crate) fn replace_secret(&self, secret: &[u8]) -> bool {
        let mut signer = self.signer.write().unwrap_or_else(PoisonError::into_inner);
        let is_new = !bool::from(signer.secret.ct_eq(secret));
        if is_new {
            *signer = TokenSigner::new(secret, signer.generation + 1);
        }
        is_new
    }

    /// Returns true if the secret that signed a token has not been replaced.
    pub(crate) fn is_current(&self, token: &PlayerToken) -> bool {
        self.read_signer().generation == token.generation
    }

    fn read_signer(&self) -> RwLockReadGuard<'_, TokenSigner> {
        self.signer.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Issues a token that is valid for `seconds`.
    pub(crate) fn issue_token(&self, player: &str, seconds: u64, now: Timestamp) -> String {
        let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
        let content = TokenContent {
            p: player.to_owned(),
            e: unix_seconds(now).saturating_add(seconds),
        };
        let content = serde_json::to_vec(&content).expect("serializable");
        let signature = self
            .read_signer()
            .signer
            .clone()
            .chain_update(&content)
            .finalize()
            .into_bytes();
        format!(
            "{TOKEN_PREFIX}{}.{}",
            secrets::encode_base64(&content),
            secrets::encode_base64(&signature)
        )
    }

    /// True if a text has the prefix of a token.
    pub(crate) fn has_token_prefix(text: &str) -> bool {
        text.starts_with(TOKEN_PREFIX)
    }

    /// Verifies a token and returns its content.
    pub(crate) fn verify_token(
        &self,
        text: &str,
        now: Timestamp,
    ) -> Result<PlayerToken, TokenError> {
        let parts = text
            .strip_prefix(TOKEN_PREFIX)
            .filter(|_| text.len() <= MAX_BYTES)
            .and_then(|rest| rest.split_once('.'));
        let (content, signature) = parts.ok_or(TokenError::Forged)?;
        let content = secrets::decode_base64(content).ok_or(TokenError::Forged)?;
        let signature = secrets::decode_base64(signature).ok_or(TokenError::Forged)?;
        // Verified in constant time, and before the content is parsed.
        let signer = self.read_signer();
        let signed = signer
            .signer
            .clone()
            .chain_update(&content)
            .verify_slice(&signature);
        signed.map_err(|_| TokenError::Forged)?;
        let content: TokenContent =
            serde_json::from_slice(&content).map_err(|_| TokenError::Forged)?;
        if unix_seconds(now) < content.e {
            Ok(PlayerToken {
                player: content.p,
                // Seconds beyond the last instant saturate, and such a token never expires.
                expires_at: Timestamp::from_micros(content.e.saturating_mul(SECOND))
                    .unwrap_or(Timestamp::LAST),
                generation: signer.generation,
            })
        } else {
            Err(TokenError::Expired)
        }
    }
}

impl TokenSigner {
    fn new(secret: &[u8], generation: u64) -> Self {
        let signer = Hmac::new_from_slice(secret).expect("HMAC accepts keys of any length");
        Self {
            secret: secret.to_owned(),
            signer: signer.chain_update(DOMAIN_SEPARATOR),
            generation,
        }
    }
}

fn unix_seconds(at: Timestamp) -> i64 {
    at.as_micros().div_euclid(SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_micros(second * SECOND).unwrap()
    }

    #[test]
    fn a_token_names_its_player_until_its_time_is_over() {
        let tokens = TokenIssuer::new(b"secret");
        let token = tokens.issue_token("ada \u{1f9ed}", 60, at(1_000));
        for (now, expected) in [
            (999, Ok("ada \u{1f9ed}".to_owned())),
            (1_059, Ok("ada \u{1f9ed}".to_owned())),
            (1_060, Err(TokenError::Expired)),
        ] {
            let found = tokens.verify_token(&token, at(now));
            if let Ok(token) = &found {
                assert_eq!(token.expires_at, at(1_060));
            }
            assert_eq!(found.map(|token| token.player), expected, "{now}");
        }
    }

    #[test]
    fn a_new_secret_ends_all_tokens() {
        let tokens = TokenIssuer::new(b"secret");
        let text = tokens.issue_token("ada", 60, at(1_000));
        let token = tokens.verify_token(&text, at(1_000)).unwrap();
        assert!(!tokens.replace_secret(b"secret") && tokens.is_current(&token));
        assert!(tokens.replace_secret(b"another") && !tokens.is_current(&token));
        assert_eq!(
            tokens.verify_token(&text, at(1_000)),
            Err(TokenError::Forged)
        );
        let next = tokens.issue_token("ada", 60, at(1_000));
        let next = tokens.verify_token(&next, at(1_000)).unwrap();
        assert!(tokens.is_current(&next));
    }

    #[test]
    fn a_token_that_was_changed_or_made_elsewhere_is_forged() {
        let tokens = TokenIssuer::new(b"secret");
        let token = tokens.issue_token("ada", 60, at(1_000));
        let bob = tokens.issue_token("bob", 60, at(1_000));
        let (content, signature) = token.split_once('.').unwrap();
        let elsewhere = TokenIssuer::new(b"another").issue_token("ada", 60, at(1_000));
        let forged = [
            format!("{}.{signature}", bob.split_once('.').unwrap().0),
            format!("{content}."),
            content.to_owned(),
            format!("{token}x"),
            token.replacen("acp_", "acc_", 1),
            elsewhere,
            format!("acp_{}.{}", "A".repeat(2_000), "A".repeat(43)),
            String::new(),
        ];
        for forged in forged {
            assert_eq!(
                tokens.verify_token(&forged, at(1_000)),
                Err(TokenError::Forged),
                "{forged}"
            );
        }
    }

    #[test]
    fn every_byte_of_a_token_is_signed() {
        let tokens = TokenIssuer::new(b"secret");
        let token = tokens.issue_token("ada", 60, at(1_000));
        for position in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[position] = if changed[position] == b'x' {
                b'y'
            } else {
                b'x'
            };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(
                tokens.verify_token(&changed, at(1_000)),
                Err(TokenError::Forged),
                "{position}"
            );
        }
    }
}
