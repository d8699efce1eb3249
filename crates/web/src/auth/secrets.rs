//! Secrets: drawn at random, stored as hashes, compared in constant time.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Bytes of a secret: as many as of its hash, so that guessing one is as hard as guessing the other.
const BYTES: usize = 32;

/// A new secret, as text that fits everywhere.
pub(crate) fn draw() -> String {
    URL_SAFE_NO_PAD.encode(random::<BYTES>())
}

/// Random bytes of the operating system.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .expect("without the system's randomness nothing can be kept secret");
    bytes
}

/// What is stored of a secret. Nothing slower is needed: nobody guesses 32 random bytes.
pub(crate) fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// Whether a secret is the one of a hash, in a time that does not tell how near it is.
pub(crate) fn is(secret: &str, stored: &[u8]) -> bool {
    hash(secret).ct_eq(stored).into()
}

/// Bytes as text that fits everywhere.
pub(crate) fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The bytes of such a text.
pub(crate) fn bytes(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_right_as_a_whole_or_not_at_all() {
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
            assert!(!is(&secret, damaged), "a hash that is cut is nobody's");
        }
    }

    #[test]
    fn no_two_secrets_are_alike_and_each_fits_everywhere() {
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
