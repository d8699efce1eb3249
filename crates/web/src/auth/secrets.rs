//! Secrets: random, stored as hashes, compared in constant time.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Length of a secret in bytes: the same as of its hash, so that neither is easier to guess.
const BYTES: usize = 32;

/// Draws a new secret, as URL-safe Base64.
pub(crate) fn draw() -> String {
    URL_SAFE_NO_PAD.encode(random::<BYTES>())
}

/// Draws random bytes from the operating system.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system provides random bytes");
    bytes
}

/// Hashes a secret for storage. A fast hash suffices, because secrets have 256 bits of entropy.
pub(crate) fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// Returns true if a secret matches a stored hash. Runs in constant time.
pub(crate) fn is(secret: &str, stored: &[u8]) -> bool {
    hash(secret).ct_eq(stored).into()
}

/// Encodes bytes as URL-safe Base64.
pub(crate) fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Decodes URL-safe Base64.
pub(crate) fn bytes(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_matches_only_as_a_whole() {
        let secret = draw();
        let stored = hash(&secret);
        assert!(is(&secret, &stored));
        for wrong in [
            "",
            &secret[1..],
            &secret[..42],
            &format!("{secret}A"),
            &secret.to_lowercase(),
            &draw(),
        ] {
            assert!(!is(wrong, &stored), "{wrong}");
        }
        for damaged in [&stored[1..], &stored[..31], &[]] {
            assert!(!is(&secret, damaged), "a truncated hash matches nothing");
        }
    }

    #[test]
    fn secrets_are_unique_and_url_safe() {
        let drawn: std::collections::BTreeSet<String> = (0..1_000).map(|_| draw()).collect();
        assert_eq!(drawn.len(), 1_000);
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        assert!(
            drawn
                .iter()
                .all(|secret| secret.len() == 43 && secret.bytes().all(is_plain))
        );
    }
}
