//! Rate limits against guessing of keys, tokens and passwords.

use std::num::NonZeroU32;

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Maximum number of invalid keys and tokens per minute and address.
const GUESSES: NonZeroU32 = NonZeroU32::new(20).expect("not zero");
/// Maximum number of sign-in attempts per minute and name or address.
const SIGN_INS: NonZeroU32 = NonZeroU32::new(10).expect("not zero");
/// Number of buckets above which replenished ones are dropped, to bound memory.
const REMEMBERED: usize = 10_000;

/// Rate limiter of attempts, with one bucket per name.
pub(crate) struct Throttle {
    tries: DefaultKeyedRateLimiter<String>,
}

impl Throttle {
    /// Creates the limiter for invalid keys and tokens.
    pub(crate) fn guesses() -> Self {
        Self {
            tries: RateLimiter::keyed(Quota::per_minute(GUESSES)),
        }
    }

    /// Creates the limiter for passwords.
    pub(crate) fn sign_ins() -> Self {
        Self {
            tries: RateLimiter::keyed(Quota::per_minute(SIGN_INS)),
        }
    }

    /// Counts an attempt. Returns false if the limit is exceeded.
    pub(crate) fn allows(&self, name: &str) -> bool {
        if self.tries.len() > REMEMBERED {
            self.tries.retain_recent();
        }
        self.tries.check_key(&name.to_owned()).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_applies_to_each_name_separately() {
        let throttle = Throttle::sign_ins();
        let allowed = (0..100).filter(|_| throttle.allows("mallory")).count();
        assert!((10..20).contains(&allowed), "{allowed}");
        assert!(throttle.allows("ada"));
    }
}
