//! Rate limits against guessing of keys, tokens and passwords.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use governor::clock::{Clock, DefaultClock, Reference};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};
use sha2::{Digest, Sha256};

use crate::problem::Problem;

/// Maximum number of invalid keys and tokens per minute and network.
const CREDENTIALS_PER_MINUTE: NonZeroU32 = NonZeroU32::new(20).expect("not zero");
/// Maximum number of sign-in attempts per minute and network, with any names.
const NETWORK_SIGN_INS_PER_MINUTE: NonZeroU32 = NonZeroU32::new(20).expect("not zero");
/// Maximum number of sign-in attempts per minute and name from one network.
const SIGN_INS_PER_MINUTE: NonZeroU32 = NonZeroU32::new(10).expect("not zero");
/// Maximum number of sign-in attempts per minute and name from all networks.
// Large, so that a few attackers cannot lock an administrator out. It still bounds guesses by many.
const NAME_SIGN_INS_PER_MINUTE: NonZeroU32 = NonZeroU32::new(100).expect("not zero");
/// Maximum number of passwords per minute and administrator, to confirm a change.
const CONFIRMATIONS_PER_MINUTE: NonZeroU32 = NonZeroU32::new(10).expect("not zero");
/// Interval at which replenished buckets are dropped, to bound memory.
const DROP_INTERVAL: Duration = Duration::from_secs(60);

/// Key of a bucket: a hash, so that its size does not depend on the input.
type BucketKey = [u8; 16];

/// Rate limiter of attempts, with one bucket per name.
pub(crate) struct AttemptLimiter<C: Clock = DefaultClock> {
    attempts: RateLimiter<
        BucketKey,
        DefaultKeyedStateStore<BucketKey>,
        C,
        NoOpMiddleware<<C as Clock>::Instant>,
    >,
    clock: C,
    dropped_at: Mutex<C::Instant>,
}

impl AttemptLimiter {
    /// Creates the limiter for invalid keys and tokens.
    pub(crate) fn for_credentials() -> Self {
        Self::new(CREDENTIALS_PER_MINUTE, &DefaultClock::default())
    }
}

impl<C: Clock + Clone> AttemptLimiter<C> {
    fn new(per_minute: NonZeroU32, clock: &C) -> Self {
        let (quota, state) = (
            Quota::per_minute(per_minute),
            DefaultKeyedStateStore::default(),
        );
        Self {
            attempts: RateLimiter::new(quota, state, clock.clone()),
            clock: clock.clone(),
            dropped_at: Mutex::new(clock.now()),
        }
    }

    /// Counts an attempt. Returns false if the limit is exceeded.
    pub(crate) fn count_attempt(&self, name: &str) -> bool {
        self.drop_replenished();
        self.attempts.check_key(&bucket_key(name)).is_ok()
    }

    /// Drops the buckets that have been replenished, at most once in an interval.
    fn drop_replenished(&self) {
        let now = self.clock.now();
        let mut dropped_at = self
            .dropped_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if Duration::from(now.duration_since(*dropped_at)) < DROP_INTERVAL {
            return;
        }
        *dropped_at = now;
        // Another bucket of the same name is full, too.
        self.attempts.retain_recent();
        self.attempts.shrink_to_fit();
    }
}

fn bucket_key(name: &str) -> BucketKey {
    let mut key = BucketKey::default();
    let length = key.len();
    key.copy_from_slice(&Sha256::digest(name.as_bytes())[..length]);
    key
}

/// Rate limiter of passwords.
pub(crate) struct PasswordLimiter<C: Clock = DefaultClock> {
    by_network: AttemptLimiter<C>,
    by_network_and_name: AttemptLimiter<C>,
    by_name: AttemptLimiter<C>,
    confirmations: AttemptLimiter<C>,
}

impl Default for PasswordLimiter {
    fn default() -> Self {
        Self::new(&DefaultClock::default())
    }
}

