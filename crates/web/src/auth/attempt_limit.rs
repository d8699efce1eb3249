//! Rate limits against guessing of keys, tokens and passwords.

use std::num::NonZeroU32;

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Maximum number of invalid keys and tokens per minute and address.
const CREDENTIALS_PER_MINUTE: NonZeroU32 = NonZeroU32::new(20).expect("not zero");
/// Maximum number of sign-in attempts per minute and name or address.
const SIGN_INS_PER_MINUTE: NonZeroU32 = NonZeroU32::new(10).expect("not zero");
/// Number of buckets above which replenished ones are dropped, to bound memory.
const MAX_BUCKETS: usize = 10_000;

/// Rate limiter of attempts, with one bucket per name.
pub(crate) struct AttemptLimiter {
    attempts: DefaultKeyedRateLimiter<String>,
}

impl AttemptLimiter {
    /// Creates the limiter for invalid keys and tokens.
    pub(crate) fn for_credentials() -> Self {
        Self {
            attempts: RateLimiter::keyed(Quota::per_minute(CREDENTIALS_PER_MINUTE)),
        }
    }

    /// Creates the limiter for passwords.
    pub(crate) fn for_sign_ins() -> Self {
        Self {
            attempts: RateLimiter::keyed(Quota::per_minute(SIGN_INS_PER_MINUTE)),
        }
    }

    /// Counts an attempt. Returns false if the limit is exceeded.
    pub(crate) fn count_attempt(&self, name: &str) -> bool {
        if self.attempts.len() > MAX_BUCKETS {
            // A bucket that has been replenished can be forgotten: a new one is full, too.
            self.attempts.retain_recent();
        }
        self.attempts.check_key(&name.to_owned()).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_applies_to_each_name_separately() {
        let throttle = AttemptLimiter::for_sign_ins();
        let allowed = (0..100)
            .filter(|_| throttle.count_attempt("mallory"))
            .count();
        assert!((10..20).contains(&allowed), "{allowed}");
        assert!(throttle.count_attempt("ada"));
    }
}
