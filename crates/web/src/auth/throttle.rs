//! Slows down whoever guesses.

use std::num::NonZeroU32;

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Wrong keys and tokens of one address: at once, and then one every few seconds.
const GUESSES: NonZeroU32 = NonZeroU32::new(20).expect("it is not zero");
/// Sign-ins under one name or from one address: at once, and then one every few seconds.
const SIGN_INS: NonZeroU32 = NonZeroU32::new(10).expect("it is not zero");
/// Names and addresses that are remembered, after which those that have calmed down are forgotten.
const REMEMBERED: usize = 10_000;

/// Counts tries under each name. Whoever tries too often waits, and everybody else does not.
pub(crate) struct Throttle {
    tries: DefaultKeyedRateLimiter<String>,
}

impl Throttle {
    /// For wrong keys and tokens.
    pub(crate) fn guesses() -> Self {
        Self {
            tries: RateLimiter::keyed(Quota::per_minute(GUESSES)),
        }
    }

    /// For passwords.
    pub(crate) fn sign_ins() -> Self {
        Self {
            tries: RateLimiter::keyed(Quota::per_minute(SIGN_INS)),
        }
    }

    /// Counts a try. Returns whether it may be made.
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
    fn whoever_tries_too_often_waits_and_nobody_else_does() {
        let throttle = Throttle::sign_ins();
        let allowed = (0..100).filter(|_| throttle.allows("mallory")).count();
        assert!((10..20).contains(&allowed), "{allowed}");
        assert!(throttle.allows("ada"));
    }
}