impl<C: Clock + Clone> PasswordLimiter<C> {
    fn new(clock: &C) -> Self {
        Self {
            by_network: AttemptLimiter::new(NETWORK_SIGN_INS_PER_MINUTE, clock),
            by_network_and_name: AttemptLimiter::new(SIGN_INS_PER_MINUTE, clock),
            by_name: AttemptLimiter::new(NAME_SIGN_INS_PER_MINUTE, clock),
            confirmations: AttemptLimiter::new(CONFIRMATIONS_PER_MINUTE, clock),
        }
    }

    /// Counts an attempt to sign in from a network. Returns a problem if the limit is exceeded.
    pub(crate) fn count_network(&self, network: IpAddr) -> Result<(), Problem> {
        check_sign_in(self.by_network.count_attempt(&network.to_string()))
    }

    /// Counts an attempt to sign in with a name from a network. Returns a problem if a limit is
    /// exceeded.
    pub(crate) fn count_name(&self, network: IpAddr, name: &str) -> Result<(), Problem> {
        // The name alone comes last, so that a network that has reached its own limit cannot use up
        // the attempts of the name.
        let is_allowed = self
            .by_network_and_name
            .count_attempt(&format!("{network} {name}"))
            && self.by_name.count_attempt(name);
        check_sign_in(is_allowed)
    }

    /// Returns the number of buckets of names.
    #[cfg(test)]
    pub(crate) fn name_bucket_count(&self) -> usize {
        self.by_network_and_name.attempts.len() + self.by_name.attempts.len()
    }

    /// Counts a password with which an administrator confirms a change. Returns a problem if the
    /// limit is exceeded.
    pub(crate) fn count_confirmation(&self, name: &str) -> Result<(), Problem> {
        match self.confirmations.count_attempt(name) {
            true => Ok(()),
            false => Err(too_many_attempts("too many attempts; retry in a minute")),
        }
    }
}

fn check_sign_in(is_allowed: bool) -> Result<(), Problem> {
    match is_allowed {
        true => Ok(()),
        false => Err(too_many_attempts(
            "too many sign-in attempts; retry in a minute",
        )),
    }
}

/// Creates the problem for too many attempts in a minute.
pub(crate) fn too_many_attempts(detail: &str) -> Problem {
    let status = StatusCode::TOO_MANY_REQUESTS;
    let problem = Problem::new(status, "too-many-requests", "Too many requests", detail);
    problem.with_header(header::RETRY_AFTER, HeaderValue::from_static("60"))
}

#[cfg(test)]
mod tests {
    use governor::clock::FakeRelativeClock;

    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn the_limit_applies_to_each_name_separately() {
        let limiter = AttemptLimiter::new(SIGN_INS_PER_MINUTE, &FakeRelativeClock::default());
        let allowed = (0..100)
            .filter(|_| limiter.count_attempt("mallory"))
            .count();
        assert_eq!(allowed, 10);
        assert!(limiter.count_attempt("ada"));
    }

    #[test]
    fn a_name_has_more_attempts_than_one_network() {
        let limiter = PasswordLimiter::new(&FakeRelativeClock::default());
        let count = |network: &str, name: &str| {
            (0..1_000)
                .filter(|_| limiter.count_network(address(network)).is_ok())
                .filter(|_| limiter.count_name(address(network), name).is_ok())
                .count()
        };
        assert_eq!(count("10.0.0.1", "ada"), 10, "one network, one name");
        assert_eq!(count("10.0.0.1", "bob"), 0, "one network, any name");
        let by_many: usize = (2..100)
            .map(|host| count(&format!("10.0.0.{host}"), "ada"))
            .sum();
        assert_eq!(by_many, 90, "the name, together with the first network");
    }

    #[test]
    fn buckets_are_dropped_when_they_are_replenished() {
        let clock = FakeRelativeClock::default();
        let limiter = AttemptLimiter::new(SIGN_INS_PER_MINUTE, &clock);
        for number in 0..500 {
            limiter.count_attempt(&number.to_string());
        }
        clock.advance(Duration::from_secs(59));
        limiter.count_attempt("ada");
        assert_eq!(limiter.attempts.len(), 501);
        clock.advance(Duration::from_secs(1));
        limiter.count_attempt("ada");
        assert_eq!(limiter.attempts.len(), 1, "only the recent one");
    }
}
