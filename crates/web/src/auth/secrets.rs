//! Secrets: random, stored as hashes, compared in constant time.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Length of a secret in bytes: the same as of its hash, so that neither is easier to guess.
const SECRET_BYTES: usize = 32;

/// Draws a new secret, as URL-safe Base64.
pub(crate) fn draw_secret() -> String {
    URL_SAFE_NO_PAD.encode(random_bytes::<SECRET_BYTES>())
}

/// Draws random bytes from the operating system.
pub(crate) fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system provides random bytes");
    bytes
}

/// Hashes a secret for storage. A fast hash suffices, because secrets have 256 bits of entropy.
pub(crate) fn hash_secret(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// Returns true if a secret matches a stored hash. Runs in constant time.
pub(crate) fn matches_hash(secret: &str, stored: &[u8]) -> bool {
    hash_secret(secret).ct_eq(stored).into()
}

/// Encodes bytes as URL-safe Base64.
pub(crate) fn encode_base64(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Decodes URL-safe Base64.
pub(crate) fn decode_base64(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// Draws a random id for a request or job.
pub(crate) fn random_id() -> String {
    // 64 bits suffice, because these ids must be unique but not secret.
    format!("{:016x}", u64::from_be_bytes(random_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_matches_only_as_a_whole() {
        let secret = draw_secret();
        let stored = hash_secret(&secret);
        assert!(matches_hash(&secret, &stored));
        for wrong in [
            "",
            &secret[1..],
            &secret[..42],
            &format!("{secret}A"),
            &secret.to_lowercase(),
            &draw_secret(),
        ] {
            assert!(!matches_hash(wrong, &stored), "{wrong}");
        }
        for damaged in [&stored[1..], &stored[..31], &[]] {
            assert!(
                !matches_hash(&secret, damaged),
                "a truncated hash matches nothing"
            );
        }
    }

    #[test]
    fn secrets_are_unique_and_url_safe() {
        let drawn: std::collections::BTreeSet<String> = (0..1_000).map(|_| draw_secret()).collect();
        assert_eq!(drawn.len(), 1_000);
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        assert!(
            drawn
                .iter()
                .all(|secret| secret.len() == 43 && secret.bytes().all(is_plain))
        );
    }
}
