//! Rate limit of each caller, reported in the `RateLimit` headers
//! (draft-ietf-httpapi-ratelimit-headers-10).

use std::num::NonZeroU32;

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};

use crate::problem::Problem;
use crate::settings::LimitSettings;

const LIMIT_HEADER: HeaderName = HeaderName::from_static("ratelimit");
const POLICY_HEADER: HeaderName = HeaderName::from_static("ratelimit-policy");
/// Number of buckets above which replenished ones are dropped, to bound memory.
const MAX_BUCKETS: usize = 10_000;

type KeyedLimiter =
    RateLimiter<String, DefaultKeyedStateStore<String>, DefaultClock, StateInformationMiddleware>;

/// Rate limiter of requests, with one bucket per caller.
pub(crate) struct RequestLimiter {
    limiter: KeyedLimiter,
    clock: DefaultClock,
    policy: HeaderValue,
}

/// Remaining requests of a caller.
#[derive(Debug, Clone)]
pub(crate) struct RateBudget {
    remaining: u32,
    policy: HeaderValue,
}

impl RequestLimiter {
    pub(crate) fn new(limits: &LimitSettings) -> Self {
        // A limit of zero would lock out everyone.
        let at_least_one = |number: u32| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        let (rate, burst) = (
            at_least_one(limits.requests_per_second),
            at_least_one(limits.requests_at_once),
        );
        let quota = Quota::per_second(rate).allow_burst(burst);
        // Time in which an empty bucket fills up.
        let window = burst.get().div_ceil(rate.get());
        let policy =
            HeaderValue::from_str(&format!("\"default\";q={burst};w={window}")).expect("ASCII");
        let limiter = RateLimiter::keyed(quota).with_middleware::<StateInformationMiddleware>();
        Self {
            limiter,
            clock: DefaultClock::default(),
            policy,
        }
    }

    /// Counts a request of a caller. Returns a problem if the rate limit is exceeded.
    pub(crate) fn count_request(&self, caller: String) -> Result<RateBudget, Problem> {
        if self.limiter.len() > MAX_BUCKETS {
            // A bucket that has been replenished can be forgotten: a new one is full, too.
            self.limiter.retain_recent();
        }
        match self.limiter.check_key(&caller) {
            Ok(left) => Ok(RateBudget {
                remaining: left.remaining_burst_capacity(),
                policy: self.policy.clone(),
            }),
            Err(early) => {
                // Rounded up, so that a retry after this time succeeds.
                let seconds = early.wait_time_from(self.clock.now()).as_secs() + 1;
                let detail = format!("rate limit exceeded; retry in {seconds} s");
                let status = axum::http::StatusCode::TOO_MANY_REQUESTS;
                let problem =
                    Problem::new(status, "too-many-requests", "Too many requests", detail);
                let limit =
                    HeaderValue::from_str(&format!("\"default\";r=0;t={seconds}")).expect("ASCII");
                let problem = problem.with_header(header::RETRY_AFTER, HeaderValue::from(seconds));
                Err(problem
                    .with_header(LIMIT_HEADER, limit)
                    .with_header(POLICY_HEADER, self.policy.clone()))
            }
        }
    }
}

impl RateBudget {
    /// Writes the `RateLimit` headers.
    pub(crate) fn write_headers(self, headers: &mut HeaderMap) {
        let limit =
            HeaderValue::from_str(&format!("\"default\";r={}", self.remaining)).expect("ASCII");
        headers.insert(LIMIT_HEADER, limit);
        headers.insert(POLICY_HEADER, self.policy);
    }
}
